import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { TakenSnapshot } from '../../../../../functions/snapshot/take-snapshot.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, take } from '../../../../support/take.ts';

type Record = { readonly [field: string]: unknown };

const ada: Record = {
  _id: 'a00000000000000000000001',
  createdAt: '2026-01-05T09:00:00.000Z',
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  roles: ['customer-user', 'customer-admin'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['600000000000000000000001'],
  defaultGroup: '600000000000000000000001',
  lastActive: '2026-11-20T10:00:00.000Z',
};
const ben: Record = {
  ...ada,
  _id: 'a00000000000000000000002',
  firstName: 'Ben',
  lastName: 'Ode',
  email: 'ben@example.com',
  roles: ['customer-user'],
};
const cleo: Record = {
  ...ben,
  _id: 'a00000000000000000000003',
  firstName: 'Cleo',
  lastName: 'Pim',
  email: 'cleo@example.com',
  groups: [],
  defaultGroup: '',
};
const dan: Record = {
  ...cleo,
  _id: 'a00000000000000000000004',
  firstName: 'Dan',
  lastName: 'Quist',
  email: 'dan@example.com',
};
const all = [ada, ben, cleo, dan];

/** Rows as the snapshot has them, for `joined` and `left`. */
const ROWS = {
  ada: '{"id":"a00000000000000000000001","created_at":"2026-01-05T09:00:00.000Z","first_name":"Ada","last_name":"Byron","email":"ada@example.com","roles":["customer-admin","customer-user"],"disabled":false,"owner_organization":"5ffc5ca1c4b329000e9d1063","groups":["600000000000000000000001"],"default_group":"600000000000000000000001","last_active":"2026-11-20T10:00:00.000Z","extra_json":null}',
  dan: '{"id":"a00000000000000000000004","created_at":"2026-01-05T09:00:00.000Z","first_name":"Dan","last_name":"Quist","email":"dan@example.com","roles":["customer-user"],"disabled":false,"owner_organization":"5ffc5ca1c4b329000e9d1063","groups":[],"default_group":null,"last_active":"2026-11-20T10:00:00.000Z","extra_json":null}',
} as const;

const NONE = {
  joined: 0,
  left: 0,
  disabled: 0,
  enabled: 0,
  admin_granted: 0,
  admin_revoked: 0,
  role_added: 0,
  role_removed: 0,
  group_added: 0,
  group_removed: 0,
  default_group_changed: 0,
  email_changed: 0,
  name_changed: 0,
};

interface Account {
  readonly folder: string;
  readonly warnings: string[];
  /** Takes a snapshot at a moment, at which the account answers with these users. */
  at(moment: string, users: readonly Record[]): Promise<TakenSnapshot>;
  /** The lines of a day's feed, without what every line of the day says alike. */
  feed(dt: string): Promise<unknown[][]>;
}

/** An account whose days are told one by one, and the folder that its snapshots go into. */
async function newAccount(): Promise<Account> {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  let [users, now]: [readonly Record[], Date] = [[], new Date()];
  const server = await serveAnodot({
    users: (...call) => answer(users, 200, { date: now.toUTCString() })(...call),
    groups: answer('', 404),
  });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const warnings: string[] = [];
  return {
    folder,
    warnings,
    at: (moment, answered) => {
      [users, now] = [answered, new Date(moment)];
      return take({
        url: server.url,
        store,
        run: { startedAt: now, now: () => now, onWarning: (text) => warnings.push(text) },
      });
    },
    feed: async (dt) => {
      const lines = (await feedText(folder, dt)).split('\n');
      expect(lines.pop()).toBe('');
      return lines.map((line) => {
        const { id, email, change, before, after, ...span } = JSON.parse(line);
        expect(span).toMatchObject({ dt });
        return [id.slice(-1), email, change, before, after];
      });
    },
  };
}

const feedText = (folder: string, dt: string) => readFile(join(folder, `changes/dt=${dt}/changes-${dt}.jsonl`), 'utf8');
const rowsPath = (folder: string, dt: string) => join(folder, `users/json/dt=${dt}/users-${dt}.jsonl`);

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
}

