import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OutputError } from '../../../../../functions/command-line/output.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { runCommand } from '../../../../support/command.ts';
import { copyOf, remove, useFourCommits, write } from '../../../../support/four-commits.ts';
import { newOutFolder, report, textIn } from '../../../../support/report-page.ts';
import { newDouble } from '../../../../support/s3/bucket-calls.ts';
import { environmentOf, storeAt } from '../../../../support/s3/place.ts';
import { newFolder } from '../../../../support/take.ts';

const stores = useFourCommits();
const NOW = noon(26).toISOString();

describe('report', () => {
  test('writes one file that only its owner can read, and prints a line with its size and the verdict', async () => {
    const { code, out, err, file, html } = await report(stores().four, NOW);
    const found = await stat(file);
    expect([code, err, found.mode & 0o777]).toEqual([0, '', 0o600]);
    expect(out).toBe(
      `Wrote ${file}, ${(found.size / 1000).toFixed(1)} kB. 3 users, 0 administrators on 2020-02-26. All 3 days have a snapshot.\n`,
    );
    expect(html).toMatch(/^<!doctype html>/);
    expect(await readdir(join(file, '..'))).toEqual(['report.html']);
  });

  test('prints the same facts as JSON', async () => {
    const { out, file, html } = await report(stores().four, NOW, ['--format', 'json']);
    expect(JSON.parse(out)).toEqual({
      file,
      bytes: Buffer.byteLength(html),
      since: '2019-11-28',
      until: dtOf(26),
      days: 3,
      published_days: 3,
      missing_days: [],
      refused_days: [],
      users: 3,
      administrators: 0,
      changes: expect.any(Number),
      commit: 4,
      commit_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test('replaces an existing file, and is ./report.html unless --out names another', async () => {
    const cwd = await newOutFolder();
    await writeFile(join(cwd, 'report.html'), 'old');
    const { code, out } = await runCommand(['report', '--since', '2020-01-01', '--store', stores().four], { cwd });
    expect([code, out]).toEqual([0, expect.stringMatching(/^Wrote \.\/report\.html, /)]);
    expect(await readFile(join(cwd, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('of a bucket shows what that of a folder with the same objects shows, and advises Athena instead of query', async () => {
    const double = await newDouble();
    const [store, local] = [storeAt(double, 'p'), new FolderStore(stores().four)];
    for (const top of ['commits/', 'runs/', 'manifests/', 'changes/', 'users/', 'groups/'])
      for (const key of await local.list(top)) await store.replace(key, (await local.read(key)) ?? Buffer.alloc(0));
    const cwd = await newOutFolder();
    const { code, err } = await runCommand(['report', '--since', '2020-01-01', '--store', `s3://${double.bucket}/p`], {
      cwd,
      environment: { HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...environmentOf(double) },
    });
    expect([code, err]).toEqual([0, '']);
    const html = await readFile(join(cwd, 'report.html'), 'utf8');
    expect(html).not.toContain('main.ts query');
    expect(html).toContain('in Athena: ');
    const ofFolder = await report(stores().four, new Date().toISOString(), ['--since', '2020-01-01']);
    expect(textIn(html, 'changes')).toBe(textIn(ofFolder.html, 'changes'));
  });
});

describe('report writes no file and ends with', () => {
  test.each([
    ['an empty folder', 'empty', 'no snapshot in empty since 2020-01-01'],
    ['a folder that does not exist', 'absent', 'nothing in absent: there is no such folder'],
  ])('11 for %s. An existing file is unchanged', async (_, name, message) => {
    const cwd = await newOutFolder();
    await mkdir(join(cwd, 'empty'));
    await writeFile(join(cwd, 'report.html'), 'old');
    const words = ['report', '--since', '2020-01-01', '--store', name];
    expect(await runCommand(words, { cwd })).toEqual({ code: 11, out: '', err: `${message}. No file was written\n` });
    const { out } = await runCommand([...words, '--format', 'json'], { cwd });
    expect(JSON.parse(out)).toEqual({
      error: { name: 'NoSnapshot', code: 11, message: expect.stringContaining(message) },
    });
    expect(await readFile(join(cwd, 'report.html'), 'utf8')).toBe('old');
  });

  test('11 if the period has no snapshot, although the store has some', async () => {
    const { code, err, html } = await report(stores().four, '2020-06-01T12:00:00.000Z', ['--since', '7d']);
    expect([code, html]).toEqual([11, '']);
    expect(err).toContain('since 2020-05-25');
  });

  test.each([
    ['a manifest is broken', (folder: string) => write(folder, KEYS.manifest(dtOf(25)), '{')],
    ['a manifest is missing', (folder: string) => remove(folder, KEYS.manifest(dtOf(25)))],
    [
      'the store is of another version',
      async (folder: string) => {
        const key = KEYS.manifest(dtOf(26));
        const manifest = JSON.parse(await readFile(join(folder, key), 'utf8'));
        await write(folder, key, JSON.stringify({ ...manifest, schema_version: 2 }));
      },
    ],
    ['a change feed is damaged', (folder: string) => write(folder, KEYS.changes(dtOf(26)), '{}\n')],
    ['the users of the newest day are damaged', (folder: string) => write(folder, KEYS.json(dtOf(26)), '{}\n')],
  ])('7 if %s. An existing file is unchanged', async (_, damage) => {
    const folder = await copyOf(stores().four);
    await damage(folder);
    const cwd = await newOutFolder();
    await writeFile(join(cwd, 'report.html'), 'old');
    const { code, err } = await runCommand(['report', '--since', '2020-01-01', '--store', folder], { cwd });
    expect([code, err]).toEqual([7, expect.stringMatching(/^StoreError: .*(Run verify|written by another version)/)]);
    expect(await readFile(join(cwd, 'report.html'), 'utf8')).toBe('old');
    expect(await readdir(cwd)).toEqual(['report.html']);
  });

  test('2 if it is to begin in the future, or on something that is not a date', async () => {
    await expect(report(stores().four, NOW, ['--since', '2020-02-28'])).rejects.toThrow(
      new SettingsError('--since 2020-02-28 is in the future: today is 2020-02-26 in UTC'),
    );
    const { code, err } = await runCommand(['report', '--since', 'yesterday'], { cwd: await newFolder() });
    expect([code, err]).toEqual([2, expect.stringContaining('Expected a date like 2026-11-23')]);
  });

  test('2 if the file would be in a folder that does not exist, or is a folder, a device or a URL', async () => {
    const folder = await newOutFolder();
    const refused = (out: string) => expect(report(stores().four, NOW, ['--out', out])).rejects;
    await refused(join(folder, 'absent/report.html')).toThrow(/^--out: there is no folder .*absent\. Create it first$/);
    await refused(folder).toThrow(`--out: ${folder} is a folder. Give a file in it`);
    await refused('/dev/null').toThrow('--out: /dev/null is not a file. Give another name');
    await refused('s3://bucket/report.html').toThrow('is a URL. Give a file on this machine');
    await refused('').toThrow('--out: it is empty. Is a variable not set?');
    await writeFile(join(folder, 'file'), '');
    await refused(join(folder, 'file/report.html')).toThrow(/^--out: .*file is not a folder$/);
    expect(await readdir(folder)).toEqual(['file']);
  });

  test.each(['report.html', 'users/report.html', '../{name}/report.html'])(
    '2 if %s in the store would be the file: the store must hold nothing else',
    async (path) => {
      const store = await copyOf(stores().four);
      const out = join(store, path.replace('{name}', store.split('/').at(-1) ?? ''));
      await expect(report(store, NOW, ['--out', out])).rejects.toThrow(/is in the store, which must hold nothing else/);
    },
  );

  test('7 if the file cannot be written. The message names the file', async () => {
    const name = `${'x'.repeat(300)}.html`;
    const out = join(await newOutFolder(), name);
    await expect(report(stores().four, NOW, ['--out', out])).rejects.toThrow(
      new OutputError(`could not write ${out} (ENAMETOOLONG)`),
    );
  });
});
