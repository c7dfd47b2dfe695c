import { cp, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../support/clock.ts';
import {
  COMMITS,
  changed,
  copyOf,
  DAYS,
  keysOf,
  remove,
  useFourCommits,
  verified,
  whileEdited,
  write,
} from '../../../../support/four-commits.ts';
import { commitOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** Any change to a commit, or to the set of commits, is found. */

const stores = useFourCommits();

describe('a commit', () => {
  const fields = [
    ...['schema_version', 'commit', 'previous_commit_sha256', 'committed_at', 'dt', 'run_id', 'execution'],
    ...['scheduled_at', 'objects'],
  ];
  const cases = COMMITS.flatMap((number) => fields.map((field) => [number, field] as const));

  test('has exactly the fields that these tests edit', async () => {
    const { four } = stores();
    expect(Object.keys(await commitOf(new FolderStore(four), 4))).toEqual(fields);
  });

  test.each(cases)('%i is damaged if its %s was edited', async (number, field) => {
    const { four } = stores();
    const commit: { [name: string]: unknown } = { ...(await commitOf(new FolderStore(four), number)) };
    const values =
      field === 'dt' ? [...DAYS, 27].map(dtOf).filter((dt) => dt !== commit['dt']) : [changed(commit[field])];
    for (const value of values) await expectDamaged(number, documentBytes({ ...commit, [field]: value }));
  });

  test.each(COMMITS)('%i is damaged if any of its objects was edited', async (number) => {
    const { four } = stores();
    const commit = await commitOf(new FolderStore(four), number);
    for (const [i, object] of commit.objects.entries()) {
      for (const field of ['kind', 'key', 'bytes', 'sha256', 'staged'] as const) {
        const values: { [name in typeof field]: unknown } = {
          kind: object.kind === 'json' ? 'csv' : 'json',
          key: `${object.key}1`,
          bytes: object.bytes + 1,
          sha256: changed(object.sha256),
          staged: object.staged ? null : { path: '.staged/0123abcd/x' },
        };
        const objects = commit.objects.with(i, Object({ ...object, [field]: values[field] }));
        await expectDamaged(number, documentBytes({ ...commit, objects }));
      }
    }
    await expectDamaged(number, documentBytes({ ...commit, objects: commit.objects.toReversed() }));
    await expectDamaged(number, documentBytes({ ...commit, objects: [] }));
  });

  const rewritings: [string, (text: string) => string][] = [
    ['no line feed', (text) => text.trimEnd()],
    ['an extra line feed', (text) => `${text}\n`],
    ['a Windows line end', (text) => text.replace('\n', '\r\n')],
    ['an extra space', (text) => text.replace(':', ': ')],
    ['indentation', (text) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['an escape', (text) => text.replace('"dt"', '"\\u0064t"')],
    [
      'its fields reordered',
      (text) => `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed()))}\n`,
    ],
    ['a field twice', (text) => text.replace('{', '{"commit":9,')],
    ['an extra field', (text) => text.replace('{', '{"more":9,')],
    ['a field named __proto__', (text) => text.replace('{', '{"__proto__":{"x":1},')],
    ['nothing', () => ''],
    ['half of its bytes', (text) => text.slice(0, text.length / 2)],
    ['null', () => 'null\n'],
  ];

  test.each(rewritings)('that was rewritten with %s is damaged', async (_, rewrite) => {
    const { four } = stores();
    for (const number of COMMITS) {
      const text = await readFile(join(four, KEYS.commit(number)), 'utf8');
      await expectDamaged(number, Buffer.from(rewrite(text)));
    }
  });

  async function expectDamaged(number: number, edited: Buffer): Promise<void> {
    const { four } = stores();
    expect(edited).not.toEqual(await readFile(join(four, KEYS.commit(number))));
    const verification = await whileEdited(four, KEYS.commit(number), edited);
    expect(verification, String(edited)).toMatchObject({ status: 'damaged', code: 9 });
    const { dt } = await commitOf(new FolderStore(four), number);
    expect(verification.findings, String(edited)).toContainEqual({
      level: 'damaged',
      key: expect.stringMatching(new RegExp(`^(${KEYS.commit(number)}|${KEYS.manifest(dt)})$`)),
      message: expect.any(String),
    });
  }

  test('without a later commit or a run document is still damaged by an edit', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const commit: { [name: string]: unknown } = { ...(await commitOf(new FolderStore(folder), 4)) };
    const text = await readFile(join(folder, KEYS.commit(4)), 'utf8');
    await remove(folder, 'runs');
    expect((await verified(folder)).status).toBe('sound');
    // Only a later commit, a run document or a hash noted elsewhere reveals an edited execution.
    for (const field of fields.filter((name) => name !== 'execution')) {
      const edited = documentBytes({ ...commit, [field]: changed(commit[field]) });
      expect((await whileEdited(folder, KEYS.commit(4), edited)).status, field).toBe('damaged');
    }
    for (const [name, rewrite] of rewritings)
      expect((await whileEdited(folder, KEYS.commit(4), Buffer.from(rewrite(text)))).status, name).toBe('damaged');
  });

  test('whose run document has another hash is reported, because one of the two was edited', async () => {
    const { four } = stores();
    const { run_id } = await commitOf(new FolderStore(four), 4);
    const document = Object(jsonOf(await readFile(join(four, KEYS.run(run_id)))));
    const edited = documentBytes({ ...document, commit_sha256: changed(document.commit_sha256) });
    expect(keysOf(await whileEdited(four, KEYS.run(run_id), edited))).toEqual([KEYS.commit(4)]);
  });

  test.each([1, 2, 3])('%i is reported as missing if it was deleted', async (number) => {
    const { four } = stores();
    const folder = await copyOf(four);
    await remove(folder, KEYS.commit(number));
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, commits: 3, newest_commit: 4 });
    expect(keysOf(verification)).toContain(KEYS.commit(number));
  });

  test.each([
    ['the only one of its day', () => stores().four, 4, 26],
    ['the second of its day', () => stores().three, 3, 25],
  ])('that was the newest and %s leaves untracked objects if it was deleted', async (_, store, number, day) => {
    const folder = await copyOf(store());
    await remove(folder, KEYS.commit(number));
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, newest_commit: number - 1 });
    expect(keysOf(verification)).toEqual(
      expect.arrayContaining([KEYS.json(dtOf(day)), KEYS.csv(dtOf(day)), KEYS.manifest(dtOf(day))]),
    );
  });

  test('is expected, so a store that lost all of them is damaged', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await remove(folder, 'commits');
    expect(await verified(folder)).toMatchObject({ status: 'damaged', code: 9, commits: 0, newest_commit: null });
  });

  test.each([
    [1, 2],
    [2, 3],
    [3, 4],
    [1, 4],
  ])('%i swapped with commit %i is damaged, as is the other', async (a, b) => {
    const { four } = stores();
    const folder = await copyOf(four);
    await rename(join(folder, KEYS.commit(a)), join(folder, 'aside'));
    await rename(join(folder, KEYS.commit(b)), join(folder, KEYS.commit(a)));
    await rename(join(folder, 'aside'), join(folder, KEYS.commit(b)));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual(expect.arrayContaining([KEYS.commit(a), KEYS.commit(b)]));
  });

  test('with the same number from another store is damaged', async () => {
    const { four, runOn } = stores();
    const other = await newFolder();
    for (const day of DAYS) await runOn(other, day);
    for (const number of COMMITS) {
      const verification = await whileEdited(
        four,
        KEYS.commit(number),
        await readFile(join(other, KEYS.commit(number))),
      );
      expect(verification.code).toBe(9);
    }
  });

  test('numbered far above the others is reported together with the gap before it, in two findings', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await cp(join(folder, KEYS.commit(4)), join(folder, KEYS.commit(99_999_999)));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([KEYS.commit(99_999_999), KEYS.commit(5)]);
  });

  test('does not excuse other files in its folder, which are damage', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    for (const key of ['commits/notes.txt', 'commits/below/00000005.json']) await write(folder, key, 'x');
    expect(keysOf(await verified(folder))).toEqual(['commits/below/00000005.json', 'commits/notes.txt']);
  });
});
