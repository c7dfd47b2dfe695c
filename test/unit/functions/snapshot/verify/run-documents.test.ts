import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import type { RunDocument } from '../../../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Verification } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import { COMMITS, copyOf, keysOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { commitOf, documentOf } from '../../../../support/stored-commits.ts';

/** What run documents reveal to `verify`: commits that are gone, and documents that no run wrote. */

const stores = useFourCommits();
const KINDS = ['json', 'csv', 'changes', 'groups', 'manifest'] as const;

const runOf = async (folder: string, number: number): Promise<RunDocument> =>
  documentOf(new FolderStore(folder), (await commitOf(new FolderStore(folder), number)).run_id);
const put = (folder: string, document: { readonly run_id: string; readonly [field: string]: unknown }): Promise<void> =>
  write(folder, KEYS.run(document.run_id), documentBytes(document));
const said = ({ findings }: Verification) => findings.map(({ level, key, message }) => `${level}: ${key} ${message}`);
const onlyFinding = (level: string, key: string, message: string) => [{ level, key, message }];

/** Removes the only commit of a day with everything that it published. */
async function removePublication(folder: string, number: number): Promise<void> {
  const { dt } = await commitOf(new FolderStore(folder), number);
  await remove(folder, KEYS.commit(number));
  for (const kind of KINDS) await remove(folder, KEYS[kind](dt));
}

describe('a run document that says published', () => {
  test('reveals that the newest commit was removed with everything that it had published', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const { run_id } = await runOf(folder, 4);
    await removePublication(folder, 4);
    const message = `is missing, though ${KEYS.run(run_id)} says that it was published`;
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, commits: 3, newest_commit: 3 });
    expect(verification.findings).toEqual(onlyFinding('damaged', KEYS.commit(4), message));
    expect((await verified(folder, { dt: dtOf(24) })).findings).toEqual(verification.findings);
    shown(
      'C6',
      'the newest commit is deleted with its objects',
      `exit ${verification.code}: ${said(verification)[0]?.replace(run_id, 'RUN_ID')}`,
      'exit 0, sound',
    );
  });

  test('reveals each of several newest commits that were removed, and all commits of an empty store', async () => {
    const { four, runOn } = stores();
    const folder = await copyOf(four);
    await runOn(folder, 27);
    for (const number of [5, 4]) await removePublication(folder, number);
    const verification = await verified(folder, { today: dtOf(27) });
    expect(keysOf(verification)).toEqual([KEYS.commit(4), KEYS.commit(5)]);
    shown(
      'C6',
      'the newest two commits are deleted with their objects',
      `exit ${verification.code}: damaged: ${keysOf(verification).join(', ')}`,
      'exit 0, sound',
    );
    const empty = await copyOf(four);
    for (const folderOf of ['commits', 'users', 'changes', 'groups', 'manifests']) await remove(empty, folderOf);
    const nothing = await verified(empty);
    expect(nothing).toMatchObject({ status: 'damaged', code: 9, days: [], newest_commit: null });
    expect(keysOf(nothing).toSorted()).toEqual(COMMITS.map(KEYS.commit));
    shown(
      'C6',
      'everything except runs/ is deleted',
      `exit ${nothing.code}: ${nothing.status}`,
      'exit 11, nothing to verify',
    );
  });

  test('and has another hash than its commit reveals that one of the two was edited', async () => {
    const { four } = stores();
    for (const number of COMMITS) {
      const folder = await copyOf(four);
      const document = await runOf(folder, number);
      await put(folder, { ...document, commit_sha256: 'a'.repeat(64) });
      const verification = await verified(folder);
      expect(verification.findings).toEqual(
        onlyFinding(
          'damaged',
          KEYS.commit(number),
          `does not match the hash in ${KEYS.run(document.run_id)}: one of the two was edited`,
        ),
      );
      if (number === 4) shown('C6', 'a run document has another hash than its commit', `exit ${verification.code}`);
    }
  });

  test.each<[string, (document: RunDocument) => object]>([
    ['number', ({ commit: _, ...document }) => document],
    ['hash', ({ commit_sha256: _, ...document }) => document],
  ])('but without the %s of its commit is damaged', async (what, edit) => {
    const { four } = stores();
    const folder = await copyOf(four);
    const document = await runOf(folder, 4);
    await put(folder, { ...edit(document), run_id: document.run_id });
    const verification = await verified(folder);
    expect(verification.findings).toEqual(
      onlyFinding('damaged', KEYS.run(document.run_id), 'says published, but names no commit'),
    );
    shown('C6', `a run document says published without the ${what} of a commit`, `exit ${verification.code}`, 'exit 0');
  });

  test('and has another date or run than its commit is damaged', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const document = await runOf(folder, 4);
    const message = `doesn't agree with ${KEYS.commit(4)}: one of the two was edited`;
    await put(folder, { ...document, dt: dtOf(25) });
    expect((await verified(folder)).findings).toEqual(onlyFinding('damaged', KEYS.run(document.run_id), message));
    await put(folder, document);
    await put(folder, { ...document, run_id: 'another' });
    const verification = await verified(folder);
    expect(verification.findings).toEqual(onlyFinding('damaged', KEYS.run('another'), message));
    shown('C6', "a second run document names another run's commit", `exit ${verification.code}`, 'exit 0');
  });

  test('adds no finding about a commit that is damaged', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await write(folder, KEYS.commit(4), 'x');
    const lines = said(await verified(folder)).filter((line) => line.includes('commits/'));
    expect(lines).toEqual([
      `damaged: ${KEYS.commit(4)} is not a valid commit of this number, or was changed after it was written`,
    ]);
    shown('F37', 'verify of a store whose newest commit was overwritten', `exit 9: ${lines.join('; ')}`);
  });
});

