/** Writes a value as one word of a shell command, so that a suggested command can be pasted, whatever characters a path has. */

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

export const shellWord = (value: string): string =>
  NEEDS_NO_QUOTES.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
