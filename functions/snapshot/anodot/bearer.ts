import type { Deadline } from '../deadline.ts';
import { CredentialsError, SourceContractError, SourceUnavailableError } from '../errors.ts';
import { readBody } from './body.ts';
import { type HttpOptions, pauseBefore, pauseWithin, send } from './http.ts';
import { bearerOf, parseToken, type Token } from './token.ts';

const PATH = '/api/v2/access-token';
const MAX_BYTES = 65_536;

export interface TokenSettings {
  /** Origin of the host, `https://app.anodot.com`. */
  readonly url: string;
  /** Reads the token's text anew at each call, since it may be rotated while a run is under way. */
  readonly readToken: () => Promise<string>;
  /** Where the token's text comes from, for messages. */
  readonly tokenName: string;
}

/** The bearer, or why Anodot doesn't accept the token. */
type Exchanged =
  | { readonly bearer: string; readonly rejected?: undefined }
  | { readonly bearer?: undefined; readonly rejected: CredentialsError };

/** The bearer of one run: bought with the token at `POST /api/v2/access-token`, where the token isn't one already. */
export class Bearer {
  readonly #settings: TokenSettings;
  readonly #http: HttpOptions;
  #secret: string | undefined;
  #value: string | undefined;

  constructor(settings: TokenSettings, http: HttpOptions) {
    this.#settings = settings;
    this.#http = http;
  }

  async get(deadline: Deadline): Promise<string> {
    if (this.#value === undefined) await this.renew(deadline);
    return this.#value ?? '';
  }

  /** Reads the token and has it exchanged. @throws CredentialsError, SettingsError, SourceUnavailableError, SourceContractError */
  async renew(deadline: Deadline): Promise<Token['kind']> {
    this.#secret = await this.#settings.readToken();
    const token = this.#token(this.#secret);
    const { bearer, rejected } = await this.#exchange(token, deadline);
    this.#value = bearer ?? (await this.#ofRotatedToken(rejected, deadline));
    return token.kind;
  }

  rejected(asked: string, status: number): CredentialsError {
    return new CredentialsError(
      `${asked} answered ${status}: Anodot doesn't accept the token. Store a valid one in ${this.#settings.tokenName}`,
    );
  }

  #token(text: string): Token {
    return parseToken(text, this.#settings.tokenName);
  }

  /** The token may have been rotated since it was read: it is read once more, and tried if it changed. */
  async #ofRotatedToken(rejected: CredentialsError, deadline: Deadline): Promise<string> {
    const before = this.#secret;
    this.#secret = await this.#settings.readToken();
    if (this.#secret === before) throw rejected;
    const again = await this.#exchange(this.#token(this.#secret), deadline);
    if (again.rejected) throw again.rejected;
    return again.bearer;
  }

  /** Asks again where the bearer breaks off on its way. */
  async #exchange(token: Token, deadline: Deadline): Promise<Exchanged> {
    if (token.kind === 'bearer') return { bearer: token.value };
    const url = `${this.#settings.url}${PATH}`;
    const asked = `POST ${url}`;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const body = JSON.stringify({ refreshToken: token.value });
    for (let attempt = 1; ; attempt++) {
      const response = await send({ method: 'POST', url, headers, body }, deadline, this.#http);
      if (response.status !== 200) {
        await response.body?.cancel();
        return { rejected: this.rejected(asked, response.status) };
      }
      try {
        return { bearer: await bearerIn(response, asked, deadline) };
      } catch (error) {
        if (!(error instanceof SourceUnavailableError) || attempt >= this.#http.tries) throw error;
      }
      await pauseWithin(pauseBefore(attempt + 1, this.#http), asked, deadline);
    }
  }
}

async function bearerIn(response: Response, asked: string, deadline: Deadline): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readBody(response, asked, MAX_BYTES, deadline)) chunks.push(chunk);
  const bearer = bearerOf(Buffer.concat(chunks).toString('utf8'));
  if (bearer === undefined) throw new SourceContractError(`${asked} answered 200 with something that isn't a token`);
  return bearer;
}
