import type { Deadline } from '../deadline.ts';
import { Bearer, type TokenSettings } from './bearer.ts';
import { type HttpOptions, type HttpRequest, nameOf, type Received, send } from './http.ts';
import { backoff, pauseWithin } from './pause.ts';
import type { Token } from './token.ts';

/** Requests to Anodot's API with the bearer. If the bearer is rejected, it is renewed once. */
export class Client {
  readonly #url: string;
  readonly #http: HttpOptions;
  readonly #bearer: Bearer;

  constructor(settings: TokenSettings, http: HttpOptions) {
    this.#url = settings.url;
    this.#http = http;
    this.#bearer = new Bearer(settings, http);
  }

  /** Reads and exchanges the token. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  authenticate(deadline: Deadline): Promise<Token['kind']> {
    return this.#bearer.renew(deadline);
  }

  /**
   * @param accepts statuses that the caller handles besides 200
   * @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError
   */
  async get(path: string, deadline: Deadline, accepts: readonly number[] = []): Promise<Received> {
    const request = nameOf(this.#requestFor(path));
    let response = await this.#send(path, deadline, accepts);
    if (response.status === 401) {
      await response.body?.cancel();
      await this.#bearer.renew(deadline);
      response = await this.#send(path, deadline, accepts);
    }
    if (response.status !== 401) return { request, response, onRequest: this.#http.onRequest };
    await response.body?.cancel();
    throw this.#bearer.rejected(request, 401);
  }

  /** Pauses before `path` is requested again. @param attempt the failed attempt, counted from 1 */
  pause(path: string, attempt: number, deadline: Deadline): Promise<void> {
    const [milliseconds, request] = [backoff(attempt, this.#http), nameOf(this.#requestFor(path))];
    this.#http.onRequest?.({ event: 'pause', request, milliseconds, attempt: attempt + 1, why: 'backoff' });
    return pauseWithin(milliseconds, request, deadline);
  }

  async #send(path: string, deadline: Deadline, accepts: readonly number[]): Promise<Response> {
    const headers = { accept: 'application/json', authorization: `Bearer ${await this.#bearer.get(deadline)}` };
    return send({ ...this.#requestFor(path), headers, accepts: [200, 401, ...accepts] }, deadline, this.#http);
  }

  #requestFor(path: string): Pick<HttpRequest, 'method' | 'url'> {
    return { method: 'GET', url: `${this.#url}${path}` };
  }
}
