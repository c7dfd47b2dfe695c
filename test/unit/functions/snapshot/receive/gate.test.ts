import { createHash } from 'node:crypto';
import { glob, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RefusedSnapshotError } from '../../../../../functions/snapshot/errors.ts';
import { gate } from '../../../../../functions/snapshot/receive/gate.ts';
import { Tally } from '../../../../../functions/snapshot/receive/tally.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { TakenSnapshot } from '../../../../../functions/snapshot/take-snapshot.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, take } from '../../../../support/take.ts';

type Record = { readonly [field: string]: unknown };
type Organization = string | null;

const ORGANIZATION = '5ffc5ca1c4b329000e9d1063';
const OTHER = '5ffc5ca1c4b329000e9d1064';

/** So many users, of one organization; null means that the record doesn't say. */
const users = (count: number, organization: Organization = ORGANIZATION): Record[] =>
  Array.from({ length: count }, (_, n) => ({
    _id: n.toString(16).padStart(24, '0'),
    createdAt: '2026-01-05T09:00:00.000Z',
    firstName: 'Canary',
    lastName: `Number ${n}`,
    email: `canary-${n}@example.com`,
    roles: ['customer-user'],
    disabled: false,
    ...(organization !== null && { ownerOrganization: organization }),
    groups: [],
    defaultGroup: '',
  }));

interface Options {
  readonly force?: boolean;
  readonly maxDropPercent?: string;
  readonly allowEmpty?: boolean;
}

interface Account {
  readonly folder: string;
  readonly store: FolderStore;
  readonly warnings: string[];
  at(moment: string, users: readonly Record[], options?: Options): Promise<TakenSnapshot>;
}

async function newAccount(): Promise<Account> {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  let [answered, now]: [readonly Record[], Date] = [[], new Date()];
  const server = await serveAnodot({ users: (...call) => answer(answered, 200, { date: now.toUTCString() })(...call) });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const warnings: string[] = [];
  return {
    folder,
    store,
    warnings,
    at: (moment, next, { force = false, maxDropPercent, allowEmpty } = {}) => {
      [answered, now] = [next, new Date(moment)];
      return take({
        url: server.url,
        store,
        environment: {
          ...(maxDropPercent !== undefined && { SNAPSHOT_MAX_DROP_PERCENT: maxDropPercent }),
          ...(allowEmpty && { SNAPSHOT_ALLOW_EMPTY: 'true' }),
        },
        run: { startedAt: now, now: () => now, force, onWarning: (text) => warnings.push(text) },
      });
    },
  };
}

/** What the gate says of an answer after a sound snapshot: the message where it refuses, null where it doesn't. */
async function verdict(
  before: readonly Record[],
  after: readonly Record[],
  options: Options = {},
): Promise<string | null> {
  const { at } = await newAccount();
  await at('2026-11-22T02:15:00Z', before, { allowEmpty: true });
  try {
    const { manifest } = await at('2026-11-23T02:15:00Z', after, options);
    expect(manifest?.user_count).toBe(after.length);
    return null;
  } catch (error) {
    if (!(error instanceof RefusedSnapshotError)) throw error;
    expect(error.code).toBe(6);
    return error.message;
  }
}

/** Every file of a folder with its hash, but for those that a refused run adds. */
async function published(folder: string): Promise<{ [path: string]: string }> {
  const files: { [path: string]: string } = {};
  for await (const path of glob(['**/*', '.staged/**/*'], { cwd: folder })) {
    const bytes = await readFile(join(folder, path)).catch(() => undefined);
    if (bytes) files[path] = createHash('sha256').update(bytes).digest('hex');
  }
  return files;
}

describe('a drop in users', () => {
  test.each<[string, number, number, Options, string | null]>([
    ['by three, however small the account, is published', 4, 1, {}, null],
    ['by three of three hundred with no percent allowed is published', 300, 297, { maxDropPercent: '0' }, null],
    [
      'by four with no percent allowed is refused',
      300,
      296,
      { maxDropPercent: '0' },
      'from 300 (2026-11-22) to 296, by 1.33333 %; at most 0 % is allowed',
    ],
    ['by four and more than half is refused', 5, 1, {}, 'from 5 (2026-11-22) to 1, by 80 %; at most 50 % is allowed'],
    ['by four and less than half is published', 9, 5, {}, null],
    ['by half exactly is published', 100, 50, {}, null],
    ['by one more than half is refused', 100, 49, {}, 'from 100 (2026-11-22) to 49, by 51 %; at most 50 % is allowed'],
    ['by half of an odd number, rounded down, is published', 101, 51, {}, null],
    ['by half of an odd number, rounded up, is refused', 101, 50, {}, 'by 50.495 %; at most 50 %'],
    ['to one user with a hundred percent allowed is published', 100, 1, { maxDropPercent: '100' }, null],
    ['by the percents that are allowed, decimals included, is published', 1000, 871, { maxDropPercent: '12.9' }, null],
    [
      'by one user more than the percents that are allowed is refused',
      1000,
      870,
      { maxDropPercent: '12.9' },
      'by 13 %; at most 12.9 %',
    ],
    [
      'by so little beyond the limit that one decimal would hide it is refused with more',
      3000,
      1499,
      {},
      'by 50.0333 %; at most 50 %',
    ],
    ['is none where there are more users', 5, 400, { maxDropPercent: '0' }, null],
    ['is none where there are as many', 5, 5, { maxDropPercent: '0' }, null],
    ['is none after a snapshot without users', 0, 5, { maxDropPercent: '0' }, null],
  ])('%s', async (_, before, after, options, expected) => {
    const message = await verdict(users(before), users(after), options);
    if (expected === null) expect(message).toBeNull();
    else expect(message).toContain(expected);
  });

  test('of exactly the percents that are allowed is published, whatever binary fractions make of the figure', async () => {
    // 57 of 10,000 are 0.57 % exactly, yet 10000 * 0.57 is 5699.999999999999.
    expect(await verdict(users(10_000), users(9943), { maxDropPercent: '0.57' })).toBeNull();
    expect(await verdict(users(10_000), users(9942), { maxDropPercent: '0.57' })).toContain(
      'by 0.58 %; at most 0.57 %',
    );
  });
});

