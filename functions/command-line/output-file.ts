/** Files that a command leaves for people: complete or not there, and readable by their owner only, since they hold personal data. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { codeOf } from '../snapshot/store/folder/durable-folder.ts';
import { OutputError } from './output.ts';

/**
 * Creates or replaces a file.
 * @throws OutputError if it can't be written, or what `content` throws. Whatever was there before is then unchanged
 */
export const replaceFile = (path: string, content: Content): Promise<void> =>
  replaceFileBy(path, (temporary) => writePieces(temporary, content));

/**
 * Fills a file for `replaceFileBy`.
 * @throws WriteFailure if it can't be written, or what `content` throws
 */
export async function writePieces(path: string, content: Content): Promise<void> {
  const file = await writing(() => open(path, 'w'));
  try {
    for await (const piece of joined(content)) await writing(() => file.writeFile(piece));
  } finally {
    await writing(() => file.close());
  }
}

/** A system call that writes has failed. `replaceFileBy` names the file. */
class WriteFailure extends Error {}

/** Marks failures to write. Reading the content may fail in a system call, too. */
async function writing<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new WriteFailure(code, { cause: error });
  }
}

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
    await writing(async () => (await open(temporary, 'wx', 0o600)).close());
    const result = await write(temporary);
    await writing(async () => {
      const file = await open(temporary, 'r+');
      await file.sync().finally(() => file.close());
      await rename(temporary, path);
    });
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure says more
    if (!(error instanceof WriteFailure)) throw error;
    throw new OutputError(`could not write ${path} (${error.message})`, { cause: error.cause });
  }
}
