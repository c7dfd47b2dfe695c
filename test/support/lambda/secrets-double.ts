import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback } from '../loopback.ts';

/** The version of a secret that a test gives none. */
export const VERSION_ID = '1c2f7c6e-5a0d-4f0e-9d6a-0b8f1f2a3c4d';

/** The value of a secret, an error of AWS, no response, or a connection that breaks off. */
export type SecretReply =
  | { readonly text: string; readonly version?: string; readonly createdAt?: Date }
  | { readonly binary: string }
  | { readonly status?: number; readonly error: string; readonly message?: string }
  | 'no answer'
  | 'reset';

export interface SecretsDouble {
  readonly endpoint: string;
  /** The ids of the secrets that were read. */
  readonly calls: readonly string[];
  /** `n` counts the calls from 1 since the reply was set. */
  reply(to: (n: number) => SecretReply): void;
  close(): Promise<void>;
}

const REQUEST = z.object({ SecretId: z.string() });
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/secretsmanager\/aws4_request, SignedHeaders=/;

/** Serves a double of AWS Secrets Manager on loopback. It implements `GetSecretValue` of the JSON 1.1 protocol. */
export async function serveSecrets(first: SecretReply = { text: '' }): Promise<SecretsDouble> {
  const calls: string[] = [];
  let replyTo: (n: number) => SecretReply = () => first;
  let since = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(value));
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
      return answer(400, { __type: 'UnknownOperationException' });
    if (!SIGNED.test(request.headers.authorization ?? ''))
      return answer(400, { __type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' });
    const { SecretId } = REQUEST.parse(JSON.parse(body));
    calls.push(SecretId);
    const reply = replyTo(calls.length - since);
    if (reply === 'no answer') return undefined;
    if (reply === 'reset') return request.socket.resetAndDestroy();
    if ('error' in reply) return answer(reply.status ?? 400, { __type: reply.error, Message: reply.message ?? '' });
    const value = 'text' in reply ? { SecretString: reply.text } : { SecretBinary: reply.binary };
    const VersionId = 'text' in reply ? (reply.version ?? VERSION_ID) : VERSION_ID;
    const CreatedDate = 'text' in reply && reply.createdAt ? reply.createdAt.getTime() / 1000 : undefined;
    return answer(200, { Name: SecretId, VersionId, VersionStages: ['AWSCURRENT'], CreatedDate, ...value });
  });
  const { address, close } = await listenOnLoopback(server);
  return {
    endpoint: `http://${address}`,
    calls,
    reply: (to) => {
      replyTo = to;
      since = calls.length;
    },
    close,
  };
}
