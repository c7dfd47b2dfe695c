import { beforeAll, expect, test } from 'vitest';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../../../../functions/snapshot/commits/manifest.ts';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { readStatus } from '../../../../../functions/snapshot/status/status.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { copyOf, useFourCommits, verified } from '../../../../support/four-commits.ts';
import { query } from '../../../../support/query-folder.ts';
import { rehash } from '../../../../support/rehash.ts';
import { sha256 } from '../../../../support/stored-commits.ts';

/** Manifests that earlier versions published lack some fields, and stay readable everywhere. */

const stores = useFourCommits();
const DAYS = [24, 25, 26];
const ADDED = ['request', 'response', 'token', 'groups_received', 'host'];

/** A store whose manifests have only the fields of the first version. */
let older: string;
beforeAll(async () => {
  older = await copyOf(stores().four);
  const store = new FolderStore(older);
  const manifests = new Map<string, Buffer>();
  for (const day of DAYS) {
    const key = KEYS.manifest(dtOf(day));
    const { objects, ...manifest } = MANIFEST.parse(jsonOf((await store.read(key)) ?? Buffer.alloc(0)));
    const fields = Object.entries(manifest).filter(([name]) => !ADDED.includes(name));
    const without = objects.map(({ rows: _, ...object }) => object);
    manifests.set(key, documentBytes({ ...Object.fromEntries(fields), objects: without }));
  }
  for (const [key, bytes] of manifests) await store.replace(key, bytes);
  await rehash(older, (commit) => ({
    ...commit,
    objects: commit.objects.map((object): StoredObject => {
      const bytes = commit.commit === 2 ? undefined : manifests.get(object.key); // the day's third commit replaced it
      return bytes ? { ...object, bytes: bytes.byteLength, sha256: sha256(bytes) } : object;
    }),
  }));
});

test('a store of older manifests is sound', async () => {
  expect(await verified(older)).toMatchObject({ status: 'sound', findings: [], days: DAYS.map(() => ({ users: 3 })) });
});

test('the status of older manifests has their counts', async () => {
  const { days } = await readStatus(new FolderStore(older), { now: noon(26), latest: dtOf(26) });
  expect(days).toMatchObject(DAYS.map(() => ({ state: 'published', users: 3 })));
});

test('older manifests are read without the fields', async () => {
  for (const manifest of await readManifests(new FolderStore(older))) {
    for (const name of ADDED) expect(manifest).not.toHaveProperty(name);
    for (const object of manifest.objects) expect(object).not.toHaveProperty('rows');
  }
});

test('a run compares with an older manifest, without a warning', async () => {
  const folder = await copyOf(older);
  const warnings: string[] = [];
  const run = {
    startedAt: noon(27),
    dt: dtOf(27),
    now: () => noon(27),
    onWarning: (text: string) => warnings.push(text),
  };
  const { manifest } = await stores().runOn(folder, 27, { run });
  expect(warnings).toEqual([]);
  expect(manifest).toMatchObject({ previous_dt: dtOf(26), host: { kind: 'local' } });
  expect((await verified(folder, { today: dtOf(27) })).findings).toEqual([]);
});

test('queries return null for what older manifests lack, next to newer ones that have it', async () => {
  const folder = await copyOf(older);
  await stores().runOn(folder, 27);
  const sql = `select dt, response.status as status, host.kind as host, groups_received.token.kind as token,
    objects[1].rows as rows, request.path as path from snapshots order by dt`;
  const { out } = await query(sql, { store: folder, format: 'json' });
  const none = { status: null, host: null, token: null, rows: null, path: null };
  expect(JSON.parse(out)).toEqual([
    ...DAYS.map((day) => ({ dt: dtOf(day), ...none })),
    { dt: dtOf(27), status: 200, host: 'local', token: 'refresh', rows: 3, path: '/api/v2/users' },
  ]);
});
