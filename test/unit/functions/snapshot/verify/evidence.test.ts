import { createHash } from 'node:crypto';
import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RefusedSnapshotError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, type VerifyOptions, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { runCommand } from '../../../../support/command.ts';
import { newFolder, take } from '../../../../support/take.ts';

const dtOf = (n: number) => new Date(Date.UTC(2020, 1, 18 + n)).toISOString().slice(0, 10); // over a 29 February
/** What happened on 23 days: twenty have a snapshot, on three of them from several runs, two were missed, one was refused. */
const DAYS = Array.from({ length: 23 }, (_, n) => {
  const times = { 3: ['02', '09'], 7: ['02', '09', '17'], 16: ['02', '09'], 5: [], 12: [] }[n] ?? ['02'];
  return { n, dt: dtOf(n), times, refused: n === 10, groupsDenied: (time: string) => n === 16 && time === '09' };
});
const MISSED = [dtOf(5), dtOf(12)];
const REFUSED = dtOf(10);
const TODAY = dtOf(22);
const COMMITS = 24;

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const commitKey = (number: number) => `commits/${String(number).padStart(8, '0')}.json`;

/** Ten users, of whom somebody is renamed at each run, and one more or less on each day. */
const usersAt = (n: number, run: number) =>
  Array.from({ length: 10 + (n % 3) }, (_, i) => ({
    _id: `user${i}`,
    firstName: 'Mallory',
    lastName: i === n % 10 ? `renamed ${n} ${run}` : 'plain',
    email: `user${i}@example.com`,
    roles: [i === (n + run) % 10 ? 'customer-admin' : 'customer-user'],
    disabled: false,
    ownerOrganization: 'organization',
    groups: [`group${(n + i) % 3}`],
  }));

/** The store, and what it was after each commit: `states[41]` after the 42nd. */
let folder: string;
const states: string[] = [];
/** The hashes that each run prints: what an auditor notes elsewhere. */
const noted: string[] = [];
const folders: string[] = [];

async function copyOf(from: string): Promise<string> {
  const copy = await newFolder();
  await cp(from, copy, { recursive: true });
  folders.push(copy);
  return copy;
}

beforeAll(async () => {
  folder = await newFolder();
  folders.push(folder);
  const store = new FolderStore(folder);
  let answered: { now: Date; users: readonly object[]; denied: boolean } = {
    now: new Date(),
    users: [],
    denied: false,
  };
  const server = await serveAnodot({
    users: (...call) => answer(answered.users, 200, { date: answered.now.toUTCString() })(...call),
    groups: (...call) =>
      answer([{ id: 'group0', name: answered.now.toISOString() }], answered.denied ? 403 : 200)(...call),
  });
  for (const { n, dt, times, refused, groupsDenied } of DAYS) {
    for (const [run, time] of times.entries()) {
      const now = new Date(`${dt}T${time}:15:00Z`);
      answered = { now, users: refused ? [] : usersAt(n, run), denied: groupsDenied(time) };
      const taken = take({ url: server.url, store, run: { startedAt: now, now: () => now } });
      if (refused) await expect(taken).rejects.toThrow(RefusedSnapshotError);
      else {
        noted.push((await taken).document.commit_sha256 ?? '');
        states.push(await copyOf(folder));
      }
    }
  }
  await server.close();
});
afterAll(() => Promise.all(folders.map((path) => rm(path, { recursive: true }))));

