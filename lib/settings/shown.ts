import type { Problem } from './options.ts';

/**
 * Prints names and values of settings in errors. Nothing that looks like a token is shown, and no control character reaches the terminal.
 */

/** What looks like a token: the beginning of a JSON Web Token, and a long hexadecimal number. */
export const TOKEN = { jwt: 'eyJ', hex: '[0-9a-fA-F]{32,}' } as const;
/** The id of a multi-region KMS key, `mrk-…`, is a hexadecimal number that isn't secret. */
const HAS_TOKEN = new RegExp(`${TOKEN.jwt}|(?<!mrk-)${TOKEN.hex}`);
const MAX_LENGTH = 100;

export const problemLine = ([name, problem]: Problem): string => `- ${shownName(name)}: ${problem}`;

/** The name as it is if it is a word, and otherwise in quotes. */
export function shownName(name: string): string {
  if (HAS_TOKEN.test(name)) return 'a name that is not shown';
  return /^\$?\w{1,100}$/.test(name) ? name : quoted(name);
}

export function shownValue(name: string, given: unknown): string {
  const text = quoted(given);
  // It may be the token in place of its secret's name, or a URL with a password.
  const isSecret = name === 'tokenSecret' || (name === 'anodotUrl' && text.includes('@'));
  return isSecret || HAS_TOKEN.test(JSON.stringify(given) ?? '') ? 'a value that is not shown' : text;
}

function quoted(given: unknown): string {
  const text = (JSON.stringify(given) ?? 'nothing').replaceAll(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => String.raw`\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
