/** Writes a value as one word of a shell command, so that advice can be pasted whatever a path holds. */

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

export const shellWord = (value: string): string =>
  NEEDS_NO_QUOTES.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