const verified = (place: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verify(new FolderStore(place), { today: TODAY, ...options });

const damagedKeys = ({ findings }: Verification): string[] =>
  findings.filter(({ level }) => level === 'damaged').map(({ key }) => key);

/** All commits, manifests and objects; the answers of runs that were refused are no commit's. */
async function allKeys(place: string): Promise<string[]> {
  const keys: string[] = [];
  for (const top of ['commits', 'manifests', 'users', 'changes', 'groups', 'raw']) {
    for (const entry of await readdir(join(place, top), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) keys.push(join(entry.parentPath, entry.name).slice(place.length + 1));
  }
  return keys.filter((key) => !key.startsWith(`raw/dt=${REFUSED}/`)).sort();
}

const kindOf = (key: string) => (key.startsWith('users/') ? key.slice(0, 10) : (key.split('/')[0] ?? ''));
/** Groups that the second run of the day was denied: no damage where they stay, and none where they go. */
const LEFT_OVER = `groups/json/dt=${dtOf(16)}/groups-${dtOf(16)}.jsonl`;

/** A folder that is read from the disk once, so that it can be edited and verified many hundred times. */
class HeldStore extends FolderStore {
  readonly files = new Map<string, Buffer>();

  static async of(place: string): Promise<HeldStore> {
    const store = new HeldStore(place);
    for (const entry of await readdir(place, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) store.files.set(path.slice(place.length + 1), await readFile(path));
    }
    return store;
  }

  /** What verify says while files are others, or absent. */
  async verifiedWith(
    edits: { readonly [key: string]: Buffer | undefined },
    options: Partial<VerifyOptions> = {},
  ): Promise<Verification> {
    const before = Object.keys(edits).map((key) => [key, this.file(key)] as const);
    for (const [key, bytes] of Object.entries(edits)) {
      if (bytes) this.files.set(key, bytes);
      else this.files.delete(key);
    }
    const verification = await verify(this, { today: TODAY, ...options });
    for (const [key, bytes] of before) this.files.set(key, bytes);
    return verification;
  }

  file(key: string): Buffer {
    return this.files.get(key) ?? Buffer.from(`${key} isn't there`);
  }

  override async list(folder: string): Promise<string[]> {
    return [...this.files.keys()].filter((key) => key.startsWith(folder)).sort();
  }

  override async read(key: string): Promise<Buffer | undefined> {
    return this.files.get(key);
  }

  override async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const bytes = this.files.get(key);
    return bytes && Readable.from([bytes]);
  }
}

describe('twenty days', () => {
  test('are sound: each day with its newest commit, the days that are missing or were refused named', async () => {
    const verification = await verified(folder);
    expect(verification).toMatchObject({
      status: 'sound',
      code: 0,
      missing_days: [dtOf(5), REFUSED, dtOf(12)],
      refused_days: [REFUSED],
      commits: COMMITS,
      newest_commit: COMMITS,
      newest_commit_sha256: sha256(await readFile(join(folder, commitKey(COMMITS)))),
    });
    const published = DAYS.filter(({ times, refused }) => times.length > 0 && !refused);
    expect(verification.days).toEqual(
      published.map(({ n, dt }, i) => ({
        dt,
        commit: i + 1 + (n >= 3 ? 1 : 0) + (n >= 7 ? 2 : 0) + (n >= 16 ? 1 : 0),
        status: 'sound',
        users: 10 + (n % 3),
      })),
    );
    expect(verification.days).toHaveLength(20);
    expect(verification.findings).toEqual([
      {
        level: 'note',
        key: LEFT_OVER,
        message: 'stays from commit 17; the newest commit of the day has no such object',
      },
    ]);
  });

  test('hold every hash that a run printed: the newest one, and each on the way', async () => {
    expect(noted).toHaveLength(COMMITS);
    const store = await HeldStore.of(folder);
    for (const hash of noted) expect((await store.verifiedWith({}, { expect: hash })).status).toBe('sound');
    expect(await verified(folder, { expect: sha256('another') })).toMatchObject({ status: 'damaged', code: 9 });
  });

  test('name a refused day until a run of that day is published, and today as well', async () => {
    expect((await verified(folder, { dt: REFUSED })).refused_days).toEqual([REFUSED]);
    expect((await verified(folder, { dt: dtOf(11) })).refused_days).toEqual([]);
    expect(await verified(folder, { today: REFUSED })).toMatchObject({
      missing_days: [dtOf(5)],
      refused_days: [REFUSED],
    });
    const copy = await copyOf(states[10] ?? '');
    const server = await serveAnodot({ users: answer([]) });
    onTestFinished(() => server.close());
    const now = new Date();
    const dt = now.toISOString().slice(0, 10);
    const run = { startedAt: now, now: () => now };
    await expect(take({ url: server.url, store: new FolderStore(copy), run })).rejects.toThrow(RefusedSnapshotError);
    expect((await verified(copy, { today: dt })).refused_days).toEqual([dt]);
    await take({ url: server.url, store: new FolderStore(copy), run, environment: { SNAPSHOT_ALLOW_EMPTY: 'true' } });
    expect((await verified(copy, { today: dt })).refused_days).toEqual([]);
  });

  test('name no refused day by a run document that is not one', async () => {
    const copy = await copyOf(folder);
    const refused = {
      run_id: 'x',
      dt: '2020-01-01',
      trigger: 'local',
      started_at: null,
      expires_at: '',
      ended_at: null,
      status: 'refused',
      code: 6,
      message: null,
      raw_key: null,
    };
    await writeFile(join(copy, 'runs/x.json'), JSON.stringify({ ...refused, dt: '\u001b[31m' }));
    await writeFile(join(copy, 'runs/y.json'), JSON.stringify({ ...refused, dt: null }));
    await writeFile(join(copy, 'runs/z.json'), '{"status":"refused"');
    await writeFile(join(copy, 'runs/failed.json'), JSON.stringify({ ...refused, status: 'failed' }));
    expect(await verified(copy)).toMatchObject({ status: 'sound', refused_days: [REFUSED] });
    await writeFile(join(copy, 'runs/x.json'), JSON.stringify(refused));
    expect((await verified(copy)).refused_days).toEqual(['2020-01-01', REFUSED]);
  });
});

describe('every single', () => {
  let store: HeldStore;
  let keys: string[];
  beforeAll(async () => {
    store = await HeldStore.of(folder);
    keys = await allKeys(folder);
  });

  test('file is held against the chain without an edit, too', async () => {
    expect(await store.verifiedWith({})).toEqual(await verified(folder));
    expect(keys.filter((key) => !store.files.has(key))).toEqual([]);
  });

  const flipped = (bytes: Buffer, at: number): Buffer => {
    const edited = Buffer.from(bytes);
    if (edited.length > 0) edited.writeUInt8(edited.readUInt8(at) ^ (1 << (at % 8)), at);
    return edited;
  };
  /** Each file gets each; where exactly differs from file to file. */
  const edits: [string, (bytes: Buffer, i: number) => Buffer][] = [
    ['bit, first or last, that is flipped', (bytes, i) => flipped(bytes, i % 2 === 0 ? 0 : bytes.length - 1)],
    [
      'bit anywhere between that is flipped',
      (bytes, i) => flipped(bytes, Math.floor(bytes.length * ((i * 0.618) % 1))),
    ],
    [
      'byte more, or half that is lost,',
      (bytes, i) => (i % 3 === 0 ? bytes.subarray(0, bytes.length >> 1) : Buffer.concat([bytes, Buffer.from('\n')])),
    ],
  ];

  test.each(edits)('%s of a commit, a manifest or an object is found and the file is named', async (_, edit) => {
    let edited = 0;
    for (const [i, key] of keys.entries()) {
      const bytes = store.file(key);
      if (edit(bytes, i).equals(bytes)) continue; // a feed without a line has no bit to flip
      const verification = await store.verifiedWith({ [key]: edit(bytes, i) });
      expect(verification, key).toMatchObject({ status: 'damaged', code: 9 });
      expect(damagedKeys(verification), key).toContain(key);
      edited++;
    }
    expect(edited).toBeGreaterThan(COMMITS + 20 + 4 * 20); // commits, manifests, rows, feeds, groups
  });

  test('deletion is found, but for answers, which expire early, and groups that no newest commit names', async () => {
    for (const key of keys) {
      const expected = key.startsWith('raw/') || key === LEFT_OVER ? 0 : 9;
      const verification = await store.verifiedWith({ [key]: undefined });
      expect(verification.code, key).toBe(expected);
      if (expected === 9 && key !== commitKey(COMMITS)) expect(damagedKeys(verification), key).toContain(key);
    }
  });

  test('swap of two commits, two manifests or two objects of a kind is found', async () => {
    let swapped = 0;
    for (const [i, a] of keys.entries()) {
      const later = keys.slice(i + 1).filter((other) => kindOf(a) === kindOf(other));
      const all = /^(commits|manifests)\//.test(a);
      for (const b of all ? later : new Set([...later.slice(0, 1), ...later.slice(-1)])) {
        if (store.file(a).equals(store.file(b))) continue; // feeds without a line
        const verification = await store.verifiedWith({ [a]: store.file(b), [b]: store.file(a) });
        expect(verification.code, `${a} and ${b}`).toBe(9);
        expect(damagedKeys(verification)).toEqual(expect.arrayContaining([a, b]));
        swapped++;
      }
    }
    expect(swapped).toBeGreaterThan(600);
  });

  test('edit of a commit is found by the one that was built on it, whatever its run document was made to say', async () => {
    for (let number = 1; number < COMMITS; number++) {
      const key = commitKey(number);
      const { run_id } = JSON.parse(String(store.file(key)));
      const bytes = Buffer.from(String(store.file(key)).replace('"scheduled_at":null', '"scheduled_at":"2020-02-18"'));
      const run = JSON.parse(String(store.file(`runs/${run_id}.json`)));
      const agreeing = Buffer.from(`${JSON.stringify({ ...run, commit_sha256: sha256(bytes) })}\n`);
      for (const document of [agreeing, undefined]) {
        const verification = await store.verifiedWith({ [key]: bytes, [`runs/${run_id}.json`]: document });
        expect(verification.findings).toContainEqual({
          level: 'damaged',
          key,
          message: `is not what ${commitKey(number + 1)} was built on: one of the two was edited`,
        });
      }
    }
  });

  test('edit of the newest commit, on which nothing was built yet, is found by its run document', async () => {
    const key = commitKey(COMMITS);
    const { execution } = JSON.parse(String(store.file(key)));
    const edited = String(store.file(key)).replace(`"execution":"${execution}"`, '"execution":"0123abcd"');
    expect(damagedKeys(await store.verifiedWith({ [key]: Buffer.from(edited) }))).toEqual([key]);
  });

  test('commit more is found', async () => {
    const copy = await copyOf(folder);
    await cp(join(copy, commitKey(COMMITS)), join(copy, commitKey(COMMITS + 1)));
    expect(damagedKeys(await verified(copy))).toContain(commitKey(COMMITS + 1));
  });

  test('earlier run of a day that comes back in place of the last one, manifest and all, is found', async () => {
    for (const [before, dt] of [
      [4, dtOf(3)],
      [8, dtOf(7)],
      [9, dtOf(7)],
    ] as const) {
      const copy = await copyOf(folder);
      for (const key of (await allKeys(copy)).filter((key) => key.includes(dt) && !key.startsWith('raw/')))
        await cp(join(states[before - 1] ?? '', key), join(copy, key));
      const verification = await verified(copy);
      expect(verification.code).toBe(9);
      expect(damagedKeys(verification)).toContain(`manifests/manifest-${dt}.json`);
    }
  });
});

describe('a chain that was cut off', () => {
  test.each([23, 18, 17, 9, 8, 4, 1])(
    'after commit %i, with all that followed restored or removed, is sound by itself and found with the hash noted before',
    async (last) => {
      const place = states[last - 1] ?? '';
      expect(await verified(place)).toMatchObject({ status: 'sound', code: 0, newest_commit: last });
      for (const number of [1, last, last + 1, COMMITS])
        expect(await verified(place, { expect: noted[number - 1] ?? '' }), `commit ${number}`).toMatchObject(
          number <= last ? { status: 'sound', code: 0 } : { status: 'damaged', code: 9 },
        );
    },
  );

  test('and continued with other commits is found with the hash noted before', async () => {
    const copy = await copyOf(states[21] ?? '');
    const now = new Date(`${TODAY}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(usersAt(1, 1), 200, { date: now.toUTCString() }) });
    onTestFinished(() => server.close());
    for (let run = 0; run < 3; run++)
      await take({ url: server.url, store: new FolderStore(copy), run: { startedAt: now, now: () => now } });
    expect(await verified(copy)).toMatchObject({ status: 'sound', commits: COMMITS + 1 });
    expect(await verified(copy, { expect: noted[21] ?? '' })).toMatchObject({ status: 'sound' });
    for (const hash of noted.slice(22)) expect((await verified(copy, { expect: hash })).code).toBe(9);
  });

  test('at its beginning is found without a hash', async () => {
    const copy = await copyOf(folder);
    for (const number of [1, 2, 3]) {
      await rm(join(copy, commitKey(number)));
      expect((await verified(copy)).code).toBe(9);
    }
  });
});

/**
 * Rewrites what happened from a commit on, as one who may write everything would: another name in every row, and manifests,
 * commits and run documents that agree with it and with each other.
 */
async function rewriteFrom(place: string, from: number): Promise<void> {
  const newestOfDay = new Map<string, number>();
  const commits = await Promise.all(
    Array.from({ length: COMMITS }, async (_, i) => JSON.parse(await readFile(join(place, commitKey(i + 1)), 'utf8'))),
  );
  for (const { dt, commit } of commits) newestOfDay.set(dt, commit);
  let previous: string | null = null;
  for (const commit of commits) {
    if (commit.commit >= from) {
      if (newestOfDay.get(commit.dt) === commit.commit) await rewriteObjects(place, commit);
      commit.previous_commit_sha256 = previous;
    }
    const bytes = `${JSON.stringify(commit)}\n`;
    await writeFile(join(place, commitKey(commit.commit)), bytes);
    previous = sha256(bytes);
    const run = join(place, `runs/${commit.run_id}.json`);
    const document = JSON.parse(await readFile(run, 'utf8'));
    await writeFile(run, `${JSON.stringify({ ...document, commit_sha256: previous })}\n`);
  }
}

interface StoredCommit {
  readonly objects: { kind: string; key: string; bytes: number; sha256: string }[];
}

async function rewriteObjects(place: string, { objects }: StoredCommit): Promise<void> {
  const restate = async (object: StoredCommit['objects'][number], text: string) => {
    await writeFile(join(place, object.key), text);
    Object.assign(object, { bytes: Buffer.byteLength(text), sha256: sha256(text) });
  };
  for (const object of objects.filter(({ kind }) => ['json', 'csv', 'changes'].includes(kind)))
    await restate(object, (await readFile(join(place, object.key), 'utf8')).replaceAll('Mallory', 'Innocent'));
  const proof = objects.find(({ kind }) => kind === 'manifest');
  if (!proof) throw new Error('a commit without a manifest');
  const manifest = JSON.parse(await readFile(join(place, proof.key), 'utf8'));
  manifest.objects = objects
    .filter((object) => object !== proof)
    .map(({ kind, key, bytes, sha256 }) => ({ kind, key, bytes, sha256 }));
  await restate(proof, `${JSON.stringify(manifest)}\n`);
}

describe('a chain that was rewritten', () => {
  test('to the same, by the means of this test, is the same', async () => {
    const copy = await copyOf(folder);
    await rewriteFrom(copy, COMMITS + 1);
    expect(await verified(copy, { expect: noted.at(-1) ?? '' })).toMatchObject({ status: 'sound', code: 0 });
  });

  test('from its start, consistently, is sound by itself and found with any hash noted before', async () => {
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 1);
    expect(await readFile(join(copy, `users/json/dt=${TODAY}/users-${TODAY}.jsonl`), 'utf8')).toContain('Innocent');
    expect(await verified(copy)).toMatchObject({ status: 'sound', code: 0, newest_commit: COMMITS });
    const store = await HeldStore.of(copy);
    for (const hash of noted) {
      const verification = await store.verifiedWith({}, { expect: hash });
      expect(verification).toMatchObject({ status: 'damaged', code: 9 });
      expect(verification.findings.filter(({ level }) => level === 'damaged')).toEqual([
        {
          level: 'damaged',
          key: commitKey(COMMITS),
          message: 'no commit of this store has the expected hash: it was rewritten or shortened',
        },
      ]);
    }
  });

  test('from the middle is found with the hashes noted since, and not with those before', async () => {
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 12);
    expect((await verified(copy)).status).toBe('sound');
    const store = await HeldStore.of(copy);
    for (const [i, hash] of noted.entries())
      expect((await store.verifiedWith({}, { expect: hash })).code).toBe(i + 1 < 12 ? 0 : 9);
  });

  test('but for one commit, kept for the sake of its hash, is found by itself', async () => {
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 1);
    await cp(join(folder, commitKey(COMMITS)), join(copy, commitKey(COMMITS)));
    expect((await verified(copy, { expect: noted.at(-1) ?? '' })).code).toBe(9);
  });
});

describe('days that have expired', () => {
  async function expire(place: string, dates: readonly string[]): Promise<void> {
    for (const dt of dates)
      for (const kept of ['users/json', 'users/csv', 'changes', 'groups/json', 'raw'])
        await rm(join(place, kept, `dt=${dt}`), { recursive: true, force: true });
  }
  const dates = (from: number, to: number) => DAYS.slice(from, to).map(({ dt }) => dt);

  test('are no damage and named, whichever they are, and the chain is held whole', async () => {
    for (const expired of [dates(0, 1), dates(0, 17), dates(0, 23), dates(9, 14)]) {
      const copy = await copyOf(folder);
      await expire(copy, expired);
      const verification = await verified(copy, { expect: noted[0] ?? '' });
      expect(verification).toMatchObject({ status: 'sound', code: 0, missing_days: [...MISSED, REFUSED].sort() });
      const named = verification.findings.filter(({ message }) => message.includes('expired')).map(({ key }) => key);
      const kept = expired.filter((dt) => ![...MISSED, REFUSED].includes(dt));
      expect(named).toEqual(kept.map((dt) => `manifests/manifest-${dt}.json`));
      for (const { dt, status, users } of verification.days) {
        expect(status, dt).toBe(kept.includes(dt) ? 'expired' : 'sound');
        expect(users).toBeGreaterThanOrEqual(10);
      }
    }
  });

  test('leave their commits and manifests, whose edits and deletions are found as before', async () => {
    const copy = await copyOf(folder);
    await expire(copy, dates(0, 23));
    const store = await HeldStore.of(copy);
    for (const key of (await allKeys(copy)).filter((key) => /^(commits|manifests)\//.test(key))) {
      const edited = Buffer.concat([store.file(key), Buffer.from(' ')]);
      expect((await store.verifiedWith({ [key]: edited })).code, key).toBe(9);
      expect((await store.verifiedWith({ [key]: undefined })).code, key).toBe(9);
    }
  });

  test('of which one object is still there are damaged: somebody removed the others', async () => {
    const dt = dtOf(1);
    for (const kept of ['users/json', 'users/csv', 'changes', 'groups/json']) {
      const copy = await copyOf(folder);
      await expire(copy, [dt]);
      await cp(join(folder, kept, `dt=${dt}`), join(copy, kept, `dt=${dt}`), { recursive: true });
      const verification = await verified(copy);
      expect(damagedKeys(verification), kept).toHaveLength(3);
      expect(verification.days[1]).toMatchObject({ dt, status: 'damaged' });
    }
  });
});

describe('the report of the command', () => {
  const run = (place: string, ...words: string[]) => runCommand(['verify', '--store', place, ...words], { cwd: place });
  const linesOf = (out: string) => {
    expect(out.endsWith('\n')).toBe(true);
    return out.slice(0, -1).split('\n');
  };

  test('names every day, what is missing and refused, and ends with the line to quote', async () => {
    const { code, out, err } = await run(folder);
    const lines = linesOf(out);
    expect([code, err]).toEqual([0, '']);
    expect(lines).toContain(`${dtOf(7)}  sound        11 users, commit 10`);
    expect(lines.filter((line) => /^\d{4}-\d\d-\d\d {2}sound /.test(line))).toHaveLength(20);
    expect(lines.filter((line) => line.startsWith('missing: ')).slice(0, 2)).toEqual(
      MISSED.map((dt) => `missing: ${dt}`),
    );
    expect(lines).toContain(`refused: ${REFUSED}`);
    expect(lines).not.toContain(`missing: ${REFUSED}`);
    expect(lines.at(-1)).toBe(
      `sound: 20 days from ${dtOf(0)} to ${TODAY}, 11 users on ${TODAY}, newest commit ${COMMITS}, sha256 ${noted.at(-1)}`,
    );
  });

  test('holds the store against a hash noted elsewhere, and says in the line to quote what came of it', async () => {
    const [good, cut] = [await run(folder, '--expect', noted[3] ?? ''), states[COMMITS - 2] ?? ''];
    expect([good.code, linesOf(good.out).at(-1)?.split(':')[0]]).toEqual([0, 'sound']);
    const { code, out } = await run(cut, '--expect', (noted.at(-1) ?? '').toUpperCase());
    expect(code).toBe(9);
    expect(linesOf(out)).toContain(
      `damaged: ${commitKey(COMMITS - 1)} no commit of this store has the expected hash: it was rewritten or shortened`,
    );
    expect(linesOf(out).at(-1)).toBe(
      `damaged: 19 days from ${dtOf(0)} to ${dtOf(21)}, 10 users on ${dtOf(21)}, newest commit ${COMMITS - 1}, sha256 ${noted.at(-2)}`,
    );
  });

  test('is the same as JSON', async () => {
    const { out } = await run(folder, '--format', 'json');
    expect(JSON.parse(out)).toMatchObject({
      status: 'sound',
      refused_days: [REFUSED],
      newest_commit_sha256: noted.at(-1),
    });
    expect(JSON.parse(out).missing_days.slice(0, 3)).toEqual([dtOf(5), REFUSED, dtOf(12)]);
  });

  test('of one day quotes that day', async () => {
    const { code, out } = await run(folder, '--dt', dtOf(16));
    expect(code).toBe(0);
    expect(linesOf(out).at(-1)).toBe(
      `sound: 1 day from ${dtOf(16)} to ${dtOf(16)}, 11 users on ${dtOf(16)}, newest commit ${COMMITS}, sha256 ${noted.at(-1)}`,
    );
  });

  test('names a day that was refused where there is nothing else', async () => {
    const { code, out } = await run(folder, '--dt', REFUSED);
    expect(code).toBe(11);
    expect(linesOf(out).slice(-2)).toEqual([`refused: ${REFUSED}`, `nothing to verify in ${folder}`]);
  });

  test('says of a damaged newest manifest that the users are unknown', async () => {
    const copy = await copyOf(folder);
    await appendFile(join(copy, `manifests/manifest-${TODAY}.json`), ' ');
    const { code, out } = await run(copy);
    expect(code).toBe(9);
    expect(linesOf(out).at(-1)).toContain(`to ${TODAY}, users unknown on ${TODAY}, newest commit ${COMMITS}`);
  });

  test('puts nothing on the terminal that a name of a file could steer it with', async () => {
    const copy = await copyOf(folder);
    await writeFile(join(copy, 'users/\u001b]0;owned\u0007\u009b31m\nsound'), '');
    const { code, out } = await run(copy);
    expect(code).toBe(9);
    expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(linesOf(out)).toContain('damaged: users/ ]0;owned  31m sound is named by no commit');
  });
});
