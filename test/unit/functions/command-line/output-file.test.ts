import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { OutputError } from '../../../../functions/command-line/output.ts';
import { replaceFile, replaceFileBy, writePieces } from '../../../../functions/command-line/output-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'));
  return () => rm(folder, { recursive: true });
});

/** Content that ends in a system call's failure to read. */
async function* unreadable(): AsyncGenerator<string> {
  yield 'x'.repeat(100_000);
  yield await readFile(join(folder, 'absent'), 'utf8');
}

test('a failure to read the content is reported as it is, and leaves the old file', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'old');
  const readings = [() => replaceFile(path, unreadable()), () => replaceFileBy(path, () => readFile(folder))];
  for (const reading of readings) {
    const failure = await reading().catch((error) => error);
    expect(failure).not.toBeInstanceOf(OutputError);
    expect(['ENOENT', 'EISDIR']).toContain(failure.code);
  }
  expect([await readdir(folder), await readFile(path, 'utf8')]).toEqual([['file'], 'old']);
});

test('a failure to open, to write or to rename names the file, and leaves nothing', async () => {
  const absent = join(folder, 'absent/file');
  await expect(replaceFile(absent, ['new'])).rejects.toThrow(new OutputError(`could not write ${absent} (ENOENT)`));
  const path = join(folder, 'file');
  const full = new OutputError(`could not write ${path} (ENOSPC)`);
  await expect(replaceFileBy(path, () => writePieces('/dev/full', ['new']))).rejects.toThrow(full);
  await expect(replaceFileBy(path, (temporary) => rm(temporary))).rejects.toThrow(
    new OutputError(`could not write ${path} (ENOENT)`),
  );
  expect(await readdir(folder)).toEqual([]);
});

test('pieces of text and bytes are written in order', async () => {
  const path = join(folder, 'file');
  await replaceFile(path, ['a', Buffer.from('b'), 'c'.repeat(70_000), 'd', Buffer.from('e')]);
  expect(await readFile(path, 'utf8')).toBe(`ab${'c'.repeat(70_000)}de`);
});
