import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../loopback.ts';

/** What happens to an invocation; `reset` breaks off the connection, and an object is an error response. */
export type InvocationFate =
  | 'delivered'
  | 'answer lost'
  | 'never delivered'
  | 'reset'
  | 'no answer'
  | { readonly status: number; readonly error: string; readonly message?: string };

export interface Invoked {
  readonly name: string;
  readonly event: unknown;
}

export interface LambdaDouble {
  readonly endpoint: string;
  /** The calls that arrived, even if they failed. */
  readonly calls: readonly Invoked[];
  /** `n` counts the calls from 1. */
  fate(of: (n: number) => InvocationFate): void;
  /** Settles when all delivered events have been processed. */
  worked(): Promise<void>;
  close(): Promise<void>;
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/lambda\/aws4_request, SignedHeaders=/;

/**
 * Serves a double of AWS Lambda on loopback. It implements asynchronous `Invoke`: it returns 202 and delivers the event.
 * @param deliver runs the invoked function
 */
export async function serveLambda(deliver: (event: unknown) => Promise<unknown>): Promise<LambdaDouble> {
  const calls: Invoked[] = [];
  const deliveries: Promise<unknown>[] = [];
  let fateOf: (n: number) => InvocationFate = () => 'delivered';
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const refuse = (status: number, error: string, message = '') =>
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': error })
        .end(JSON.stringify({ Type: 'User', Message: message }));
    const [, name] = PATH.exec(request.url ?? '') ?? [];
    if (name === undefined || request.method !== 'POST') return refuse(404, 'ResourceNotFoundException');
    if (!SIGNED.test(request.headers.authorization ?? '')) return refuse(403, 'MissingAuthenticationTokenException');
    if (request.headers['x-amz-invocation-type'] !== 'Event') return refuse(400, 'InvalidParameterValueException');
    const event: unknown = JSON.parse(body);
    calls.push({ name: decodeURIComponent(name), event });
    const fate = fateOf(calls.length);
    if (typeof fate === 'object') return refuse(fate.status, fate.error, fate.message);
    if (fate === 'no answer') return undefined;
    if (fate === 'delivered' || fate === 'answer lost') deliveries.push(deliver(event));
    if (fate === 'reset' || fate === 'answer lost') return request.socket.resetAndDestroy();
    return response.writeHead(202).end();
  });
  const { address, close } = await listenOnLoopback(server);
  return {
    endpoint: `http://${address}`,
    calls,
    fate: (of) => {
      fateOf = of;
    },
    worked: async () => {
      await Promise.all(deliveries);
    },
    close,
  };
}
