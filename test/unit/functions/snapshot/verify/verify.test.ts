import { createHash, randomInt } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Commit } from '../../../../../functions/snapshot/commits/commit.ts';
import { readCommit } from '../../../../../functions/snapshot/commits/commit-log.ts';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS, type ObjectKind, PUBLISHED_FOLDERS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { type Verification, type VerifyOptions, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { type AnodotServer, answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, type TakeOptions, take } from '../../../../support/take.ts';

const noon = (day: number): Date => new Date(Date.UTC(2020, 1, day, 12));
const dtOf = (day: number): string => noon(day).toISOString().slice(0, 10);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
/** The days of the four commits: 24, 25, 25, 26. */
const DAYS = [24, 25, 25, 26];
const COMMITS = [1, 2, 3, 4];
/** The newest commit of each day. */
const NEWEST_OF_DAY = [1, 3, 4];
const KINDS: readonly ObjectKind[] = ['json', 'csv', 'changes', 'groups', 'raw', 'manifest'];

let server: AnodotServer;
let groupsDenied = false;
/** A sound store of four commits over three days, and the same before the fourth. */
let four: string;
let three: string;

beforeAll(async () => {
  server = await serveAnodot({
    users: (response, n, request) => {
      response.sendDate = false; // the clock of these tests stands still
      const users = ['1', '2', '3'].map((_id) => ({ _id, firstName: `answer ${n}`, ownerOrganization: 'org' }));
      answer(users)(response, n, request);
    },
    groups: (response, n, request) => {
      response.sendDate = false;
      answer(groupsDenied ? '' : [{ _id: 'g1', name: `group ${n}` }], groupsDenied ? 403 : 200)(response, n, request);
    },
  });
  three = await newFolder();
  for (const day of DAYS.slice(0, 3)) await runOn(three, day);
  four = await copyOf(three);
  await runOn(four, 26);
});
afterAll(() => server.close());

const runOn = (folder: string, day: number, options: Partial<TakeOptions> = {}) =>
  take({
    url: server.url,
    store: new FolderStore(folder),
    run: { startedAt: noon(day), now: () => noon(day) },
    ...options,
  });

async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await cp(folder, copy, { recursive: true });
  return copy;
}

const verified = (folder: string, options: Partial<VerifyOptions> = {}): Promise<Verification> =>
  verify(new FolderStore(folder), { today: dtOf(26), ...options });

const keysOf = ({ findings }: Verification, level: 'damaged' | 'interrupted' | 'note' = 'damaged'): readonly string[] =>
  findings.filter((finding) => finding.level === level).map(({ key }) => key);

async function commitOf(folder: string, number: number): Promise<Commit> {
  const commit = (await readCommit(new FolderStore(folder), number))?.commit;
  if (!commit) throw new Error(`there is no commit ${number}`);
  return commit;
}

async function objectOf(folder: string, number: number, kind: ObjectKind): Promise<StoredObject> {
  const object = (await commitOf(folder, number)).objects.find((candidate) => candidate.kind === kind);
  if (!object) throw new Error(`commit ${number} has no ${kind}`);
  return object;
}

const remove = (folder: string, key: string): Promise<void> => rm(join(folder, key), { recursive: true });

async function write(folder: string, key: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), bytes);
}

/** What verify says while the bytes of an object are others. */
async function whileEdited(folder: string, key: string, edited: Uint8Array, options: Partial<VerifyOptions> = {}) {
  const bytes = await readFile(join(folder, key));
  await writeFile(join(folder, key), edited);
  const verification = await verified(folder, options);
  await writeFile(join(folder, key), bytes);
  return verification;
}