describe('the gate alone', () => {
  test('refuses exactly where users fall by more than three and by more than the percents, in whole arithmetic', async () => {
    const { at } = await newAccount();
    const { manifest } = await at('2026-11-22T02:15:00Z', users(1));
    if (!manifest) throw new Error('nothing was published');
    const counts = fc.oneof(fc.nat(12), fc.nat(2000), fc.nat(1_000_000));
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 0, max: 10_000 }), fc.boolean(), (then, now, hundredths, near) => {
        const exact = Math.floor((then * hundredths) / 10_000);
        const left = near ? Math.max(1, then - exact + (now % 3) - 1) : Math.max(1, now);
        const drop = BigInt(then - left);
        const refused = drop > 3n && drop * 10_000n > BigInt(then) * BigInt(hundredths);
        const tally = Object.assign(new Tally(new Date()), { userCount: left });
        const judge = () =>
          gate(
            tally,
            { ...manifest, user_count: then },
            { allowEmpty: false, maxDropPercent: Number(`${hundredths / 100}`), force: false },
          );
        if (refused) expect(judge).toThrow(RefusedSnapshotError);
        else judge();
      }),
      { numRuns: 5000 },
    );
  });
});

describe('an owner organization', () => {
  test.each<[string, Organization, Organization, boolean]>([
    ['that is the same is published', ORGANIZATION, ORGANIZATION, false],
    ['that is another is refused', ORGANIZATION, OTHER, true],
    ['that is said for the first time is published', null, OTHER, false],
    ['that is not said any more is published', ORGANIZATION, null, false],
    ['that was never said is published', null, null, false],
  ])('%s', async (_, before, after, refused) => {
    const message = await verdict(users(5, before), users(5, after));
    if (refused) expect(message).toContain('another owner organization than those of 2026-11-22');
    else expect(message).toBeNull();
    expect(message ?? '').not.toContain(OTHER);
  });

  test('that some users have and others do not say is one organization', async () => {
    expect(await verdict(users(5), [...users(4), ...users(5, null).slice(4)])).toBeNull();
  });

  test('more than one in an answer is refused, also on the first day and by force', async () => {
    const two = [...users(4), ...users(5, OTHER).slice(4)];
    expect(await verdict(users(5), two)).toContain('more than one owner organization');
    expect(await verdict(users(5), two, { force: true })).toContain('more than one owner organization');
    const { at } = await newAccount();
    await expect(at('2026-11-23T02:15:00Z', two, { force: true })).rejects.toThrow('more than one owner organization');
  });

  test('another one is refused also where the number of users grows', async () => {
    expect(await verdict(users(5), users(50, OTHER))).toContain('another owner organization');
  });
});

describe('an answer without users', () => {
  test('is refused, on the first day and later, and by force', async () => {
    const { at } = await newAccount();
    const nobody = 'Anodot answered with no users';
    await expect(at('2026-11-22T02:15:00Z', [])).rejects.toThrow(nobody);
    await expect(at('2026-11-22T02:15:00Z', [], { force: true })).rejects.toThrow(nobody);
    await at('2026-11-22T03:15:00Z', users(2));
    await expect(at('2026-11-23T02:15:00Z', [])).rejects.toThrow(nobody);
    await expect(at('2026-11-23T02:15:00Z', [], { force: true })).rejects.toThrow(nobody);
  });

  test('is published with allowEmpty, however many users there were, and all of them left', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(200));
    const { manifest } = await at('2026-11-23T02:15:00Z', [], { allowEmpty: true, maxDropPercent: '0' });
    expect(manifest).toMatchObject({ user_count: 0, owner_organization: null, changes: { left: 200 } });
  });

  test('is all that allowEmpty lifts: one user left of two hundred is refused', async () => {
    expect(await verdict(users(200), users(1), { allowEmpty: true })).toContain('from 200 (2026-11-22) to 1');
  });
});

