import * as z from 'zod';
import { CredentialsError } from '../errors.ts';

/** The token's text as it is stored. */
export interface StoredToken {
  readonly text: string;
  /** Which version of the secret it is. Undefined in a terminal. */
  readonly version?: string | undefined;
  /** When this version was stored. */
  readonly createdAt?: Date | undefined;
}

/** A `refresh` token is exchanged for a bearer. A `bearer` is used as it is. */
export interface Token {
  readonly kind: 'refresh' | 'bearer';
  readonly value: string;
}

const SHAPES = z.union([
  z
    .object({ refreshToken: z.string() })
    .transform(({ refreshToken }) => ({ kind: 'refresh' as const, value: refreshToken.trim() })),
  z
    .object({ accessToken: z.string() })
    .transform(({ accessToken }) => ({ kind: 'bearer' as const, value: accessToken.trim() })),
]);
const PRINTABLE = /^[\x21\x23-\x7e]+$/; // no white space, no control character, no quote
const THREE_PARTS = /^[^.]+\.[^.]+\.[^.]+$/;

/**
 * Parses the token in any documented shape: alone, `{"refreshToken": "…"}` or `{"accessToken": "…"}`. A bare value with three
 * dot-separated parts is a bearer.
 * @param name the name, in messages, of the place that holds the text: `ANODOT_TOKEN` or the secret's name
 * @throws CredentialsError with a fixed text, since a JSON parser's message would quote the secret
 */
export function parseToken(text: string, name: string): Token {
  const trimmed = text.trim();
  if (trimmed === '') throw new CredentialsError(`${name} is empty: not filled in yet. Store an Anodot token there`);
  const token = trimmed.startsWith('{') ? tokenOfJson(trimmed) : bareToken(trimmed);
  if (token?.value === '')
    throw new CredentialsError(`${name} holds an empty token: not filled in yet. Store an Anodot token there`);
  if (token === undefined || !PRINTABLE.test(token.value)) {
    throw new CredentialsError(
      `${name} is malformed: expected the token alone, {"refreshToken": "…"} or {"accessToken": "…"}, without quotes or white space inside`,
    );
  }
  return token;
}

const bareToken = (value: string): Token => ({ kind: THREE_PARTS.test(value) ? 'bearer' : 'refresh', value });

function tokenOfJson(text: string): Token | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return SHAPES.safeParse(value).data;
}

const BEARER = /^[\w\-.~+/]+=*$/;

/**
 * Reads the bearer from the response to `POST /api/v2/access-token`: a JSON string, `{"token": "…"}`, or the bare token.
 * Undefined for any other body.
 */
export function bearerOf(body: string): string | undefined {
  const trimmed = body.trim();
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    value = trimmed;
  }
  const bearer = z
    .union([z.string(), z.object({ token: z.string() }).transform(({ token }) => token)])
    .safeParse(value).data;
  return bearer !== undefined && BEARER.test(bearer) ? bearer : undefined;
}
