import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../loopback.ts';

/** What befalls an invocation: it is queued and delivered, or delivered and its answer lost, or queued and never delivered, or refused. */
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
  /** The calls that arrived, whatever became of them. */
  readonly calls: readonly Invoked[];
  /** `n` counts the calls, the first being 1. */
  fate(of: (n: number) => InvocationFate): void;
  /** Settles when all that was delivered has been worked off. */
  worked(): Promise<void>;
  close(): Promise<void>;
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/lambda\/aws4_request, SignedHeaders=/;

/**
 * A double of AWS Lambda on loopback. It knows `Invoke` of an event: it answers 202 and hands the event on afterwards.
 * @param deliver is the function that was invoked
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