describe('from one day to the next', () => {
  test('who joins and who leaves is told with the whole row and both moments, byte for byte', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00.250Z', [ada, ben, cleo]);
    const { manifest, newChanges } = await at('2026-11-23T02:15:01.500Z', [ben, cleo, dan]);
    const span =
      '{"dt":"2026-11-23","previous_dt":"2026-11-22","previous_observed_at":"2026-11-22T02:15:00.250Z","observed_at":"2026-11-23T02:15:01.500Z",';
    expect(await feedText(folder, '2026-11-23')).toBe(
      `${span}"id":"a00000000000000000000001","email":"ada@example.com","change":"admin_revoked","before":"\\"customer-admin\\"","after":null}\n` +
        `${span}"id":"a00000000000000000000001","email":"ada@example.com","change":"left","before":${JSON.stringify(ROWS.ada)},"after":null}\n` +
        `${span}"id":"a00000000000000000000004","email":"dan@example.com","change":"joined","before":null,"after":${JSON.stringify(ROWS.dan)}}\n`,
    );
    expect(manifest).toMatchObject({
      previous_dt: '2026-11-22',
      changes: { ...NONE, joined: 1, left: 1, admin_revoked: 1 },
    });
    expect(newChanges).toEqual({ ...NONE, joined: 1, left: 1, admin_revoked: 1 });
  });

  test('who returns under the same id joins again', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ben, cleo, dan]);
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([
      ['1', 'ada@example.com', 'admin_revoked', '"customer-admin"', null],
      ['1', 'ada@example.com', 'left', ROWS.ada, null],
    ]);
    expect(await feed('2026-11-23')).toEqual([
      ['1', 'ada@example.com', 'admin_granted', null, '"customer-admin"'],
      ['1', 'ada@example.com', 'joined', null, ROWS.ada],
    ]);
  });

  test('a user is disabled and enabled', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo, { ...dan, disabled: true }]);
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([['4', 'dan@example.com', 'disabled', 'false', 'true']]);
    expect(await feed('2026-11-23')).toEqual([['4', 'dan@example.com', 'enabled', 'true', 'false']]);
  });

  test('an administrator is granted and revoked, in place of the role that is added and removed', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [ada, { ...ben, roles: ['customer-admin', 'customer-user'] }, cleo, dan]);
    const { manifest } = await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-22')).toEqual([['2', 'ben@example.com', 'admin_granted', null, '"customer-admin"']]);
    expect(await feed('2026-11-23')).toEqual([['2', 'ben@example.com', 'admin_revoked', '"customer-admin"', null]]);
    expect(manifest?.changes).toEqual({ ...NONE, admin_revoked: 1 });
  });

  test('several things at once, to several users, are one line each under the newer address', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo]);
    const { manifest } = await at('2026-11-23T02:15:00Z', [
      { ...ada, roles: ['customer-read-only', 'customer-user'], groups: [], defaultGroup: '' },
      {
        ...ben,
        lastName: 'Ode-Pim',
        email: 'ben.ode-pim@example.com',
        groups: ['600000000000000000000001', '600000000000000000000002'],
      },
      { ...cleo, disabled: true, roles: [], lastActive: '2026-11-22T23:00:00.000Z' },
      { ...dan, roles: ['customer-admin'] },
    ]);
    const lines = await feed('2026-11-23');
    expect(lines.slice(0, -1)).toEqual([
      ['1', 'ada@example.com', 'admin_revoked', '"customer-admin"', null],
      ['1', 'ada@example.com', 'default_group_changed', '"600000000000000000000001"', null],
      ['1', 'ada@example.com', 'group_removed', '"600000000000000000000001"', null],
      ['1', 'ada@example.com', 'role_added', null, '"customer-read-only"'],
      ['2', 'ben.ode-pim@example.com', 'email_changed', '"ben@example.com"', '"ben.ode-pim@example.com"'],
      ['2', 'ben.ode-pim@example.com', 'group_added', null, '"600000000000000000000002"'],
      [
        '2',
        'ben.ode-pim@example.com',
        'name_changed',
        '{"first_name":"Ben","last_name":"Ode"}',
        '{"first_name":"Ben","last_name":"Ode-Pim"}',
      ],
      ['3', 'cleo@example.com', 'disabled', 'false', 'true'],
      ['3', 'cleo@example.com', 'role_removed', '"customer-user"', null],
      ['4', 'dan@example.com', 'admin_granted', null, '"customer-admin"'],
    ]);
    expect(lines.at(-1)?.slice(0, 4)).toEqual(['4', 'dan@example.com', 'joined', null]);
    expect(manifest?.changes).toEqual({
      joined: 1,
      left: 0,
      disabled: 1,
      enabled: 0,
      admin_granted: 1,
      admin_revoked: 1,
      role_added: 1,
      role_removed: 1,
      group_added: 1,
      group_removed: 1,
      default_group_changed: 1,
      email_changed: 1,
      name_changed: 1,
    });
  });

  test('the same person under another id is one who left and one who joined', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', [ada, ben, cleo, dan]);
    await at('2026-11-23T02:15:00Z', [ada, ben, cleo, { ...dan, _id: 'a00000000000000000000009' }]);
    expect(await feed('2026-11-23')).toEqual([
      ['4', 'dan@example.com', 'left', ROWS.dan, null],
      [
        '9',
        'dan@example.com',
        'joined',
        null,
        ROWS.dan.replace('a00000000000000000000004', 'a00000000000000000000009'),
      ],
    ]);
  });

  test('an answer in another order, with a duplicate and other last activity, is no change', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    const { manifest } = await at('2026-11-23T02:15:00Z', [
      dan,
      { ...ada, lastActive: '2026-11-23T01:00:00.000Z' },
      cleo,
      dan,
      ben,
    ]);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(manifest?.changes).toEqual(NONE);
    expect(manifest?.previous_dt).toBe('2026-11-22');
  });

  test('a change is found in an answer of another order', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-23T02:15:00Z', [dan, cleo, { ...ben, disabled: true }, ada]);
    expect(await feed('2026-11-23')).toEqual([['2', 'ben@example.com', 'disabled', 'false', 'true']]);
  });

  test('after missing days the change spans the gap and says so by its two dates', async () => {
    const { at, folder } = await newAccount();
    await at('2026-10-30T02:15:00Z', all);
    const { manifest } = await at('2026-11-02T02:15:00Z', [{ ...ada, disabled: true }, ben, cleo, dan]);
    expect(await feedText(folder, '2026-11-02')).toBe(
      '{"dt":"2026-11-02","previous_dt":"2026-10-30","previous_observed_at":"2026-10-30T02:15:00.000Z","observed_at":"2026-11-02T02:15:00.000Z",' +
        '"id":"a00000000000000000000001","email":"ada@example.com","change":"disabled","before":"false","after":"true"}\n',
    );
    expect(manifest?.previous_dt).toBe('2026-10-30');
  });

  test('a run just before midnight and one just after it are of two days', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T23:59:59.999Z', all);
    await at('2026-11-23T00:00:00.000Z', [ada, ben, { ...cleo, disabled: true }]);
    expect((await feed('2026-11-23')).map(([id, , change]) => [id, change])).toEqual([
      ['3', 'disabled'],
      ['4', 'left'],
    ]);
  });
});

