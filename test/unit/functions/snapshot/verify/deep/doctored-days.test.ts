import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { recompute } from '../../../../../../functions/snapshot/verify/deep/recompute.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { doctor, type Edits, type Fields, linesOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { copyOf } from '../../../../../support/folder-copy.ts';
import { ada, all, ben, cleo, dan } from '../../../../../support/four-users.ts';
import { commitOf, commitsOf, objectOf, sha256 } from '../../../../../support/stored-commits.ts';
import { newFolder, take } from '../../../../../support/take.ts';

/** A day of a store was edited with all hashes: only its raw response, or a hash noted elsewhere, reveals it. */

const [FIRST, SECOND, THIRD] = ['2026-11-23', '2026-11-24', '2026-11-25'] as const;
const MANIFEST = KEYS.manifest(SECOND);

/** On the second day, Ben has become an administrator, Dan has left, and a user has an undocumented field. */
const ACCOUNTS = {
  [FIRST]: all,
  [SECOND]: [ada, { ...ben, roles: ['customer-admin'] }, { ...cleo, badge: 7 }],
  [THIRD]: [ada, ben, cleo, dan],
};

let sound: string;
let raw: string;
beforeAll(async () => {
  sound = await newFolder();
  const store = new FolderStore(sound);
  for (const [dt, users] of Object.entries(ACCOUNTS)) {
    const time = new Date(`${dt}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(users, 200, { date: time.toUTCString() }) });
    await take({ url: server.url, store, run: runAt(time) }).finally(server.close);
  }
  raw = objectOf(await commitOf(store, 2), 'raw').key;
});

/** What `verify --deep` finds in a store whose second day was edited, and that `verify` alone finds nothing. */
async function foundAfter(edits: Edits): Promise<readonly string[]> {
  const folder = await copyOf(sound);
  await doctor(folder, SECOND, edits);
  expect(await verifyOnly(folder)).toMatchObject({ status: 'sound', findings: [] });
  const verification = await verifyDeep(folder);
  const damaged = verification.findings.filter(({ level }) => level === 'damaged');
  expect(verification.status).toBe(damaged.length > 0 ? 'damaged' : 'sound');
  expect(verification.days.find(({ dt }) => dt === SECOND)?.status).toBe(verification.status);
  expect(verification.code).toBe(damaged.length > 0 ? 9 : 0);
  return linesOf(verification);
}

const withCount =
  (field: string, change: (value: Fields) => Fields | number) =>
  (manifest: Fields): Fields => ({ ...manifest, [field]: change(Object(manifest[field])) });

describe('verify --deep finds, in a store whose hashes all match,', () => {
  test('a row with another role', async () => {
    const found = await foundAfter({
      texts: { json: (text) => text.replace('["customer-admin"]', '["customer-user"]') },
    });
    // The next day's changes compare with this row.
    expect(found).toEqual([
      `damaged: ${KEYS.json(SECOND)} row 2 doesn't match the raw response: roles`,
      `damaged: ${KEYS.manifest(THIRD)} changes.admin_revoked is 1, but the raw response gives 0`,
      `damaged: ${KEYS.manifest(THIRD)} changes.role_added is 1, but the raw response gives 0`,
      `damaged: ${KEYS.changes(THIRD)} line 1 isn't in what the raw response gives`,
      `damaged: ${KEYS.changes(THIRD)} line 2 isn't in what the raw response gives`,
    ]);
    shown('C51', 'a row, its manifest and all commits are edited to agree', `--deep: ${found[0]}`);
  });

  test('a row that was removed, added or repeated, and more than three of them in short', async () => {
    const removed = await foundAfter({ texts: { json: (text) => text.replace(/^.*\n/, '') } });
    expect(removed[0]).toBe(`damaged: ${KEYS.json(SECOND)} lacks row 1 of what the raw response gives`);
    const repeated = await foundAfter({ texts: { json: (text) => text.replace(/^.*\n/, '$&$&') } });
    expect(repeated[0]).toBe(`damaged: ${KEYS.json(SECOND)} row 2 isn't in what the raw response gives`);
    const renamed = await foundAfter({ texts: { csv: (text) => text.replaceAll('a0000', 'b0000') } });
    expect(renamed).toEqual([
      `damaged: ${KEYS.csv(SECOND)} row 1 isn't in what the raw response gives`,
      `damaged: ${KEYS.csv(SECOND)} row 2 isn't in what the raw response gives`,
      `damaged: ${KEYS.csv(SECOND)} row 3 isn't in what the raw response gives`,
      `damaged: ${KEYS.csv(SECOND)} 3 more rows don't match the raw response`,
    ]);
  });

  test('a cell of the CSV, an undocumented value, and a line that is no row', async () => {
    expect(await foundAfter({ texts: { csv: (text) => text.replace('Cleo', 'Clea') } })).toEqual([
      `damaged: ${KEYS.csv(SECOND)} row 3 doesn't match the raw response: first_name`,
    ]);
    const badge = await foundAfter({ texts: { json: (text) => text.replace('badge\\":7', 'badge\\":8') } });
    expect(badge[0]).toBe(`damaged: ${KEYS.json(SECOND)} row 3 doesn't match the raw response: extra_json`);
    const noRow = await foundAfter({ texts: { json: (text) => `${text}[]\n` } });
    expect(noRow[0]).toBe(`damaged: ${KEYS.json(SECOND)} row 4 isn't in what the raw response gives`);
  });

  test.each<[string, (manifest: Fields) => Fields, string]>([
    ['user_count', (manifest) => ({ ...manifest, user_count: 4 }), 'user_count is 4, but the raw response gives 3'],
    ['admin_count', (manifest) => ({ ...manifest, admin_count: 1 }), 'admin_count is 1, but the raw response gives 2'],
    [
      'a state',
      withCount('states', (states) => ({ ...states, active: 2, dormant: 1 })),
      'states.active is 2, but the raw response gives 3',
    ],
    [
      'drift',
      withCount('drift', (drift) => ({ ...drift, unknown_fields: [] })),
      "drift.unknown_fields doesn't match the raw response",
    ],
    [
      'duplicates',
      withCount('drift', (drift) => ({ ...drift, duplicates: 1 })),
      'drift.duplicates is 1, but the raw response gives 0',
    ],
    [
      'a role',
      withCount('roles', () => ({ 'customer-user': 3 })),
      'roles.customer-user is 3, but the raw response gives 2',
    ],
    [
      'present',
      withCount('present', (all) => ({ ...all, email: 2 })),
      'present.email is 2, but the raw response gives 3',
    ],
    [
      'the organization',
      (manifest) => ({ ...manifest, owner_organization: 'x' }),
      "owner_organization doesn't match the raw response",
    ],
    [
      'altered cells',
      (manifest) => ({ ...manifest, csv_cells_altered: 9 }),
      'csv_cells_altered is 9, but the raw response gives 0',
    ],
    [
      'the number of changes',
      withCount('changes', (changes) => ({ ...changes, admin_granted: 0 })),
      'changes.admin_granted is 0, but the raw response gives 1',
    ],
    ['no changes', (manifest) => ({ ...manifest, changes: null }), "changes doesn't match the raw response"],
  ])('another count in the manifest: %s', async (_, manifest, message) => {
    expect(await foundAfter({ manifest })).toContain(`damaged: ${MANIFEST} ${message}`);
  });

  test('a change line that was removed, edited or added', async () => {
    const key = KEYS.changes(SECOND);
    const granted = /^.*admin_granted.*\n/m;
    expect(await foundAfter({ texts: { changes: (text) => text.replace(granted, '') } })).toEqual([
      `damaged: ${key} lacks line 1 of what the raw response gives`,
    ]);
    expect(
      await foundAfter({ texts: { changes: (text) => text.replace('ben@example.com', 'eve@example.com') } }),
    ).toEqual([`damaged: ${key} line 1 doesn't match the raw response: email`]);
    expect(await foundAfter({ texts: { changes: (text) => text.replace(granted, '$&$&') } })).toEqual([
      `damaged: ${key} line 2 isn't in what the raw response gives`,
    ]);
    expect(
      await foundAfter({
        texts: { changes: (text) => text.replace('\\"last_name\\":\\"Quist', '\\"last_name\\":\\"Q') },
      }),
    ).toEqual([`damaged: ${key} line 3 doesn't match the raw response: the row: last_name`]);
  });

  test('values in another layout, if this version wrote them', async () => {
    const layout = 'has the values that the raw response gives, but not the layout of this program version';
    expect(await foundAfter({ texts: { csv: (text) => text.replaceAll('Ada', '"Ada"') } })).toEqual([
      `damaged: ${KEYS.csv(SECOND)} ${layout}`,
    ]);
  });

  test('a role that nobody has, without naming it, and more than three figures in short', async () => {
    const role = 'eve@example.com \u001b[31m';
    const found = await foundAfter({ manifest: withCount('roles', (roles) => ({ ...roles, [role]: 3 })) });
    expect(found).toEqual([`damaged: ${MANIFEST} the count of another role is 3, but the raw response gives 0`]);
    const proto = await foundAfter({
      manifest: (manifest) => JSON.parse(JSON.stringify(manifest).replace('"roles":{', '$&"__proto__":3,')),
    });
    expect(proto).toEqual(found);
    const none = await foundAfter({ manifest: withCount('roles', () => ({})) });
    expect(none[0]).toBe(`damaged: ${MANIFEST} roles.customer-admin is 0, but the raw response gives 2`);
    const present = (all: Fields): Fields => Object.fromEntries(Object.keys(all).map((field) => [field, 0]));
    expect(await foundAfter({ manifest: withCount('present', present) })).toEqual([
      `damaged: ${MANIFEST} present.createdAt is 0, but the raw response gives 3`,
      `damaged: ${MANIFEST} present.firstName is 0, but the raw response gives 3`,
      `damaged: ${MANIFEST} present.lastName is 0, but the raw response gives 3`,
      `damaged: ${MANIFEST} has 7 more figures that don't match`,
    ]);
  });

  test('a comparison with a day that does not exist', async () => {
    const found = await foundAfter({ manifest: (manifest) => ({ ...manifest, previous_dt: '2026-11-20' }) });
    expect(found).toEqual([`damaged: ${MANIFEST} previous_dt is 2026-11-20, but no earlier commit has this date`]);
  });

  test('a raw response that no run publishes', async () => {
    const other = (text: string) => text.replace(ada.ownerOrganization, 'another');
    const found = await Promise.all([
      foundAfter({ texts: { raw: (text) => text.slice(0, -1) } }),
      foundAfter({ texts: { raw: (text) => text.replace(/"_id":"\w+"/, '"_id":""') } }),
      foundAfter({ texts: { raw: other } }),
      foundAfter({ bytes: { raw: (bytes) => bytes.subarray(0, -9) } }),
      foundAfter({ bytes: { raw: (bytes) => Buffer.concat([bytes, Buffer.alloc(4)]) } }),
      foundAfter({ bytes: { raw: () => Buffer.from('[]') } }),
    ]);
    expect(found.flat()).toEqual(
      [
        'the response ends before its JSON array does',
        'users[0]._id: is empty',
        'the response has users of more than one owner organization; expected one. See the raw response under raw/',
        'it is not a valid gzip file',
        'it has other bytes after its compressed data',
        'it is not a valid gzip file',
      ].map((why) => `damaged: ${raw} can't be what was published: ${why}`),
    );
  });
});