describe('a run document is not damage', () => {
  test.each(['requested', 'running', 'failed', 'superseded', 'refused'] as const)(
    'if it says %s, whatever its run and day',
    async (status) => {
      const { four } = stores();
      const folder = await copyOf(four);
      const { commit: _, commit_sha256: __, ...document } = await runOf(folder, 4);
      await put(folder, { ...document, status, run_id: 'another' });
      await put(folder, { ...document, status, dt: null, run_id: 'a-third' });
      expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [], refused_days: [] });
    },
  );

  test('if it is missing, since its run may have failed to write it', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await remove(folder, KEYS.run((await runOf(folder, 2)).run_id));
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
    await remove(folder, 'runs');
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('however many there are', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const { commit: _, commit_sha256: __, ...document } = await runOf(folder, 4);
    for (let day = 100; day < 150; day++)
      await put(folder, { ...document, status: 'refused', dt: dtOf(day - 200), run_id: `run-${day}` });
    const days = Array.from({ length: 50 }, (_, i) => dtOf(i - 100));
    expect((await verified(folder)).refused_days).toEqual(days);
    for (const [id, day] of [
      ['z', -200],
      ['zz', -300],
      ['zzz', -200],
    ] as const)
      await put(folder, { ...document, status: 'refused', dt: dtOf(day), run_id: id });
    expect((await verified(folder)).refused_days).toEqual([dtOf(-300), dtOf(-200), ...days]);
    expect((await verified(folder, { dt: dtOf(-200) })).refused_days).toEqual([dtOf(-200)]);
  });
});

describe('garbage in runs/ is damaged:', () => {
  const document = {
    run_id: 'x',
    dt: dtOf(24),
    trigger: 'local',
    started_at: null,
    expires_at: '',
    ended_at: null,
    status: 'refused',
    code: 6,
    message: null,
    raw_key: null,
  };

  test.each<[string, string, string | object]>([
    ['an empty file', 'runs/x.json', ''],
    ['a file that is not JSON', 'runs/x.json', '{"status":"refused"'],
    ['JSON that is not a run document', 'runs/x.json', { status: 'published' }],
    ['a run document with an extra field', 'runs/x.json', { ...document, more: 1 }],
    ['a run document under another name', 'runs/y.json', document],
    ['a run document under a name that is not an id', 'runs/x y.json', { ...document, run_id: 'x y' }],
    ['a run document in a folder of its own', 'runs/x/y.json', { ...document, run_id: 'x/y' }],
    ['a run document with an invalid date', 'runs/x.json', { ...document, dt: '2020-02-30' }],
    ['a run document whose date would steer a terminal', 'runs/x.json', { ...document, dt: '\u001b[31m' }],
    ['a file with another name', 'runs/notes.txt', 'x'],
  ])('%s', async (what, key, content) => {
    const { four } = stores();
    const folder = await copyOf(four);
    await write(folder, key, typeof content === 'string' ? content : JSON.stringify(content));
    const verification = await verified(folder, { dt: dtOf(25) });
    expect(verification).toMatchObject({ status: 'damaged', code: 9, refused_days: [] });
    expect(verification.findings).toEqual(onlyFinding('damaged', key, 'is not a run document of this name'));
    shown('C6', `garbage in runs/: ${what}`, `exit ${verification.code}: ${key} is named`, 'exit 0, sound');
  });

  test('a run document that says published in the future', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await put(folder, { ...document, status: 'published', dt: dtOf(27) });
    const { code, findings } = await verified(folder);
    expect([code, findings]).toEqual([9, onlyFinding('damaged', 'runs/x.json', `is dated in the future, ${dtOf(27)}`)]);
  });

  test('but not a run document of a run whose clock was ahead, which failed and reports no refused day', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await put(folder, { ...document, dt: dtOf(27) });
    const message = `is dated in the future, ${dtOf(27)}`;
    expect(await verified(folder)).toMatchObject({
      refused_days: [],
      code: 0,
      findings: onlyFinding('note', 'runs/x.json', message),
    });
    shown(
      'F37a',
      'a run failed because its clock was ahead; verify follows',
      'exit 0, with a note about its run document',
      'exit 9',
    );
    expect(await verified(folder, { latest: dtOf(27) })).toMatchObject({ findings: [], refused_days: [dtOf(27)] });
  });

  test('but not a hidden file, which belongs to the system or a tool', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    for (const key of ['runs/.DS_Store', 'runs/_tmp/x.json', 'runs/.x.json']) await write(folder, key, 'x');
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });
});
