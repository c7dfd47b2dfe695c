import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../loopback.ts';
import { S3Refusal, type S3Reply } from './exchange.ts';
import { type S3Object, S3Objects, type S3ObjectsOptions } from './objects.ts';
import { parse, perform, type S3Operation } from './operations.ts';
import type { S3Place } from './place.ts';
import { refusalOf, type S3Credentials } from './signature.ts';

export interface S3Call {
  readonly operation: S3Operation;
  readonly key: string;
  /** The number of this call among those of its operation, from 1. */
  readonly n: number;
  /** Size of the body. */
  readonly bytes: number;
  readonly ifNoneMatch: boolean;
  /** The number of its round: one more than that of the latest round of which a call had been answered when this one began. */
  readonly round: number;
}

/**
 * A fault of a call. The request is lost. Or it takes effect, but its response is lost or breaks off in the middle of its body. Or
 * it takes effect late, when the promise resolves, and its response is lost. Or there is never a response. Or S3 rejects it.
 */
export type S3Fault =
  | 'call lost'
  | 'answer lost'
  | 'body broken'
  | 'no answer'
  | { readonly late: Promise<unknown> }
  | { readonly status: number; readonly code: string; readonly message?: string }
  /** Something other than S3 responds, such as a proxy or a login page. */
  | { readonly status: number; readonly page: string };

export interface S3DoubleOptions extends S3ObjectsOptions {
  readonly credentials?: S3Credentials;
  /** Called before each call takes effect; a promise delays it. */
  readonly fault?: (call: S3Call) => S3Fault | undefined | Promise<S3Fault | undefined>;
}

export interface S3Double extends S3Place {
  /** Actions to deny from now on. */
  readonly deny: Set<string>;
  readonly calls: readonly S3Call[];
  /** By their full keys. */
  readonly objects: Map<string, S3Object>;
  /** The keys of uploads that are neither completed nor aborted. */
  openUploads(): string[];
  /** Removes everything that is staged, as the lifecycle rule does after some days. */
  loseUploads(): void;
  close(): Promise<void>;
}

export const S3_CREDENTIALS: S3Credentials = {
  accessKeyId: 'AKIDOUBLE',
  secretAccessKey: 'the-double-keeps-no-secret',
  sessionToken: 'session-of-the-double',
};
const BUCKET = 'snapshots-of-tests';
const REGION = 'eu-central-1';
const BAD_REQUESTS = ['AuthorizationHeaderMalformed', 'InvalidToken', 'XAmzContentSHA256Mismatch'];

/** Serves a double of S3 on loopback with one path-style bucket. It rejects what S3 rejects, such as wrong signatures and checksums. */
export async function serveS3(options: S3DoubleOptions = {}): Promise<S3Double> {
  const { credentials = S3_CREDENTIALS, fault = () => undefined } = options;
  const store = new S3Objects(options);
  const deny = new Set<string>();
  const calls: S3Call[] = [];
  let answered = 0; // the latest round of which a call was answered

  const server = createServer(async (message, response) => {
    const round = answered + 1;
    response.once('close', () => {
      answered = Math.max(answered, round);
    });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of message) chunks.push(chunk);
    } catch {
      return; // the client is gone
    }
    const { operation, bucket, request } = parse(message, Buffer.concat(chunks));
    try {
      const { method = '', url = '', headers } = message;
      const refusal = refusalOf({ method, url, headers }, request.body, credentials, REGION);
      if (refusal) throw new S3Refusal(BAD_REQUESTS.includes(refusal) ? 400 : 403, refusal);
      if (bucket !== BUCKET) throw new S3Refusal(404, 'NoSuchBucket');
      const n = calls.filter((call) => call.operation === operation).length + 1;
      const ifNoneMatch = headers['if-none-match'] !== undefined;
      const call = { operation, key: request.key, n, bytes: request.body.byteLength, ifNoneMatch, round };
      calls.push(call);
      const act = () => perform(store, deny, operation, request);
      answer(response, operation, await befallen(await fault(call), act, response));
    } catch (error) {
      if (!(error instanceof S3Refusal)) throw error;
      answer(response, operation, refused(error, operation, message.headers));
    }
  });
  const { address, close } = await listenOnLoopback(server);
  return {
    endpoint: `http://${address}`,
    bucket: BUCKET,
    region: REGION,
    credentials,
    deny,
    calls,
    objects: store.objects,
    openUploads: () => [...store.uploads.values()].map(({ key }) => key),
    loseUploads: () => store.uploads.clear(),
    close,
  };
}

/** The reply, or undefined if there will be none. */
async function befallen(
  fault: S3Fault | undefined,
  act: () => S3Reply,
  response: ServerResponse,
): Promise<S3Reply | undefined> {
  if (fault === undefined) return act();
  if (fault === 'no answer') return undefined;
  if (typeof fault === 'object' && 'code' in fault) throw new S3Refusal(fault.status, fault.code, fault.message);
  if (typeof fault === 'object' && 'page' in fault)
    return { status: fault.status, headers: { 'content-type': 'text/html' }, body: fault.page };
  if (fault === 'body broken') {
    const { status = 200, headers, body = '' } = act();
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
    return undefined;
  }
  response.destroy();
  if (typeof fault === 'object') await fault.late;
  if (fault !== 'call lost') act();
  return undefined;
}

/** Like S3, it quotes the whole request, including the session token, if the signature is wrong. */
function refused({ status, code, message }: S3Refusal, operation: S3Operation, sent: IncomingHttpHeaders): S3Reply {
  if (operation === 'HeadObject' || code === '') return { status };
  const headers = { 'content-type': 'application/xml', 'x-amz-bucket-region': REGION };
  const quoted = code === 'SignatureDoesNotMatch' ? `<CanonicalRequest>${JSON.stringify(sent)}</CanonicalRequest>` : '';
  return { status, headers, body: `<Error><Code>${code}</Code><Message>${message}</Message>${quoted}</Error>` };
}

function answer(response: ServerResponse, operation: S3Operation, reply: S3Reply | undefined): void {
  if (!reply || response.destroyed) return;
  const { status = 200, headers = {}, body = '' } = reply;
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, { 'x-amz-request-id': 'REQUEST', ...headers, ...length });
  response.end(operation === 'HeadObject' ? undefined : body);
}