describe('where there is nothing to compare with', () => {
  test('the first snapshot has an empty feed, no counts, and nothing that is new', async () => {
    const { at, folder } = await newAccount();
    const { manifest, before, newChanges } = await at('2026-11-23T02:15:00Z', all);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(manifest?.objects.find(({ kind }) => kind === 'changes')).toEqual({
      kind: 'changes',
      key: 'changes/dt=2026-11-23/changes-2026-11-23.jsonl',
      bytes: 0,
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    });
    expect([before, newChanges]).toEqual([null, null]);
  });

  test('a second run on the first day is not compared with the first run', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-23T02:15:00Z', all);
    const { manifest, newChanges } = await at('2026-11-23T10:00:00Z', [ada, ben, cleo]);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(newChanges).toBeNull();
  });

  test('rows that have expired are not compared with, and nobody is warned; the feed is empty and in place', async () => {
    const { at, folder, warnings } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', all);
    for (const expired of ['users', 'changes']) await rm(join(folder, expired), { recursive: true });
    const { manifest, newChanges } = await at('2026-11-23T02:15:00Z', [ada, ben]);
    expect(await feedText(folder, '2026-11-23')).toBe('');
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(newChanges).toBeNull();
    expect(warnings).toEqual([]);
  });
});

describe('a second run on a day', () => {
  const morning = [ada, ben, { ...cleo, disabled: true }];
  const evening = [
    ada,
    { ...ben, roles: ['customer-user', 'customer-admin'] },
    { ...cleo, disabled: true, firstName: 'C.' },
  ];

  test("restates the day's changes whole, against the day before", async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-23T02:15:00Z', morning);
    const { manifest, before } = await at('2026-11-23T19:00:00Z', evening);
    expect(await feed('2026-11-23')).toEqual([
      ['2', 'ben@example.com', 'admin_granted', null, '"customer-admin"'],
      ['3', 'cleo@example.com', 'disabled', 'false', 'true'],
      [
        '3',
        'cleo@example.com',
        'name_changed',
        '{"first_name":"Cleo","last_name":"Pim"}',
        '{"first_name":"C.","last_name":"Pim"}',
      ],
      ['4', 'dan@example.com', 'left', ROWS.dan, null],
    ]);
    expect(manifest).toMatchObject({
      previous_dt: '2026-11-22',
      changes: { ...NONE, admin_granted: 1, disabled: 1, name_changed: 1, left: 1 },
    });
    expect(before).toMatchObject({ dt: '2026-11-23', commit: 2 });
  });

  test("counts as new only what the day's manifest before it didn't have, so that no alarm rings twice", async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    const runs = [
      await at('2026-11-23T02:15:00Z', morning),
      await at('2026-11-23T10:00:00Z', morning),
      await at('2026-11-23T19:00:00Z', evening),
      await at('2026-11-23T20:00:00Z', all),
      await at('2026-11-23T21:00:00Z', morning),
    ];
    expect(runs.map(({ newChanges }) => newChanges)).toEqual([
      { ...NONE, disabled: 1, left: 1 },
      NONE,
      { ...NONE, admin_granted: 1, name_changed: 1 },
      NONE,
      { ...NONE, disabled: 1, left: 1 },
    ]);
  });

  test('the first run of a day counts all of its changes as new, as many as there were the day before', async () => {
    const { at } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at('2026-11-22T02:15:00Z', [{ ...ada, disabled: true }, ben, cleo, dan]);
    const { newChanges } = await at('2026-11-23T02:15:00Z', [
      { ...ada, disabled: true },
      { ...ben, disabled: true },
      cleo,
      dan,
    ]);
    expect(newChanges).toEqual({ ...NONE, disabled: 1 });
  });

  test('leaves nothing of itself to the next day, which is compared with the last run', async () => {
    const { at, feed } = await newAccount();
    await at('2026-11-22T02:15:00Z', all);
    await at('2026-11-22T10:00:00Z', morning);
    const { newChanges } = await at('2026-11-23T02:15:00Z', morning);
    expect(await feed('2026-11-23')).toEqual([]);
    expect(newChanges).toEqual(NONE);
  });
});

