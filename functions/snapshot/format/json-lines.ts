/** The users of a snapshot as JSON Lines, written and read back: one object per line, LF, UTF-8, in the order of USER_COLUMNS. Exact. */

import { USER_ROW, type User } from '../user.ts';
import { LineReader } from './line-reader.ts';

export class JsonLines {
  readonly header = '';

  row(user: User): string {
    return `${JSON.stringify(user)}\n`;
  }
}

/**
 * Reads the users that JsonLines wrote, in batches.
 * @throws ZodError or SyntaxError if a line isn't a row. Check the hash first to rule that out
 */
export async function* readRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<User[]> {
  for await (const lines of readLines(chunks)) yield lines.map((line) => USER_ROW.parse(JSON.parse(line)));
}

/** The lines of a text, without line ends, in batches. The last line must have an end too. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const reader = new LineReader({ isStrict: true });
  for await (const chunk of chunks) yield reader.push(chunk);
}
