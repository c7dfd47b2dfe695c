import { STATUS_CODES } from 'node:http';

/** A response to an HTTP API, in payload format 2.0. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** Seconds after which a caller should try again: while a run is in progress, and after a failure. */
export const RETRY_SECONDS = { run: 5, trouble: 10 } as const;

export const retryAfter = (seconds: number) => ({ 'retry-after': String(seconds) });

export function jsonResponse(statusCode: number, value: object, headers: HttpResponse['headers'] = {}): HttpResponse {
  return response(statusCode, 'application/json', value, headers);
}

/**
 * An error response, as RFC 9457 defines it.
 * @param requestId the id of the invocation, a UUID, to find its log lines
 */
export function problemResponse(
  status: number,
  detail: string,
  requestId: string,
  headers: HttpResponse['headers'] = {},
): HttpResponse {
  const problem = {
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail,
    instance: `urn:uuid:${requestId}`,
  };
  return response(status, 'application/problem+json', problem, headers);
}

const response = (statusCode: number, type: string, value: object, headers: HttpResponse['headers']): HttpResponse => ({
  statusCode,
  headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...headers },
  body: `${JSON.stringify(value)}\n`,
});