describe('a damaged predecessor', () => {
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
    ['rows that were removed while the rest is there', (folder) => rm(rowsPath(folder, '2026-11-22'))],
    ['a flipped byte in its manifest', (folder) => flipByte(join(folder, 'manifests/manifest-2026-11-22.json'), 30)],
    [
      'a manifest with another figure',
      async (folder) => {
        const path = join(folder, 'manifests/manifest-2026-11-22.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace('"user_count":4', '"user_count":1'));
      },
    ],
    ['a manifest that was removed', (folder) => rm(join(folder, 'manifests/manifest-2026-11-22.json'))],
    ['a commit that is no JSON', (folder) => writeFile(join(folder, 'commits/00000002.json'), '{"schema_version":1,')],
    ['a commit that is empty', (folder) => writeFile(join(folder, 'commits/00000002.json'), '')],
    [
      'a commit of another number',
      async (folder) =>
        writeFile(join(folder, 'commits/00000002.json'), await readFile(join(folder, 'commits/00000001.json'))),
    ],
  ])('%s: the newest sound snapshot is compared with, and the damaged one is named', async (_, damage) => {
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

  test('a snapshot whose second run is damaged is passed over whole: its first run is gone', async () => {
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

  test('a second run whose commit is damaged is named, and not the first run, which it had replaced', async () => {
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

  test('rows and commit that were edited to agree with each other are damaged by the manifest', async () => {
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

  test('where all are damaged there is nothing to compare with, and each is named', async () => {
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

  test('damage to the CSV, which nobody compares, is no reason to pass a snapshot over', async () => {
    const { at, feed, warnings } = await damagedAccount((folder) =>
      flipByte(join(folder, 'users/csv/dt=2026-11-22/users-2026-11-22.csv'), 40),
    );
    await at('2026-11-23T02:15:00Z', all);
    expect(await feed('2026-11-23')).toEqual([['4', 'dan@example.com', 'enabled', 'true', 'false']]);
    expect(warnings).toEqual([]);
  });
});
