import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Account, feedText, flipByte, newAccount, rowsPath } from '../../../../support/account-days.ts';
import { ada, all, ben, cleo, dan, NONE } from '../../../../support/four-users.ts';

/** A damaged snapshot is never the baseline. The newest sound one is. */

describe('a damaged baseline', () => {
  /** Two sound days, the newer one with Dan disabled, and then damage to the newer one. */
  async function damagedAccount(damage: (folder: string) => Promise<void>): Promise<Account> {
    const account = await newAccount();
    await account.at('2026-11-21T02:15:00Z', all);
    await account.at('2026-11-22T02:15:00Z', [ada, ben, cleo, { ...dan, disabled: true }]);
    await damage(account.folder);
    return account;
  }

  test.each<[string, (folder: string) => Promise<void>]>([
    ['a flipped byte in its rows', (folder) => flipByte(rowsPath(folder, '2026-11-22'), 40)],
    [
      'a flipped byte at the end of its rows',
      async (folder) =>
        flipByte(rowsPath(folder, '2026-11-22'), (await readFile(rowsPath(folder, '2026-11-22'))).length - 1),
    ],
    [
      'rows of another day',
      async (folder) => writeFile(rowsPath(folder, '2026-11-22'), await readFile(rowsPath(folder, '2026-11-21'))),
    ],
    ['rows removed while the rest remains', (folder) => rm(rowsPath(folder, '2026-11-22'))],
    ['a flipped byte in its manifest', (folder) => flipByte(join(folder, 'manifests/manifest-2026-11-22.json'), 30)],
    [
      'a manifest with another number of users',
      async (folder) => {
        const path = join(folder, 'manifests/manifest-2026-11-22.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"user_count":4', '"user_count":1'));
      },
    ],
    ['a removed manifest', (folder) => rm(join(folder, 'manifests/manifest-2026-11-22.json'))],
    ['a commit that is not JSON', (folder) => writeFile(join(folder, 'commits/00000002.json'), '{"schema_version":1,')],
    ['an empty commit', (folder) => writeFile(join(folder, 'commits/00000002.json'), '')],
    [
      'a commit of another number',
      async (folder) =>
        writeFile(join(folder, 'commits/00000002.json'), await readFile(join(folder, 'commits/00000001.json'))),
    ],
  ])('with %s is reported and replaced by the newest sound snapshot', async (_, damage) => {
    const { at, feed, warnings, folder } = await damagedAccount(damage);
    const { manifest, newChanges } = await at('2026-11-23T02:15:00Z', [
      ada,
      { ...ben, disabled: true },
      cleo,
      { ...dan, disabled: true },
    ]);
    expect(await feed('2026-11-23')).toEqual([
      ['2', 'ben@example.com', 'disabled', 'false', 'true'],
      ['4', 'dan@example.com', 'disabled', 'false', 'true'],
    ]);
    expect((await feedText(folder, '2026-11-23')).match(/"previous_dt":"2026-11-21"/g)).toHaveLength(2);
    expect(manifest).toMatchObject({ commit: 3, previous_dt: '2026-11-21', changes: { ...NONE, disabled: 2 } });
    expect(newChanges).toEqual({ ...NONE, disabled: 2 });
    expect(warnings).toContain('the snapshot of commit 2 is damaged; comparing with an older one. Run verify');
    expect(warnings.filter((text) => text.includes('the snapshot of commit'))).toHaveLength(1);
  });

  test("from a day's second run makes the whole day unusable, because its first run was replaced", async () => {
    const { at, feed, warnings, folder } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-22T10:00:00Z', [ada, ben, cleo, { ...dan, disabled: true }]);
    await flipByte(rowsPath(folder, '2026-11-22'), 40);
    const { manifest } = await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(manifest?.previous_dt).toBe('2026-11-21');
    expect(warnings).toEqual(['the snapshot of commit 3 is damaged; comparing with an older one. Run verify']);
  });

  test('with a damaged commit from a second run is reported instead of the first run that it replaced', async () => {
    const { at, feed, warnings, folder } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-22T10:00:00Z', [ada, ben, cleo, { ...dan, disabled: true }]);
    await writeFile(join(folder, 'commits/00000003.json'), 'null\n');
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(warnings.filter((text) => text.includes('the snapshot of commit'))).toEqual([
      'the snapshot of commit 3 is damaged; comparing with an older one. Run verify',
    ]);
  });

  test('is detected by the manifest if rows and commit were edited to match each other', async () => {
    const { at, warnings } = await damagedAccount(async (folder) => {
      const [rows, commit] = [rowsPath(folder, '2026-11-22'), join(folder, 'commits/00000002.json')];
      const sha256 = async () =>
        createHash('sha256')
          .update(await readFile(rows))
          .digest('hex');
      const before = await sha256();
      await flipByte(rows, 40);
      await writeFile(commit, (await readFile(commit, 'utf8')).replace(before, await sha256()));
    });
    const { manifest } = await at('2026-11-23T02:15:00Z', all);
    expect(manifest?.previous_dt).toBe('2026-11-21');
    expect(warnings).toContain('the snapshot of commit 2 is damaged; comparing with an older one. Run verify');
  });

  test('leaves nothing to compare with if all are damaged, and each is reported', async () => {
    const { at, feed, warnings, folder } = await damagedAccount((folder) =>
      flipByte(rowsPath(folder, '2026-11-22'), 40),
    );
    await flipByte(rowsPath(folder, '2026-11-21'), 40);
    const { manifest } = await at('2026-11-23T02:15:00Z', [ada]);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(warnings).toEqual([
      'the snapshot of commit 2 is damaged; comparing with an older one. Run verify',
      'the snapshot of commit 1 is damaged; comparing with an older one. Run verify',
    ]);
  });

  test('is still used if only its CSV is damaged, which is never compared', async () => {
    const { at, feed, warnings } = await damagedAccount((folder) =>
      flipByte(join(folder, 'users/csv/dt=2026-11-22/users-2026-11-22.csv'), 40),
    );
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-23')).toEqual([['4', 'dan@example.com', 'enabled', 'true', 'false']]);
    expect(warnings).toEqual([]);
  });
});
