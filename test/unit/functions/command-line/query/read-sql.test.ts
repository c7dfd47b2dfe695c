import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { Output } from '../../../../../functions/command-line/output.ts';
import { readSql, type SqlSource } from '../../../../../functions/command-line/query/read-sql.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { newFolder } from '../../../../support/take.ts';

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  await mkdir(join(folder, 'folder'));
});

/** Reads the query with these bytes as standard input. */
const read = (source: Partial<SqlSource>, input: readonly (string | Uint8Array)[] = []) =>
  readSql(
    { argument: undefined, file: undefined, ...source },
    {
      input: () => Readable.from(input.map((part) => Buffer.from(part))),
      interrupt: new AbortController().signal,
      err: new Output(new Writable()),
    },
  );

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, 'query.sql');
  await writeFile(path, bytes);
  return path;
}

const SQL = "-- a comment\n/* another */ select '小林' as name;\n";

describe('the SQL of a query', () => {
  test('is the argument, a file or standard input, whichever is given, and nothing if none is', async () => {
    expect(await read({ argument: SQL })).toBe(SQL);
    expect(await read({ file: await fileOf(SQL) })).toBe(SQL);
    expect(await read({ argument: '-' }, [SQL.slice(0, 20), SQL.slice(20)])).toBe(SQL);
    expect(await read({})).toBeUndefined();
  });

  test('is the same with a byte order mark, and if a character is split between two reads', async () => {
    expect(await read({ file: await fileOf(`\ufeff${SQL}`) })).toBe(SQL);
    expect(
      await read(
        { argument: '-' },
        [...Buffer.from(SQL)].map((byte) => Buffer.from([byte])),
      ),
    ).toBe(SQL);
  });

  test('can come from a pipe that is named like a file, as a shell’s <(…) makes one', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const [sql] = await Promise.all([read({ file: pipe }), writeFile(pipe, SQL)]);
    expect(sql).toBe(SQL);
  });

  test.each([
    [{ argument: 'select 1', file: 'query.sql' }, 'expected one query, got two: from the argument and from --file'],
    [{ argument: '-', file: 'query.sql' }, 'expected one query, got two: from standard input and from --file'],
    [{ file: '/nowhere/query.sql' }, 'could not read /nowhere/query.sql: there is no such file'],
    [{ file: '/dev/zero' }, '/dev/zero is longer than 1 MiB: expected a query'],
    [{ argument: '-' }, 'standard input is empty: expected a query'],
  ])('from %j is a SettingsError: %s', async (source, message) => {
    await expect(read(source)).rejects.toThrow(new SettingsError(message));
  });

  test.each([
    ['', 'is empty: expected a query'],
    ['\ufeff \n', 'is empty: expected a query'],
    [Buffer.from('\ufeffselect 1', 'utf16le'), 'is not UTF-8 text (it is UTF-16): save it as UTF-8'],
    [Buffer.from([0x73, 0xff]), 'is not UTF-8 text'],
    ['select 1\0', 'is not UTF-8 text'],
    [Buffer.alloc((1 << 20) + 1, ' '), 'is longer than 1 MiB: expected a query'],
  ])('in a file of %j is a SettingsError that names the file', async (bytes, problem) => {
    const path = await fileOf(bytes);
    await expect(read({ file: path })).rejects.toThrow(new SettingsError(`${path} ${problem}`));
  });

  test('in a folder is a SettingsError', async () => {
    const path = join(folder, 'folder');
    await expect(read({ file: path })).rejects.toThrow(
      new SettingsError(`${path} is a folder: expected a file with the query`),
    );
  });

  test('that an interrupt cuts short is the interrupt', async () => {
    const controller = new AbortController();
    controller.abort(new Error('interrupted'));
    const failure = readSql(
      { argument: undefined, file: await fileOf(SQL) },
      { interrupt: controller.signal, err: new Output(new Writable()) },
    );
    await expect(failure).rejects.toThrow('interrupted');
  });
});
