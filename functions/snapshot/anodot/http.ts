import { setTimeout as pause } from 'node:timers/promises';
import type { Deadline } from '../deadline.ts';
import { CredentialsError, SettingsError, SourceContractError, SourceUnavailableError } from '../errors.ts';
import { retryAfter } from './retry-after.ts';

export interface HttpOptions {
  /** Tries of one request, the first included. */
  readonly tries: number;
  /** Milliseconds before the second try; they double, with jitter. */
  readonly firstPause: number;
  readonly now: () => Date;
  readonly userAgent: string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
  /** Statuses that the caller reads; 200, 400 and 401 without it. */
  readonly accepts?: readonly number[];
}

const ACCEPTED: readonly number[] = [200, 400, 401];

/**
 * Sends a request until it is answered for good: 429, 5xx and what the network does are tried again within the deadline.
 * @returns a response whose status the request accepts; its body is the caller's to read
 * @throws SettingsError for a redirect or 404, CredentialsError for 403, SourceUnavailableError after the retries,
 *   SourceContractError for any other status
 */
export async function send(request: HttpRequest, deadline: Deadline, options: HttpOptions): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const { response, failure, wait } = await sendOnce(request, deadline, options);
    if (response) return response;
    const milliseconds = wait ?? pauseBefore(attempt + 1, options);
    if (attempt >= options.tries || milliseconds >= deadline.remaining()) {
      throw new SourceUnavailableError(`${failure.message} (tried ${attempt} times). Run again later`, {
        cause: failure.cause,
      });
    }
    await pauseWithin(milliseconds, `${request.method} ${request.url}`, deadline);
  }
}

type Try =
  | { readonly response: Response; readonly failure?: undefined; readonly wait?: undefined }
  | { readonly response?: undefined; readonly failure: SourceUnavailableError; readonly wait: number | undefined };

async function sendOnce(request: HttpRequest, deadline: Deadline, options: HttpOptions): Promise<Try> {
  const asked = `${request.method} ${request.url}`;
  let response: Response;
  try {
    response = await fetch(request.url, {
      method: request.method,
      headers: { ...request.headers, 'user-agent': options.userAgent },
      body: request.body ?? null,
      redirect: 'manual',
      signal: deadline.signal,
    });
  } catch (error) {
    return { failure: networkFailure(asked, error, deadline), wait: undefined };
  }
  const { status } = response;
  if ((request.accepts ?? ACCEPTED).includes(status)) return { response };
  await response.body?.cancel();
  if (status === 429 || status >= 500) {
    const failure = new SourceUnavailableError(`${asked} answered ${status}`);
    return { failure, wait: retryAfter(response.headers.get('retry-after'), options.now()) };
  }
  if (status === 404 || (status >= 300 && status < 400)) {
    throw new SettingsError(`${asked} answered ${status}: that host isn't Anodot's API. Check ANODOT_URL`);
  }
  if (status === 403) throw new CredentialsError(`${asked} answered 403: the token may not do that. Use another one`);
  throw new SourceContractError(`${asked} answered ${status}; expected 200`);
}

/** The codes that OpenSSL and Node give to a certificate; `UNABLE_TO_VERIFY_LEAF_SIGNATURE` is a chain without its middle. */
const BAD_CERTIFICATE = /CERT|CRL|ISSUER|LEAF_SIGNATURE|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH/;

/**
 * What a failed `fetch`, or a body that broke off, means. Only codes of the system and of the HTTP client are quoted.
 * @throws SourceUnavailableError at once where no retry can help: a bad certificate, the end of the deadline; and the reason
 *   of the signal where somebody aborted
 */
export function networkFailure(asked: string, error: unknown, { signal }: Deadline): SourceUnavailableError {
  if (signal.aborted) {
    if (!isTimeout(signal.reason)) throw signal.reason;
    throw new SourceUnavailableError(`${asked} was not answered in full within the time of the run. Run again later`);
  }
  const code = causeCode(error);
  if (code !== undefined && BAD_CERTIFICATE.test(code)) {
    throw new SourceUnavailableError(`${asked}: the certificate can't be trusted (${code}). Check host and proxy`);
  }
  const unknownHost = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  return new SourceUnavailableError(
    `${asked}: ${unknownHost ? 'unknown host' : 'no connection'} (${code ?? 'no code'})`,
  );
}

/** The system's code of a network error, from the depth where `fetch` puts it. */
export function causeCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AggregateError && at.errors.length > 0) return causeCode(at.errors[0]);
    if ('code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}

const isTimeout = (reason: unknown): boolean => reason instanceof DOMException && reason.name === 'TimeoutError';

/** Milliseconds before a try, the first being 1: they double, with jitter. */
export const pauseBefore = (attempt: number, { firstPause }: Pick<HttpOptions, 'firstPause'>): number =>
  firstPause * 2 ** (attempt - 2) * (0.5 + Math.random() / 2);

export async function pauseWithin(milliseconds: number, asked: string, deadline: Deadline): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal: deadline.signal });
  } catch (error) {
    throw networkFailure(asked, error, deadline);
  }
}