test('verify --deep alone does not find a day whose raw response was edited with everything else', async () => {
  const folder = await copyOf(sound);
  const edit = (text: string) => text.replaceAll('2026-11-20T10', '2026-11-19T10');
  await doctor(folder, SECOND, { texts: { json: edit, csv: edit, raw: edit } });
  expect(await verifyDeep(folder)).toMatchObject({ status: 'sound', recomputed: 3, findings: [] });
});

test('a raw response that is not the one the manifest names is damaged', async () => {
  const folder = await copyOf(sound);
  const store = new FolderStore(folder);
  const responded = async (response: Fields) => {
    await doctor(folder, SECOND, { manifest: (manifest) => ({ ...manifest, response }) });
    const day = { dt: SECOND, commit: 2, status: 'sound', users: 3, findings: [] } as const;
    return (await recompute(store, day, await commitsOf(store))).findings;
  };
  const body = gunzipSync((await store.read(raw, Infinity)) ?? Buffer.alloc(0));
  const [bytes, hash] = [body.byteLength, sha256(body)];
  expect(await responded({ status: 200, date: null, bytes, sha256: hash })).toEqual([]);
  const found = (message: string) => [{ level: 'damaged', key: raw, message }];
  expect(await responded({ status: 200, date: null, bytes, sha256: 'a'.repeat(64) })).toEqual(
    found("doesn't unpack to the response that the manifest names"),
  );
  expect(await responded({ status: 200, date: null, bytes: bytes + 1, sha256: hash })).toEqual(
    found("doesn't unpack to the response that the manifest names"),
  );
  expect(await responded({ status: 200, date: null, bytes: bytes - 1, sha256: hash })).toEqual(
    found(`can't be what was published: it unpacks to more than the ${bytes - 1} bytes that the manifest records`),
  );
});