describe('force', () => {
  test('publishes a drop and another organization', async () => {
    expect(await verdict(users(200), users(1), { force: true, maxDropPercent: '0' })).toBeNull();
    expect(await verdict(users(200), users(200, OTHER), { force: true })).toBeNull();
    expect(await verdict(users(200), users(1, OTHER), { force: true })).toBeNull();
  });

  test('is needed once: what it published is what the next run is compared with', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(200));
    await at('2026-11-22T03:15:00Z', users(20, OTHER), { force: true });
    expect((await at('2026-11-23T02:15:00Z', users(20, OTHER))).manifest?.user_count).toBe(20);
    await expect(at('2026-11-24T02:15:00Z', users(200))).rejects.toThrow('another owner organization');
  });
});

describe('what is compared with', () => {
  test("is the newest snapshot, today's included, and not the day before", async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await at('2026-11-23T02:15:00Z', users(60));
    await expect(at('2026-11-23T10:00:00Z', users(29))).rejects.toThrow('from 60 (2026-11-23) to 29');
    expect((await at('2026-11-23T11:00:00Z', users(30))).manifest?.user_count).toBe(30);
  });

  test('is the newest sound one where the newest is damaged, which is named', async () => {
    const { at, folder, warnings } = await newAccount();
    await at('2026-11-21T02:15:00Z', users(100));
    await at('2026-11-22T02:15:00Z', users(60));
    await writeFile(join(folder, 'users/json/dt=2026-11-22/users-2026-11-22.jsonl'), 'edited\n');
    await expect(at('2026-11-23T02:15:00Z', users(49))).rejects.toThrow('from 100 (2026-11-21) to 49');
    expect(warnings).toContain('the snapshot of commit 2 is damaged; comparing with an older one. Run verify');
    expect((await at('2026-11-23T02:16:00Z', users(50))).manifest?.previous_dt).toBe('2026-11-21');
  });

  test("is yesterday's where today's first run is damaged", async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await at('2026-11-23T02:15:00Z', users(60));
    await writeFile(join(folder, 'manifests/manifest-2026-11-23.json'), '{}\n');
    await expect(at('2026-11-23T10:00:00Z', users(49))).rejects.toThrow('from 100 (2026-11-22) to 49');
  });

  test('is the newest one, also where its rows have expired', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    for (const expired of ['users', 'changes', 'groups']) await rm(join(folder, expired), { recursive: true });
    await expect(at('2026-11-23T02:15:00Z', users(49))).rejects.toThrow('from 100 (2026-11-22) to 49');
  });

  test('is nothing where no snapshot is sound: all but an answer that is wrong by itself is published', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await writeFile(join(folder, 'commits/00000001.json'), '');
    expect((await at('2026-11-23T02:15:00Z', users(1, OTHER))).manifest?.user_count).toBe(1);
  });
});

describe('a refused run', () => {
  test.each<[string, Record[], RegExp]>([
    [
      'a drop',
      users(49),
      /^users fell from 100 \(2026-11-22\) to 49, by 51 %; at most 50 % is allowed\. If that is right, run with force$/,
    ],
    [
      'another organization',
      users(100, OTHER),
      /^the users belong to another owner organization than those of 2026-11-22: .* run with force$/,
    ],
    [
      'two organizations',
      [...users(99), ...users(100, OTHER).slice(99)],
      /^the answer holds users of more than one owner organization; expected one/,
    ],
    ['no users', [], /^Anodot answered with no users, .* SNAPSHOT_ALLOW_EMPTY=true and run again$/],
  ])(
    'for %s leaves everything published byte for byte, keeps the answer, and says why',
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
        expect(document).toMatchObject({ status: 'refused', code: 6, trigger: 'local', ended_at: document.started_at });
        expect(document.message).toMatch(reason);
        expect(document).not.toHaveProperty('commit');
        expect(text).not.toMatch(/canary|5ffc5ca1/i);
        expect(gunzipSync(await readFile(join(folder, document.raw_key))).toString()).toBe(JSON.stringify(answered));
      }
      expect(await verify(store, { today: '2026-11-23' })).toMatchObject({ status: 'sound', newest_commit: 2 });
    },
  );

  test('keeps no answer where raw is not to be kept', async () => {
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

  test('stands in no way of the next one, which is compared with the same snapshot', async () => {
    const { at } = await newAccount();
    await at('2026-11-22T02:15:00Z', users(100));
    await expect(at('2026-11-23T02:15:00Z', users(10))).rejects.toThrow(RefusedSnapshotError);
    const { manifest } = await at('2026-11-24T02:15:00Z', users(99));
    expect(manifest).toMatchObject({ commit: 2, previous_dt: '2026-11-22', changes: { left: 1, joined: 0 } });
  });
});
