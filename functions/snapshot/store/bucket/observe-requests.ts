/** Reports each request of an S3 client, retries included, by operation, method, address and status. Leaves out headers and bodies. */
import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { awsFailure } from '../../../lambda/aws-failure.ts';
import type { OnRequest } from '../../request-event.ts';

/** The innermost middleware, so that it sees every attempt, and each response before it is parsed. */
const NEXT_TO_THE_WIRE = { step: 'deserialize', priority: 'low', name: 'observeRequests' } as const;

export function observeRequests(client: S3Client, onRequest: OnRequest): void {
  client.middlewareStack.add((next, { commandName = '' }) => {
    let ended = 0; // when the previous attempt failed: the SDK pauses in between
    return async (call) => {
      const request = `${commandName.replace(/Command$/, '')} ${nameOf(call.request)}`;
      const started = performance.now();
      const attempt = attemptOf(call.request);
      if (attempt > 1) onRequest({ event: 'pause', request, milliseconds: started - ended, attempt, why: 'backoff' });
      try {
        const result = await next(call);
        const isHead = field(call.request, 'method') === 'HEAD'; // a HEAD response has no body: the length is the object's
        const [sent, received] = [bytesOf(call.request), isHead ? undefined : bytesOf(result.response)];
        const bytes = sent ?? received;
        const status = Number(field(result.response, 'statusCode'));
        const milliseconds = performance.now() - started;
        onRequest({ event: 'response', request, status, milliseconds, ...(bytes !== undefined && { bytes }) });
        return result;
      } catch (error) {
        const failure = awsFailure(error, S3ServiceException);
        const message = `${request}: ${failure?.kind === 'network' ? failure.code : (failure?.name ?? 'failed')}`;
        onRequest({ event: 'failure', message, milliseconds: performance.now() - started });
        throw error;
      } finally {
        ended = performance.now();
      }
    };
  }, NEXT_TO_THE_WIRE);
}

/** The only parts of the query string that are reported. */
const SHOWN_IN_QUERY = ['prefix', 'partNumber'] as const;

/** The SDK types requests and responses as unknown, since they depend on the protocol. */
const field = (of: unknown, name: string): unknown =>
  typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;

const nameOf = (request: unknown): string => {
  const [method, protocol, host, port, path] = ['method', 'protocol', 'hostname', 'port', 'path'].map((name) =>
    String(field(request, name) ?? ''),
  );
  const query = SHOWN_IN_QUERY.flatMap((name) => {
    const value = field(field(request, 'query'), name);
    return typeof value === 'string' ? `${name}=${value}` : [];
  });
  const address = `${protocol}//${host}${port && `:${port}`}${decodeURIComponent(path ?? '')}`;
  return `${method} ${[address, ...query].join(' ')}`;
};

const bytesOf = (message: unknown): number | undefined => {
  const length = Number(field(field(message, 'headers'), 'content-length'));
  return length > 0 ? length : undefined;
};

const attemptOf = (request: unknown): number =>
  Number(/^attempt=(\d+)/.exec(String(field(field(request, 'headers'), 'amz-sdk-request')))?.[1] ?? 1);
