import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CommitEntry } from '../../../../../functions/snapshot/commits/commit.ts';
import { commitNumbers, readCommit } from '../../../../../functions/snapshot/commits/commit-log.ts';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { runOn, serve, verifyOn } from '../../../../support/commit-runs.ts';
import { shown } from '../../../../support/fault-table.ts';
import { commitOf, sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** How the newest commit is found and what its successor is built on, whatever else is in its folder. */

describe('the newest commit', () => {
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['truncated', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['not JSON', () => Buffer.from('<html>')],
    ['not UTF-8', (bytes) => Buffer.concat([bytes, Buffer.from([0xff])])],
    ['numbered differently', (bytes) => Buffer.from(String(bytes).replace('"commit":2', '"commit":3'))],
    ['with an extra field', (bytes) => Buffer.from(String(bytes).replace('{', '{"x":1,'))],
    ['with a key outside the store', (bytes) => Buffer.from(String(bytes).replace('"manifests/', '"../'))],
  ];

  test.each(damages)(
    'that is %s is reported, and the next commit is built on its number and the hash of its actual bytes',
    async (what, damage) => {
      const folder = await newFolder();
      const { url } = await serve();
      const store = new FolderStore(folder);
      for (const day of [23, 24]) await runOn(store, day, url);
      const damaged = damage(await readFile(join(folder, KEYS.commit(2))));
      await writeFile(join(folder, KEYS.commit(2)), damaged);
      const warnings: string[] = [];
      const { document } = await runOn(store, 25, url, { warnings });
      expect(document).toMatchObject({ status: 'published', commit: 3 });
      expect((await commitOf(store, 3)).previous_commit_sha256).toBe(sha256(damaged));
      expect(warnings).toContain(`commit 2 can't be finished: ${KEYS.commit(2)} is damaged or lost. Run verify`);
      const { status, findings } = await verifyOn(store, 25);
      expect(status).toBe('damaged');
      expect(findings.map(({ key }) => key)).toContain(KEYS.commit(2));
      expect(findings.map(({ key }) => key)).not.toContain(KEYS.commit(3));
      shown('F37b', `the newest commit is ${what}`, 'named in a warning; the next run publishes commit 3');
    },
  );

  test('is found among files that are not commits', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const names = [
      '9.json',
      '000000009.json',
      '00000009.json.bak',
      '00000009.JSON',
      '0000000a.json',
      '00000009',
      'notes.txt',
    ];
    for (const name of [...names, '.00000009.json', 'below/00000009.json']) {
      await mkdir(dirname(join(folder, 'commits', name)), { recursive: true });
      await writeFile(join(folder, 'commits', name), 'x');
    }
    expect(await commitNumbers(store)).toEqual([1]);
    expect((await runOn(store, 25, url)).document.commit).toBe(2);
  });

  test('is found among more than 1,000 others', async () => {
    const folder = await newFolder();
    const { url } = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 1, url);
    const first = await commitOf(store, 1);
    let newest: CommitEntry | undefined = await readCommit(store, 1);
    for (let number = 2; number <= 1234; number++) {
      const previous_commit_sha256 = newest?.sha256 ?? null;
      const bytes = documentBytes({ ...first, commit: number, previous_commit_sha256, run_id: `run-${number}` });
      await writeFile(join(folder, KEYS.commit(number)), bytes);
      newest = { number, sha256: sha256(bytes), commit: undefined };
    }
    expect((await commitNumbers(store)).length).toBe(1234);
    const { document } = await runOn(store, 24, url);
    expect(document.commit).toBe(1235);
    expect((await commitOf(store, 1235)).previous_commit_sha256).toBe(newest?.sha256);
    const again = await runOn(store, 1, url, { run: { runId: 'run-2' } });
    expect(again.document).toMatchObject({ status: 'published', commit: 2 });
  });
});
