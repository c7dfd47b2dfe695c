/** The evidence of how an account was received: which request, which response, with which token, and what ran it. No personal data. */

import * as z from 'zod';
import { SHA256_PATTERN } from './contract.ts';

const bytes = z.int().nonnegative();
const sha256 = z.string().regex(SHA256_PATTERN);

/** The id of a secret's version, as Secrets Manager and the tools that write to it choose it. Any other text is recorded as null. */
const SECRET_VERSION = z.string().regex(/^[\w-]{32,64}$/);
export const secretVersionOf = (version: string | undefined): string | null =>
  SECRET_VERSION.safeParse(version).data ?? null;

const REQUEST = z.strictObject({
  method: z.literal('GET'),
  path: z.string(),
  parameters: z.record(z.string(), z.string()),
});
/** `date` is what the server said. `bytes` and `sha256` are of the decompressed body. */
const RESPONSE = z.strictObject({ status: z.int(), date: z.iso.datetime().nullable(), bytes, sha256 });
/** The stored token that the request's bearer came from. Never a hash of it, which would let guesses be checked. */
const TOKEN = z.strictObject({ kind: z.enum(['refresh', 'access']), secret_version: SECRET_VERSION.nullable() });

/** How a list was received. */
export const ORIGIN = z.strictObject({ request: REQUEST, response: RESPONSE, token: TOKEN });
export type Origin = Readonly<z.infer<typeof ORIGIN>>;

/** How groups were received. The body of a response that denies them isn't read. */
export const GROUPS_ORIGIN = ORIGIN.extend({
  response: RESPONSE.extend({ bytes: bytes.nullable(), sha256: sha256.nullable() }),
});
export type GroupsOrigin = Readonly<z.infer<typeof GROUPS_ORIGIN>>;

/** What ran the program. The details are Lambda's. */
export const HOST = z.strictObject({
  kind: z.enum(['lambda', 'local']),
  function_version: z.string().nullable().optional(),
  memory_mb: z.int().positive().nullable().optional(),
});
/** As it is written. Null if Lambda's environment doesn't say it. */
export type Host =
  | { readonly kind: 'local' }
  | { readonly kind: 'lambda'; readonly function_version: string | null; readonly memory_mb: number | null };