describe('a sound store', () => {
  test('is sound: each day with its newest commit, nothing found, and the hash to note elsewhere', async () => {
    expect(await verified(four)).toEqual({
      status: 'sound',
      code: 0,
      days: [
        { dt: dtOf(24), commit: 1, status: 'sound', users: 3 },
        { dt: dtOf(25), commit: 3, status: 'sound', users: 3 },
        { dt: dtOf(26), commit: 4, status: 'sound', users: 3 },
      ],
      missing_days: [],
      refused_days: [],
      findings: [],
      commits: 4,
      newest_commit: 4,
      newest_commit_sha256: sha256(await readFile(join(four, KEYS.commit(4)))),
    });
  });

  test('is not changed by looking at it', async () => {
    const folder = await copyOf(four);
    const before = await new FolderStore(folder).list('.');
    await verified(folder);
    expect(await new FolderStore(folder).list('.')).toEqual(before);
  });

  test('is sound while runs of the day and of the next are at work', async () => {
    const folder = await copyOf(four);
    let running = true;
    const runs = (async () => {
      for (const day of [26, 26, 27, 27, 28]) await runOn(folder, day);
    })().finally(() => {
      running = false;
    });
    const seen = new Set<string>();
    while (running) seen.add((await verified(folder)).status);
    await runs;
    expect(seen).not.toContain('damaged');
    expect((await verified(folder)).status).toBe('sound');
  });

  test('that cannot be read is a failure of the store and no damage', async () => {
    const folder = await copyOf(four);
    await remove(folder, KEYS.json(dtOf(25)));
    await mkdir(join(folder, KEYS.json(dtOf(25))));
    await expect(verified(folder)).rejects.toThrow(StoreError);
  });
});

describe('a store without snapshots', () => {
  test('has nothing to verify, whether its folder is empty or absent', async () => {
    const folder = await newFolder();
    for (const place of [folder, join(folder, 'absent')]) {
      expect(await verified(place)).toEqual({
        status: 'nothing',
        code: 11,
        days: [],
        missing_days: [],
        refused_days: [],
        findings: [],
        commits: 0,
        newest_commit: null,
        newest_commit_sha256: null,
      });
    }
  });

  test('is damaged where a commit was expected', async () => {
    expect(await verified(await newFolder(), { expect: 'a'.repeat(64) })).toMatchObject({ status: 'damaged', code: 9 });
  });
});

describe('a published object', () => {
  const cases = NEWEST_OF_DAY.flatMap((number) => KINDS.map((kind) => [kind, number] as const));

  test.each(cases)(
    'of kind %s of commit %i is damaged by one flipped bit, a byte less and a byte more',
    async (kind, number) => {
      const { key } = await objectOf(four, number, kind);
      const bytes = await readFile(join(four, key));
      const edits: [string, Uint8Array][] = [['a byte more', Buffer.concat([bytes, Buffer.from('\n')])]];
      if (bytes.length > 0) edits.push(['a byte less', bytes.subarray(0, -1)]);
      const anywhere = Array.from({ length: 4 }, () => randomInt(Math.max(1, bytes.length)));
      for (const position of bytes.length === 0 ? [] : [0, bytes.length - 1, ...anywhere]) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(position) ^ (1 << randomInt(8)), position);
        edits.push([`flipped at ${position}`, flipped]);
      }
      for (const [edit, edited] of edits) {
        const verification = await whileEdited(four, key, edited);
        expect(verification, edit).toMatchObject({ status: 'damaged', code: 9 });
        expect(keysOf(verification), edit).toEqual([key]);
        expect(verification.days.find(({ commit }) => commit === number)?.status, edit).toBe('damaged');
        expect(verification.days.filter(({ status }) => status === 'damaged')).toHaveLength(1);
      }
      expect((await verified(four)).status).toBe('sound');
    },
  );

  test.each(cases)('of kind %s of commit %i that is missing is damage, raw excepted', async (kind, number) => {
    const folder = await copyOf(four);
    const { key } = await objectOf(folder, number, kind);
    await remove(folder, key);
    const verification = await verified(folder);
    expect(verification.code).toBe(kind === 'raw' ? 0 : 9);
    expect(keysOf(verification)).toEqual(kind === 'raw' ? [] : [key]);
  });

  test('that is the answer of an earlier run of the day is held against its commit as well; without it nothing is damaged', async () => {
    const folder = await copyOf(four);
    const { key } = await objectOf(folder, 2, 'raw');
    await write(folder, key, 'x');
    const verification = await verified(folder, { dt: dtOf(25) });
    expect(verification).toMatchObject({ status: 'damaged', days: [{ commit: 3, status: 'damaged' }] });
    expect(keysOf(verification)).toEqual([key]);
    await remove(folder, key);
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('that lies where another should is damage', async () => {
    const folder = await copyOf(four);
    await cp(join(folder, KEYS.json(dtOf(24))), join(folder, KEYS.json(dtOf(26))));
    await cp(join(folder, KEYS.manifest(dtOf(24))), join(folder, KEYS.manifest(dtOf(25))));
    expect(keysOf(await verified(folder))).toEqual([KEYS.manifest(dtOf(25)), KEYS.json(dtOf(26))]);
  });

  test.each(
    PUBLISHED_FOLDERS.flatMap((published) => [
      `${published}more`,
      `${published}json/dt=${dtOf(25)}/more.jsonl`,
      `${published}dt=2019-01-01/users-2019-01-01.jsonl`,
    ]),
  )('that no commit names, %s, is damage', async (key) => {
    const folder = await copyOf(four);
    await write(folder, key, '');
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([key]);
  });

  test('that no table reads, since its name is hidden, is no damage, nor is a raw answer more', async () => {
    const folder = await copyOf(four);
    const names = ['users/.DS_Store', `users/json/dt=${dtOf(25)}/._x`, 'users/_temporary/x', 'commits/.DS_Store'];
    for (const key of [...names, `raw/dt=${dtOf(25)}/refused.0123abcd.json.gz`]) await write(folder, key, 'x');
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });
});

