import type { Deadline } from '../deadline.ts';
import { CredentialsError, SettingsError, SourceContractError, SourceUnavailableError } from '../errors.ts';
import type { OnRequest } from '../request-event.ts';
import { retry } from '../retry.ts';
import type { Connections } from './connections.ts';
import { reportedFailure } from './network-failure.ts';
import { type Backoff, backoff, pauseWithin } from './pause.ts';
import { type Request, type Response, send as sendRequest } from './request.ts';
import { retryAfter } from './retry-after.ts';

export interface HttpOptions extends Backoff {
  /** Attempts of one request, including the first. */
  readonly tries: number;
  readonly now: () => Date;
  readonly userAgent: string;
  readonly connections: Connections;
  /** Receives each request, each retry and each pause. */
  readonly onRequest?: OnRequest | undefined;
}

export interface HttpRequest extends Request {
  /** Statuses that the caller handles. */
  readonly accepts: readonly number[];
}

/** A response whose body is still to be read, with the name of its request for messages. */
export interface Received {
  readonly request: string;
  readonly response: Response;
  readonly onRequest?: OnRequest | undefined;
}

/** The name of a request in messages: its method and URL. */
export const nameOf = ({ method, url }: Pick<HttpRequest, 'method' | 'url'>): string => `${method} ${url}`;

/**
 * Sends a request until there is a definite response. Retries 429, 5xx and network failures within the deadline.
 * @returns a response whose status the request accepts. The caller reads its body
 * @throws SettingsError for a redirect or 404, CredentialsError for 403, SourceUnavailableError after the last attempt,
 *   SourceContractError for any other status
 */
export function send(request: HttpRequest, deadline: Deadline, options: HttpOptions): Promise<Response> {
  return retry(
    () => sendOnce(request, deadline, options),
    async (error, attempt) => {
      if (!(error instanceof Unanswered)) throw error;
      const milliseconds = error.wait ?? backoff(attempt, options);
      if (attempt >= options.tries || milliseconds >= deadline.remaining())
        throw new SourceUnavailableError(`${error.message} (tried ${attempt} times). Run again later`);
      const why = error.wait === undefined ? 'backoff' : 'Retry-After';
      options.onRequest?.({ event: 'pause', request: nameOf(request), milliseconds, attempt: attempt + 1, why });
      await pauseWithin(milliseconds, nameOf(request), deadline);
    },
  );
}

/** An attempt that got no definite response. */
class Unanswered extends SourceUnavailableError {
  /** The pause that Anodot asks for, in milliseconds. */
  readonly wait: number | undefined;

  constructor(message: string, wait?: number) {
    super(message);
    this.wait = wait;
  }
}

async function sendOnce(request: HttpRequest, deadline: Deadline, options: HttpOptions): Promise<Response> {
  const name = nameOf(request);
  const started = performance.now();
  const response = await sendRequest(
    { ...request, headers: { ...request.headers, 'user-agent': options.userAgent } },
    options.connections,
    deadline.signal,
  ).catch((error: unknown) => {
    const report = (message: string) =>
      options.onRequest?.({ event: 'failure', message, milliseconds: performance.now() - started });
    throw new Unanswered(reportedFailure(name, error, deadline, report));
  });
  const { status } = response;
  options.onRequest?.({ event: 'response', request: name, status, milliseconds: performance.now() - started });
  if (request.accepts.includes(status)) return response;
  response.cancel();
  if (status === 429 || status >= 500)
    throw new Unanswered(`${name} returned ${status}`, retryAfter(response.header('retry-after'), options.now()));
  throw refusalOf(name, status);
}

function refusalOf(name: string, status: number): Error {
  if (status === 404 || (status >= 300 && status < 400))
    return new SettingsError(`${name} returned ${status}: the host isn't Anodot's API. Check ANODOT_URL`);
  if (status === 403)
    return new CredentialsError(`${name} returned 403: the token lacks permission. Use one that has it`);
  return new SourceContractError(`${name} returned ${status}; expected 200`);
}
