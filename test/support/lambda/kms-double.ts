import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listenOnLoopback } from '../loopback.ts';
import { KmsKey } from './kms-key.ts';
import { callOf, type KmsCall, type Problem } from './kms-model.ts';

/** An error of AWS, another result than the key's, no response, or a connection that breaks off. */
export type KmsFault = Problem | { readonly result: object } | 'no answer' | 'reset';
type Operation = KmsCall['operation'];

export interface KmsDouble {
  readonly endpoint: string;
  /** Tests change its state, or replace it with another key. */
  key: KmsKey;
  /** The calls that arrived, even if they failed. */
  readonly calls: readonly KmsCall[];
  /** The errors of requests that the service's model forbids. */
  readonly refused: readonly Problem[];
  /** `n` counts the calls from 1 since it was set. Undefined for a call that works. */
  fault(of: (n: number, operation: Operation) => KmsFault | undefined): void;
  close(): Promise<void>;
}

/**
 * Serves a double of AWS KMS with one key on loopback. It implements `GetPublicKey` and `Sign` of the JSON 1.1 protocol. Every request is
 * checked with the service's own model.
 */
export async function serveKms(): Promise<KmsDouble> {
  const calls: KmsCall[] = [];
  const refused: Problem[] = [];
  let faultOf: Parameters<KmsDouble['fault']>[0] = () => undefined;
  let since = 0;
  const server = createServer(async (request, response) => {
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    const refuse = ({ status = 400, error, message = '' }: Problem) => answer(status, { __type: error, message });
    const call = callOf(request.method ?? '', request.headers, await text(request));
    if ('error' in call) {
      refused.push(call);
      return refuse(call);
    }
    calls.push(call);
    const fault = faultOf(calls.length - since, call.operation);
    if (fault === 'no answer') return undefined;
    if (fault === 'reset') return request.socket.resetAndDestroy();
    if (fault && 'error' in fault) return refuse(fault);
    const result = fault?.result ?? double.key.respond(call);
    return 'error' in result && typeof result.error === 'string'
      ? refuse({ ...result, error: result.error })
      : answer(200, result);
  });
  const { address, close } = await listenOnLoopback(server);
  const double: KmsDouble = {
    endpoint: `http://${address}`,
    key: new KmsKey(),
    calls,
    refused,
    fault: (of) => {
      faultOf = of;
      since = calls.length;
    },
    close,
  };
  return double;
}