describe('a manifest', () => {
  const fields = [
    ...['schema_version', 'dt', 'commit', 'run_id', 'trigger', 'scheduled_at', 'observed_at', 'published_at', 'source'],
    ...['owner_organization', 'user_count', 'admin_count', 'states', 'roles', 'previous_dt', 'changes', 'drift'],
    ...['csv_cells_altered', 'groups', 'objects', 'program_version'],
  ];

  test('has no other fields than those that are edited here', async () => {
    expect(Object.keys(await manifestOf(26))).toEqual(fields);
  });

  test.each(fields)('whose %s was edited is damaged', async (field) => {
    const manifest = await manifestOf(26);
    const key = KEYS.manifest(dtOf(26));
    const edited = documentBytes({ ...manifest, [field]: changed(manifest[field]) });
    expect(keysOf(await whileEdited(four, key, edited))).toEqual([key]);
  });

  async function manifestOf(day: number): Promise<{ [field: string]: unknown }> {
    return Object(jsonOf(await readFile(join(four, KEYS.manifest(dtOf(day))))));
  }
});

/** Another value of the same type. */
function changed(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') {
    const edited = value.replace(/\d(?=\D*$)/, (digit) => (digit === '1' ? '2' : '1'));
    return edited === value ? `${value}x` : edited;
  }
  if (Array.isArray(value)) return value.slice(0, -1);
  if (value === null) return '2020-02-24';
  return { ...Object(value), more: 1 };
}

