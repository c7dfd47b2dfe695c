/** AWS KMS's own model of the operations that a signer uses, as its client has it, with the limits that the client leaves out. */

import type { IncomingHttpHeaders } from 'node:http';
import { GetPublicKey$, MessageType, Sign$, SigningAlgorithmSpec } from '@aws-sdk/client-kms';
import * as z from 'zod';

/** An error of AWS. */
export interface Problem {
  readonly status?: number;
  readonly error: string;
  readonly message?: string;
}

const OPERATION = z.tuple([z.literal(9), z.string(), z.string(), z.unknown(), z.unknown(), z.unknown()]);
/** A structure: its members' names, their types, and how many of them, the first ones, are required. */
const STRUCTURE = z.tuple(
  [z.literal(3), z.string(), z.string(), z.unknown(), z.array(z.string()), z.array(z.unknown())],
  z.number(),
);
/** A named simple type. */
const SIMPLE = z.tuple([z.literal(0), z.string(), z.string(), z.unknown(), z.number()]);

const resolved = (ref: unknown): unknown => (typeof ref === 'function' ? resolved(ref()) : ref);

/** The JSON type of a member: text, bytes in Base64, a flag, or a list of texts. Traits don't change it. */
function jsonOf(ref: unknown): z.ZodType {
  const type = resolved(ref);
  const simple = SIMPLE.safeParse(type).data;
  if (simple) return jsonOf(simple[4]);
  if (Array.isArray(type)) return jsonOf(type[0]); // with traits
  const types = new Map<unknown, z.ZodType>([
    [0, z.string()],
    [2, z.boolean()],
    [21, z.base64()],
    [64, z.array(z.string())],
  ]);
  const found = types.get(type);
  if (!found) throw new Error(`the model has a type that the double does not know: ${JSON.stringify(type)}`);
  return found;
}

/** What an operation accepts as JSON: exactly the model's members. */
function requestOf(operation: unknown): z.ZodType {
  const [, , , , names, refs, required = 0] = STRUCTURE.parse(resolved(OPERATION.parse(operation)[4]));
  const member = (name: string, i: number) => {
    const type = jsonOf(refs[i]);
    return [name, i < required ? type : type.optional()];
  };
  return z.strictObject(Object.fromEntries(names.map(member)));
}

const bytesOf = (least: number, most: number) =>
  z
    .base64()
    .transform((base64) => Buffer.from(base64, 'base64'))
    .refine(({ byteLength }) => least <= byteLength && byteLength <= most, 'Invalid length');
const KEY_ID = z.string().min(1).max(2048);
const GRANTS = z.array(z.string().min(1).max(8192)).max(10).optional();
const GET_PUBLIC_KEY = z.object({ KeyId: KEY_ID, GrantTokens: GRANTS });
const SIGN = z
  .object({
    KeyId: KEY_ID,
    Message: bytesOf(1, 4096),
    SigningAlgorithm: z.enum(SigningAlgorithmSpec),
    MessageType: z.enum(MessageType).default('RAW'),
    GrantTokens: GRANTS,
  })
  .refine(
    ({ Message, MessageType, SigningAlgorithm }) =>
      MessageType !== 'DIGEST' || !SigningAlgorithm.endsWith('SHA_256') || Message.byteLength === 32,
    'Digest is invalid length for algorithm',
  );

const CALL = z.discriminatedUnion('operation', [
  z.object({ operation: z.literal('GetPublicKey'), input: GET_PUBLIC_KEY }),
  z.object({ operation: z.literal('Sign'), input: SIGN }),
]);
export type KmsCall = z.infer<typeof CALL>;

const MODEL = { GetPublicKey: requestOf(GetPublicKey$), Sign: requestOf(Sign$) };
const SIGNED = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/kms\/aws4_request, SignedHeaders=/;
const CONTENT = 'application/x-amz-json-1.1';

/** The call that a request makes, or the error with which the service refuses it. */
export function callOf(method: string, headers: IncomingHttpHeaders, body: string): KmsCall | Problem {
  const target = headers['x-amz-target'];
  if (method !== 'POST' || headers['content-type'] !== CONTENT || typeof target !== 'string')
    return { error: 'UnknownOperationException' };
  if (!SIGNED.test(headers.authorization ?? '')) return { error: 'MissingAuthenticationTokenException' };
  const operation = /^TrentService\.(GetPublicKey|Sign)$/.exec(target)?.[1];
  if (operation !== 'GetPublicKey' && operation !== 'Sign') return { error: 'UnknownOperationException' };
  const input: unknown = JSON.parse(body);
  const modelled = MODEL[operation].safeParse(input);
  if (!modelled.success) return { error: 'SerializationException', message: modelled.error.message };
  const { data, error } = CALL.safeParse({ operation, input });
  return data ?? { error: 'ValidationException', message: error?.message ?? '' };
}
