import { createHash } from 'node:crypto';
import { glob, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RefusedSnapshotError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { newAccount, type UserRecord } from '../../../../support/account-days.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { OTHER, users } from '../../../../support/gate-verdict.ts';
import { newFolder, take } from '../../../../support/take.ts';

/** A refused run changes nothing that is published, and keeps the response. */

/** Every file of a folder with its hash, except those that a refused run adds. */
async function published(folder: string): Promise<{ [path: string]: string }> {
  const files: { [path: string]: string } = {};
  for await (const path of glob(['**/*', '.staged/**/*'], { cwd: folder })) {
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    if (bytes) files[path] = createHash('sha256').update(bytes).digest('hex');
  }
  return files;
}

describe('a refused run', () => {
  test.each<[string, UserRecord[], RegExp]>([
    [
      'a drop',
      users(49),
      /^users dropped from 100 \(2026-11-22\) to 49, by 51%; at most 50% is allowed\. If this is expected, run with force$/,
    ],
    [
      'a different organization',
      users(100, OTHER),
      /^the users belong to a different owner organization than those of 2026-11-22\. .* run with force$/,
    ],
    [
      'two organizations',
      [...users(99), ...users(100, OTHER).slice(99)],
      /^the response has users of more than one owner organization; expected one/,
    ],
    [
      'renamed fields',
      users(100).map(({ email, roles, ...record }) => ({ ...record, mail: email, rights: roles })),
      /^documented fields are missing from most users since 2026-11-22: email from 100 of 100 users to 0 of 100, roles from 100 of 100 users to 0 of 100\. See the raw response under raw\/\. If this is expected, run with force$/,
    ],
    [
      'no ids in common',
      users(100).map((record) => ({ ...record, _id: `other ${record['_id']}` })),
      /^no ids in common: none of the 100 users was among the 100 of 2026-11-2[12]\. Is the token .* run with force$/,
    ],
    ['no users', [], /^Anodot returned no users, .* SNAPSHOT_ALLOW_EMPTY=true and run again$/],
  ])(
    '(%s) leaves every published byte unchanged, keeps the response and gives the reason',
    async (_, answered, reason) => {
      const { at, folder, store } = await newAccount();
      await at('2026-11-21T02:15:00Z', users(100));
      await at('2026-11-22T02:15:00Z', users(100));
      const before = await published(folder);
      await expect(at('2026-11-22T10:00:00Z', answered)).rejects.toThrow(reason);
      await expect(at('2026-11-23T02:15:00Z', answered)).rejects.toThrow(reason);
      const after = await published(folder);
      expect(after).toMatchObject(before);
      const added = Object.keys(after).filter((path) => before[path] === undefined);
      expect(added.map((path) => path.replace(/\/\d{8}T.*?(\.|$).*/, '')).sort()).toEqual([
        'raw/dt=2026-11-22',
        'raw/dt=2026-11-23',
        'runs',
        'runs',
      ]);
      expect(await readdir(join(folder, '.staged'))).toEqual([]);
      for (const path of added.filter((path) => path.startsWith('runs/'))) {
        const text = await readFile(join(folder, path), 'utf8');
        const document = JSON.parse(text);
        expect(document).toMatchObject({
          status: 'refused',
          code: 6,
          trigger: 'schedule',
          ended_at: document.started_at,
        });
        expect(document.message).toMatch(reason);
        expect(document).not.toHaveProperty('commit');
        expect(text).not.toMatch(/canary|5ffc5ca1/i);
        expect(gunzipSync(await readFile(join(folder, document.raw_key))).toString()).toBe(JSON.stringify(answered));
      }
      expect(await verify(store, { today: '2026-11-23' })).toMatchObject({ status: 'sound', newest_commit: 2 });
    },
  );

  test('keeps no response if SNAPSHOT_KEEP_RAW is off', async () => {
    const folder = await newFolder();
    const server = await serveAnodot({ users: answer([]) });
    onTestFinished(async () => {
      await server.close();
      await rm(folder, { recursive: true });
    });
    const environment = { SNAPSHOT_KEEP_RAW: 'false' };
    await expect(take({ url: server.url, store: new FolderStore(folder), environment })).rejects.toThrow('no users');
    expect(Object.keys(await published(folder)).map((path) => path.split('/')[0])).toEqual(['runs']);
  });

  test('does not block the next one, which is compared with the same snapshot', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await expect(at('2026-11-23T02:15:00Z', users(10))).rejects.toThrow(RefusedSnapshotError);
    const { manifest } = await at('2026-11-24T02:15:00Z', users(99));
    expect(manifest).toMatchObject({ commit: 2, previous_dt: '2026-11-22', changes: { left: 1, joined: 0 } });
  });
});