describe('a commit', () => {
  const fields = [
    ...['schema_version', 'commit', 'previous_commit_sha256', 'committed_at', 'dt', 'run_id', 'execution'],
    ...['scheduled_at', 'objects'],
  ];
  const cases = COMMITS.flatMap((number) => fields.map((field) => [number, field] as const));

  test('has no other fields than those that are edited here', async () => {
    expect(Object.keys(await commitOf(four, 4))).toEqual(fields);
  });

  test.each(cases)('%i whose %s was edited is damaged', async (number, field) => {
    const commit: { [name: string]: unknown } = { ...(await commitOf(four, number)) };
    const values =
      field === 'dt' ? [...DAYS, 27].map(dtOf).filter((dt) => dt !== commit['dt']) : [changed(commit[field])];
    for (const value of values) await expectDamaged(number, documentBytes({ ...commit, [field]: value }));
  });

  test.each(COMMITS)('%i one of whose objects was edited is damaged', async (number) => {
    const commit = await commitOf(four, number);
    for (const [i, object] of commit.objects.entries()) {
      for (const field of ['kind', 'key', 'bytes', 'sha256', 'staged'] as const) {
        const values: { [name in typeof field]: unknown } = {
          kind: object.kind === 'json' ? 'csv' : 'json',
          key: `${object.key}1`,
          bytes: object.bytes + 1,
          sha256: changed(object.sha256),
          staged: object.staged ? null : { path: '.staged/0123abcd/x' },
        };
        const objects = commit.objects.with(i, Object({ ...object, [field]: values[field] }));
        await expectDamaged(number, documentBytes({ ...commit, objects }));
      }
    }
    await expectDamaged(number, documentBytes({ ...commit, objects: commit.objects.toReversed() }));
    await expectDamaged(number, documentBytes({ ...commit, objects: [] }));
  });

  const rewritings: [string, (text: string) => string][] = [
    ['no line end', (text) => text.trimEnd()],
    ['a line end more', (text) => `${text}\n`],
    ['a line end of Windows', (text) => text.replace('\n', '\r\n')],
    ['a space more', (text) => text.replace(':', ': ')],
    ['lines', (text) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`],
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['an escape', (text) => text.replace('"dt"', '"\\u0064t"')],
    [
      'another order',
      (text) => `${JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).toReversed()))}\n`,
    ],
    ['a field twice', (text) => text.replace('{', '{"commit":9,')],
    ['a field more', (text) => text.replace('{', '{"more":9,')],
    ['a field named __proto__', (text) => text.replace('{', '{"__proto__":{"x":1},')],
    ['nothing', () => ''],
    ['a half of it', (text) => text.slice(0, text.length / 2)],
    ['null', () => 'null\n'],
  ];

  test.each(rewritings)('that was rewritten with %s is damaged', async (_, rewrite) => {
    for (const number of COMMITS) {
      const text = await readFile(join(four, KEYS.commit(number)), 'utf8');
      await expectDamaged(number, Buffer.from(rewrite(text)));
    }
  });

  async function expectDamaged(number: number, edited: Buffer): Promise<void> {
    expect(edited).not.toEqual(await readFile(join(four, KEYS.commit(number))));
    const verification = await whileEdited(four, KEYS.commit(number), edited);
    expect(verification, String(edited)).toMatchObject({ status: 'damaged', code: 9 });
    const { dt } = await commitOf(four, number);
    expect(verification.findings, String(edited)).toContainEqual({
      level: 'damaged',
      key: expect.stringMatching(new RegExp(`^(${KEYS.commit(number)}|${KEYS.manifest(dt)})$`)),
      message: expect.any(String),
    });
  }

  test('that is the newest and whose run was killed before it wrote its document is damaged by an edit all the same', async () => {
    const folder = await copyOf(four);
    const commit: { [name: string]: unknown } = { ...(await commitOf(folder, 4)) };
    const text = await readFile(join(folder, KEYS.commit(4)), 'utf8');
    await remove(folder, 'runs');
    expect((await verified(folder)).status).toBe('sound');
    // Only a later commit, a run document or a hash noted elsewhere tells of another execution.
    for (const field of fields.filter((name) => name !== 'execution')) {
      const edited = documentBytes({ ...commit, [field]: changed(commit[field]) });
      expect((await whileEdited(folder, KEYS.commit(4), edited)).status, field).toBe('damaged');
    }
    for (const [name, rewrite] of rewritings)
      expect((await whileEdited(folder, KEYS.commit(4), Buffer.from(rewrite(text)))).status, name).toBe('damaged');
  });

  test('whose run document holds another hash is named, since one of the two was edited', async () => {
    const { run_id } = await commitOf(four, 4);
    const document = Object(jsonOf(await readFile(join(four, KEYS.run(run_id)))));
    const edited = documentBytes({ ...document, commit_sha256: changed(document.commit_sha256) });
    expect(keysOf(await whileEdited(four, KEYS.run(run_id), edited))).toEqual([KEYS.commit(4)]);
  });

  test.each([1, 2, 3])('%i that was deleted is named as missing', async (number) => {
    const folder = await copyOf(four);
    await remove(folder, KEYS.commit(number));
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, commits: 3, newest_commit: 4 });
    expect(keysOf(verification)).toContain(KEYS.commit(number));
  });

  test.each([
    ['the only one of its day', () => four, 4, 26],
    ['the second of its day', () => three, 3, 25],
  ])('that was the newest and %s, deleted, leaves objects that are no commit’s', async (_, store, number, day) => {
    const folder = await copyOf(store());
    await remove(folder, KEYS.commit(number));
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9, newest_commit: number - 1 });
    expect(keysOf(verification)).toEqual(
      expect.arrayContaining([KEYS.json(dtOf(day)), KEYS.csv(dtOf(day)), KEYS.manifest(dtOf(day))]),
    );
  });

  test('of which none is left leaves a damaged store', async () => {
    const folder = await copyOf(four);
    await remove(folder, 'commits');
    expect(await verified(folder)).toMatchObject({ status: 'damaged', code: 9, commits: 0, newest_commit: null });
  });

  test.each([
    [1, 2],
    [2, 3],
    [3, 4],
    [1, 4],
  ])('%i, swapped with %i, is damaged, as the other is', async (a, b) => {
    const folder = await copyOf(four);
    await rename(join(folder, KEYS.commit(a)), join(folder, 'aside'));
    await rename(join(folder, KEYS.commit(b)), join(folder, KEYS.commit(a)));
    await rename(join(folder, 'aside'), join(folder, KEYS.commit(b)));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual(expect.arrayContaining([KEYS.commit(a), KEYS.commit(b)]));
  });

  test('that another store made, of the same number, is damaged', async () => {
    const other = await newFolder();
    for (const day of DAYS) await runOn(other, day);
    for (const number of COMMITS) {
      const verification = await whileEdited(
        four,
        KEYS.commit(number),
        await readFile(join(other, KEYS.commit(number))),
      );
      expect(verification.code).toBe(9);
    }
  });

  test('of a number far beyond the others is named with the gap before it, in few words', async () => {
    const folder = await copyOf(four);
    await cp(join(folder, KEYS.commit(4)), join(folder, KEYS.commit(99_999_999)));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([KEYS.commit(99_999_999), KEYS.commit(5)]);
  });

  test('among which something else lies is damage', async () => {
    const folder = await copyOf(four);
    for (const key of ['commits/notes.txt', 'commits/below/00000005.json']) await write(folder, key, 'x');
    expect(keysOf(await verified(folder))).toEqual(['commits/below/00000005.json', 'commits/notes.txt']);
  });
});

describe('a commit that is not all in place', () => {
  /** A run that commits and fails once it has put this many objects in place. Returns what it didn't. */
  async function interrupt(folder: string, day: number, placed: number): Promise<string[]> {
    class FailingStore extends FolderStore {
      #left = placed;
      override async putInPlace(object: StoredObject) {
        if (object.kind !== 'raw' && this.#left-- <= 0) throw new StoreError('the run was cut off');
        return super.putInPlace(object);
      }
    }
    const failed = runOn(folder, day, { store: new FailingStore(folder) });
    await failed.catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
    const { objects } = await commitOf(folder, 5);
    return objects
      .filter(({ staged }) => staged !== null)
      .map(({ key }) => key)
      .slice(placed);
  }

  test.each([
    ['replaces an earlier one of its day', 26],
    ['is the first of its day', 27],
  ])(
    'and %s is interrupted and no damage, however many objects are in place, and the next run finishes it',
    async (_, day) => {
      for (let placed = 0; placed <= 5; placed++) {
        const folder = await copyOf(four);
        const waiting = await interrupt(folder, day, placed);
        const verification = await verified(folder);
        const expected = waiting.length === 0 ? { status: 'sound', code: 0 } : { status: 'interrupted', code: 10 };
        expect(verification).toMatchObject(expected);
        expect(keysOf(verification, 'interrupted').toSorted()).toEqual(waiting.toSorted());
        expect(verification.findings).toHaveLength(waiting.length);
        expect(verification.days.find(({ commit }) => commit === 5)?.status).toBe(expected.status);
        await runOn(folder, day + (placed % 2));
        expect(await verified(folder)).toMatchObject({ status: 'sound', code: 0, findings: [], commits: 6 });
      }
    },
  );

  test('and has lost what was staged is damage that names it', async () => {
    const folder = await copyOf(four);
    const [key = ''] = await interrupt(folder, 27, 0);
    const { staged } = await objectOf(folder, 5, 'json');
    await remove(folder, staged && 'path' in staged ? staged.path : '');
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9 });
    expect(keysOf(verification)).toEqual([key]);
  });

  test('and whose staged bytes were changed is damage that names it', async () => {
    const folder = await copyOf(four);
    const [key = ''] = await interrupt(folder, 27, 1);
    const { staged } = await objectOf(folder, 5, 'csv');
    await write(folder, staged && 'path' in staged ? staged.path : '', 'other bytes');
    expect(keysOf(await verified(folder))).toEqual([key]);
  });
});

describe('a day', () => {
  const expire = async (folder: string, day: number) => {
    for (const key of [KEYS.json, KEYS.csv, KEYS.changes, KEYS.groups]) await remove(folder, dirname(key(dtOf(day))));
  };

  test('all of whose users, changes and groups have expired is no damage, and named', async () => {
    const folder = await copyOf(four);
    await expire(folder, 24);
    await expire(folder, 25);
    await remove(folder, `raw/dt=${dtOf(24)}`);
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'sound', code: 0 });
    expect(verification.days.map(({ status }) => status)).toEqual(['expired', 'expired', 'sound']);
    expect(keysOf(verification, 'note')).toEqual([KEYS.manifest(dtOf(24)), KEYS.manifest(dtOf(25))]);
    await runOn(folder, 26);
    expect((await verified(folder)).status).toBe('sound');
  });

  test('of which only a part is gone is damaged', async () => {
    const folder = await copyOf(four);
    await expire(folder, 24);
    await write(folder, KEYS.csv(dtOf(24)), await readFile(join(four, KEYS.csv(dtOf(24)))));
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([KEYS.json(dtOf(24)), KEYS.changes(dtOf(24)), KEYS.groups(dtOf(24))]);
  });

  test('that has expired and whose manifest is gone is damaged', async () => {
    const folder = await copyOf(four);
    await expire(folder, 24);
    await remove(folder, KEYS.manifest(dtOf(24)));
    expect((await verified(folder)).code).toBe(9);
  });

  test('that has no snapshot is named, from the first snapshot to yesterday', async () => {
    const folder = await copyOf(three);
    await runOn(folder, 28);
    const on = async (day: number) => (await verified(folder, { today: dtOf(day) })).missing_days;
    expect(await on(28)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(29)).toEqual([dtOf(26), dtOf(27)]);
    expect(await on(32)).toEqual(['2020-02-26', '2020-02-27', '2020-02-29', '2020-03-01', '2020-03-02']);
    expect(await on(24)).toEqual([]);
    expect(await verified(folder, { today: dtOf(32) })).toMatchObject({ status: 'sound', code: 0 });
  });

  test('one of whose objects the newest commit did not make has a note, and no damage', async () => {
    const folder = await newFolder();
    await runOn(folder, 26);
    groupsDenied = true;
    await runOn(folder, 26, { environment: { SNAPSHOT_FORMATS: 'json' } }).finally(() => {
      groupsDenied = false;
    });
    const stays = [KEYS.csv(dtOf(26)), KEYS.groups(dtOf(26))];
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'sound', code: 0, days: [{ status: 'sound', commit: 2 }] });
    expect(keysOf(verification, 'note')).toEqual(stays);
    expect(verification.findings).toHaveLength(2);

    expect(keysOf(await whileEdited(folder, KEYS.csv(dtOf(26)), Buffer.from('x')))).toEqual([KEYS.csv(dtOf(26))]);
    for (const key of stays) await remove(folder, key);
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is looked at alone with the dt option, but the chain of commits is read whole', async () => {
    const folder = await copyOf(four);
    await write(folder, KEYS.json(dtOf(24)), 'x');
    await write(folder, `users/json/dt=${dtOf(24)}/more`, 'x');
    expect(await verified(folder, { dt: dtOf(25) })).toMatchObject({
      status: 'sound',
      code: 0,
      days: [{ dt: dtOf(25), commit: 3, status: 'sound' }],
      missing_days: [],
      findings: [],
      commits: 4,
      newest_commit: 4,
    });
    expect(keysOf(await verified(folder, { dt: dtOf(24) }))).toEqual([
      KEYS.json(dtOf(24)),
      `users/json/dt=${dtOf(24)}/more`,
    ]);
    await remove(folder, KEYS.commit(2));
    expect(await verified(folder, { dt: dtOf(26) })).toMatchObject({ status: 'damaged', days: [{ dt: dtOf(26) }] });
  });

  test('that was never taken is nothing to verify with the dt option', async () => {
    expect(await verified(four, { dt: dtOf(23) })).toMatchObject({ status: 'nothing', code: 11, days: [], commits: 4 });
  });
});

describe('an expected hash', () => {
  test('is found where any commit on the way has it, in capitals as well', async () => {
    for (const number of COMMITS) {
      const hash = sha256(await readFile(join(four, KEYS.commit(number))));
      for (const expected of [hash, hash.toUpperCase()])
        expect(await verified(four, { expect: expected })).toMatchObject({ status: 'sound', code: 0, findings: [] });
    }
  });

  test.each(['a'.repeat(64), '', 'x', '2020'])('that no commit has, %j, is damage', async (expected) => {
    const verification = await verified(four, { expect: expected });
    expect(verification).toMatchObject({ status: 'damaged', code: 9 });
    expect(verification.findings).toHaveLength(1);
  });

  test('tells of a store whose newest commit was taken back with everything that it made', async () => {
    const hash = sha256(await readFile(join(four, KEYS.commit(4))));
    expect((await verified(three)).status).toBe('sound');
    expect((await verified(three, { expect: hash })).status).toBe('damaged');
  });
});
