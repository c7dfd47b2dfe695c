/** Files that a command leaves for people: complete or not there, and readable by their owner only, since they hold personal data. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { codeOf } from '../snapshot/store/folder/durable-folder.ts';
import { OutputError } from './output.ts';

/**
 * Creates or replaces a file.
 * @throws OutputError if it can't be written, or what `content` throws. Whatever was there before is then unchanged
 */
export const replaceFile = (path: string, content: Content): Promise<void> =>
  replaceFileBy(path, (temporary) => writePieces(temporary, content));

export const writePieces = (path: string, content: Content): Promise<void> => writeFile(path, joined(content));

type Content = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** Characters to collect before they are written. Each piece is a call of the system, and a review has a piece for each user. */
const WRITE_LENGTH = 65_536;

async function* joined(content: Content): AsyncGenerator<string | Uint8Array> {
  let text = '';
  for await (const piece of content) {
    if (typeof piece === 'string') text += piece;
    if (text.length >= WRITE_LENGTH || (typeof piece !== 'string' && text !== '')) {
      yield text;
      text = '';
    }
    if (typeof piece !== 'string') yield piece;
  }
  if (text !== '') yield text;
}

/**
 * Creates or replaces a file by what `write` does with an empty file next to it. Returns what `write` returns.
 * @throws OutputError if it can't be written, or what `write` throws. Whatever was there before is then unchanged
 */
export async function replaceFileBy<T>(path: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await (await open(temporary, 'wx', 0o600)).close();
    const result = await write(temporary);
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    await rename(temporary, path);
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure says more
    const code = codeOf(error);
    throw code === undefined ? error : new OutputError(`could not write ${path} (${code})`, { cause: error });
  }
}
