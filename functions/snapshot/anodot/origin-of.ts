/** Records how a list was received: the request, the response, and which token was used. */
import { type Origin, secretVersionOf } from '../origin.ts';
import type { Authorized } from './client.ts';
import { httpDate } from './retry-after.ts';

/** Size and hash of a body. Both null if it wasn't read. */
type Body = Pick<Origin['response'], 'bytes' | 'sha256'> | { readonly bytes: null; readonly sha256: null };

/** A Date header that isn't a date is null. */
export const originOf = <Read extends Body>({ path, response, credential }: Authorized, body: Read) => ({
  request: { method: 'GET' as const, path, parameters: {} },
  response: { status: response.status, date: dateOf(response), ...body },
  token: {
    kind: credential.kind === 'bearer' ? ('access' as const) : credential.kind,
    secret_version: secretVersionOf(credential.version),
  },
});

function dateOf(response: Authorized['response']): string | null {
  const date = httpDate(response.header('date') ?? '');
  return date === undefined ? null : new Date(date).toISOString();
}
