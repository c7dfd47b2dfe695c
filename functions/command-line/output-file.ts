/** Files that a command leaves for people: complete or not there, and readable by their owner only, since they hold personal data. */
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { codeOf } from '../snapshot/store/folder/durable-folder.ts';
import { OutputError } from './output.ts';

/**
 * Creates or replaces a file.
 * @throws OutputError if it can't be written. Whatever was there before is then unchanged
 */
export async function replaceFile(
  path: string,
  content: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first failure says more
    throw new OutputError(`could not write ${path} (${codeOf(error) ?? 'unknown'})`, { cause: error });
  }
}
