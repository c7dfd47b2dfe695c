import { rm } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { runAt } from '../support/clock.ts';
import { ada, all, ben, cleo } from '../support/four-users.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { newBucket, S3_ENDPOINT, storeAt } from '../support/s3/place.ts';
import { commitOf, sha256 } from '../support/stored-commits.ts';
import { newFolder, take } from '../support/take.ts';

/** What an auditor needs to know about a list is in the manifest, and it is what happened. */

const VERSION = '1c2f7c6e-5a0d-4f0e-9d6a-0b8f1f2a3c4d';
const TOKEN = { text: 'c0ffee00c0ffee00c0ffee00c0ffee00', version: VERSION };
const DT = '2026-11-23';
/** Ada twice: the second is a duplicate. */
const RESPONSES = [
  JSON.stringify(all),
  JSON.stringify([ada, { ...ben, roles: ['customer-admin'] }, cleo, ada], null, 2),
];
const GROUP = { id: 'g1', name: 'Operations' };
const GROUPS = JSON.stringify([GROUP, { id: 'g2', name: 'Sales' }, GROUP]);

const STORES: { readonly [kind: string]: () => Promise<Store> } = {
  'a folder': async () => {
    const folder = await newFolder();
    onTestFinished(() => rm(folder, { recursive: true }));
    return new FolderStore(folder);
  },
  [S3_ENDPOINT ? 'a bucket of a real S3 server' : 'a bucket']: async () =>
    storeAt(S3_ENDPOINT ? await newBucket(S3_ENDPOINT) : await newDouble(), 'p'),
};

/** Publishes two days, the second with a duplicate and with changes. @returns the second day's manifest */
async function publishTwoDays(store: Store) {
  for (const [i, users] of RESPONSES.entries()) {
    const now = new Date(`2026-11-${22 + i}T02:15:00.000Z`);
    const date = { date: now.toUTCString() };
    const server = await serveAnodot({ users: answer(users, 200, date), groups: answer(GROUPS, 200, date) });
    await take({ url: server.url, store, readToken: async () => TOKEN, run: runAt(now) }).finally(server.close);
  }
  return MANIFEST.parse(jsonOf((await store.read(KEYS.manifest(DT))) ?? Buffer.alloc(0)));
}

describe.each(Object.entries(STORES))('in %s, the manifest', (_, open) => {
  test('says by which request, with which response and with which token the account was received, and by what', async () => {
    const store = await open();
    const { request, response, token, groups_received, host, objects } = await publishTwoDays(store);
    expect({ request, response, token, groups_received, host }).toEqual({
      request: { method: 'GET', path: '/api/v2/users', parameters: {} },
      response: {
        status: 200,
        date: `${DT}T02:15:00.000Z`,
        bytes: Buffer.byteLength(RESPONSES[1] ?? ''),
        sha256: sha256(RESPONSES[1] ?? ''),
      },
      token: { kind: 'refresh', secret_version: VERSION },
      groups_received: {
        request: { method: 'GET', path: '/api/v2/groups', parameters: {} },
        response: { status: 200, date: `${DT}T02:15:00.000Z`, bytes: GROUPS.length, sha256: sha256(GROUPS) },
        token: { kind: 'refresh', secret_version: VERSION },
      },
      host: { kind: 'local' },
    });
    const raw = await store.read(objects.find(({ kind }) => kind === 'raw')?.key ?? '');
    expect(sha256(gunzipSync(raw ?? ''))).toBe(response?.sha256);
  });

  test('counts the rows of each object, and those of the raw response with duplicates', async () => {
    const store = await open();
    const { objects, user_count, drift, changes } = await publishTwoDays(store);
    expect(Object.fromEntries(objects.map(({ kind, rows }) => [kind, rows]))).toEqual({
      json: 3,
      csv: 3,
      raw: 4,
      changes: 3,
      groups: 2,
    });
    expect({ user_count, duplicates: drift.duplicates }).toEqual({ user_count: 3, duplicates: 1 });
    expect(changes).toMatchObject({ left: 1, admin_granted: 1, role_removed: 1 });
    for (const { kind, key, rows } of objects) {
      const bytes = (await store.read(key)) ?? Buffer.alloc(0);
      const lines = String(bytes).split('\n').length - 1;
      if (kind === 'raw') expect(JSON.parse(String(gunzipSync(bytes)))).toHaveLength(rows ?? -1);
      else expect(lines, key).toBe((rows ?? -1) + (kind === 'csv' ? 1 : 0)); // the header
    }
    expect(await verify(store, { today: DT })).toMatchObject({ status: 'sound', findings: [] });
  });

  test('has rows, but its commit, whose format is unchanged, does not', async () => {
    const store = await open();
    await publishTwoDays(store);
    const { objects } = await commitOf(store, 2);
    for (const object of objects) expect(Object.keys(object)).toEqual(['kind', 'key', 'bytes', 'sha256', 'staged']);
  });
});
