/** The users of a snapshot as JSON Lines, written and read back: one object per line, LF, UTF-8, in the order of USER_COLUMNS. Exact. */

import { USER_ROW, type User } from '../user.ts';
import { LineReader } from './line-reader.ts';

/** A user and its line, without the line's end. */
export interface UserLine {
  readonly json: string;
  /** May be parsed when it is read, so read it once, and only if it is needed. */
  readonly user: User;
}

export const lineOf = (user: User): UserLine => ({ json: JSON.stringify(user), user });

/** The user in a line, without the line's end. @throws ZodError or SyntaxError if the line isn't a row */
export const userOfLine = (line: string): User => USER_ROW.parse(JSON.parse(line));

/**
 * Reads users back, in batches.
 * @throws ZodError or SyntaxError if a line isn't a row. Check the hash first to rule that out
 */
export async function* readRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<User[]> {
  for await (const lines of readLines(chunks)) yield lines.map(userOfLine);
}

/** The lines of a text, without line ends, in batches. The last line must have an end too. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const reader = new LineReader({ isStrict: true });
  for await (const chunk of chunks) yield reader.push(chunk);
}
