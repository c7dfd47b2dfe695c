import { STATUS_CODES } from 'node:http';

/** An answer as an HTTP API takes it, in payload format 2.0. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Seconds after which it is worth asking again. */
export const RETRY_SECONDS = { run: 5, trouble: 10 } as const;

export const retryAfter = (seconds: number) => ({ 'retry-after': String(seconds) });

export function jsonAnswer(statusCode: number, value: object, headers: HttpAnswer['headers'] = {}): HttpAnswer {
  return answer(statusCode, 'application/json', value, headers);
}

/**
 * An error, as RFC 9457 has it.
 * @param requestId of the invocation, a UUID, by which its log lines are found
 */
export function problemAnswer(
  status: number,
  detail: string,
  requestId: string,
  headers: HttpAnswer['headers'] = {},
): HttpAnswer {
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
  };
  return answer(status, 'application/problem+json', problem, headers);
}

const answer = (statusCode: number, type: string, value: object, headers: HttpAnswer['headers']): HttpAnswer => ({
  statusCode,
  headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  body: `${JSON.stringify(value)}\n`,
});
