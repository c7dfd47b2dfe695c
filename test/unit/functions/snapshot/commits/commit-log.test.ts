import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Commit, CommitEntry } from '../../../../../functions/snapshot/commits/commit.ts';
import { commitNumbers, finish, readCommit } from '../../../../../functions/snapshot/commits/commit-log.ts';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../../../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../../../../functions/snapshot/commits/run-document.ts';
import { KEYS, type ObjectKind } from '../../../../../functions/snapshot/contract.ts';
import { CredentialsError, StoreError, SupersededError } from '../../../../../functions/snapshot/errors.ts';
import type { Run } from '../../../../../functions/snapshot/run.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store, StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { type Verification, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { type AnodotServer, answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, type TakeOptions, take } from '../../../../support/take.ts';

const noon = (day: number): Date => new Date(Date.UTC(2020, 1, day, 12));
const dtOf = (day: number): string => noon(day).toISOString().slice(0, 10);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let server: AnodotServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Answers with three users, the first of whom is called after the number of the answer; `before` runs before the n-th answer. */
async function serve(before: (n: number) => Promise<unknown> = async () => undefined): Promise<string> {
  server = await serveAnodot({
    users: (response, n, request) => {
      response.sendDate = false; // the clock of these tests stands still
      const users = ['1', '2', '3'].map((_id) => ({ _id, firstName: `answer ${n}`, ownerOrganization: 'org' }));
      before(n).then(
        () => answer(users)(response, n, request),
        () => response.destroy(),
      );
    },
    groups: (response, n, request) => {
      response.sendDate = false;
      answer([])(response, n, request);
    },
  });
  return server.url;
}

const askedForUsers = (): number => server?.requests.filter(({ path }) => path === '/api/v2/users').length ?? 0;

interface RunOptions extends Omit<TakeOptions, 'url' | 'store' | 'run'> {
  readonly run?: Partial<Run>;
  readonly warnings?: string[];
}

/** A run that starts at noon of a day of February 2020. */
function runOn(store: Store, day: number, url: string, { run, warnings = [], ...options }: RunOptions = {}) {
  return take({
    ...options,
    url,
    store,
    run: { startedAt: noon(day), now: () => noon(day), onWarning: (message) => warnings.push(message), ...run },
  });
}

type Call = 'create' | 'replace' | 'read' | 'putInPlace';
type Disturb = <T>(call: Call, key: string, perform: () => Promise<T>) => Promise<T>;

/** A folder whose calls go through somebody who may not perform them, or keep their answer back. */
class DisturbedStore extends FolderStore {
  readonly #disturb: Disturb;

  constructor(path: string, disturb: Disturb) {
    super(path);
    this.#disturb = disturb;
  }

  override create(key: string, bytes: Uint8Array) {
    return this.#disturb('create', key, () => super.create(key, bytes));
  }

  override replace(key: string, bytes: Uint8Array) {
    return this.#disturb('replace', key, () => super.replace(key, bytes));
  }

  override read(key: string) {
    return this.#disturb('read', key, () => super.read(key));
  }

  override putInPlace(object: StoredObject) {
    return this.#disturb('putInPlace', object.key, () => super.putInPlace(object));
  }
}

/** How a call fails: it takes effect but its answer is lost, or it has no effect. */
const lostAnswer = async (perform: () => Promise<unknown>): Promise<never> => {
  await perform();
  throw new StoreError('the answer was lost');
};
const noEffect = async (): Promise<never> => {
  throw new StoreError('the call was lost');
};

const isCommit = (key: string): boolean => key.startsWith('commits/');
const isRaw = (key: string): boolean => key.startsWith('raw/');

/** A run that dies once it has committed and put this many objects in place. */
async function dieAfterCommit(folder: string, day: number, url: string, placed = 0, run: Partial<Run> = {}) {
  const died = new Error('the run died');
  let committed = false;
  let left = placed;
  const store = new DisturbedStore(folder, async (call, key, perform) => {
    if (committed && call !== 'read' && !(call === 'putInPlace' && left-- > 0)) throw died;
    const result = await perform();
    committed ||= call === 'create' && isCommit(key);
    return result;
  });
  await expect(runOn(store, day, url, { run })).rejects.toBe(died);
}

async function commitOf(store: Store, number: number): Promise<Commit> {
  const commit = (await readCommit(store, number))?.commit;
  if (!commit) throw new Error(`there is no commit ${number}`);
  return commit;
}

function objectOf(commit: Commit, kind: ObjectKind): StoredObject {
  const object = commit.objects.find((candidate) => candidate.kind === kind);
  if (!object) throw new Error(`the commit has no ${kind}`);
  return object;
}

const stagedPath = (folder: string, { staged }: StoredObject): string =>
  join(folder, staged && 'path' in staged ? staged.path : 'none');

/** The commit that the manifest in place is of. */
async function finishedOn(store: Store, day: number): Promise<number | undefined> {
  const bytes = await store.read(KEYS.manifest(dtOf(day)));
  return bytes && MANIFEST.parse(jsonOf(bytes)).commit;
}

async function documentOf(store: Store, runId: string): Promise<RunDocument> {
  return RUN_DOCUMENT.parse(jsonOf((await store.read(KEYS.run(runId))) ?? Buffer.alloc(0)));
}

/** The number of the answer that is published under a day. */
async function answerOn(store: Store, day: number): Promise<number> {
  return Number(/"first_name":"answer (\d+)"/.exec(String(await store.read(KEYS.json(dtOf(day)))))?.[1]);
}

const verifyOn = (store: Store, day: number): Promise<Verification> => verify(store, { today: dtOf(day) });
const stagings = (folder: string): Promise<string[]> => readdir(join(folder, '.staged'));

describe('a commit whose run died', () => {
  test('is finished by the next run of the day, before the token is read, and stays below its commit', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    expect(await finishedOn(store, 24)).toBeUndefined();
    let finishedBefore: number | undefined;
    const readToken = async () => {
      finishedBefore = await finishedOn(store, 24);
      return 'a.b.c';
    };
    const { document } = await runOn(store, 24, url, { readToken });
    expect(finishedBefore).toBe(1);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect(await finishedOn(store, 24)).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is finished by the next run of another day', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url, 1);
    const { document } = await runOn(store, 26, url);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect([await finishedOn(store, 24), await finishedOn(store, 26)]).toEqual([1, 2]);
    expect(await verifyOn(store, 26)).toMatchObject({ status: 'sound', findings: [], missing_days: [dtOf(25)] });
  });

  test('is finished by a run that has no valid token', async () => {
    const folder = await newFolder();
    const url = await serve();
    await dieAfterCommit(folder, 24, url);
    const readToken = () => Promise.reject(new CredentialsError('no token'));
    await expect(runOn(new FolderStore(folder), 25, url, { readToken })).rejects.toThrow(CredentialsError);
    expect(await verifyOn(new FolderStore(folder), 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('is finished by a run of an earlier day, which is superseded', async () => {
    const folder = await newFolder();
    const url = await serve();
    await dieAfterCommit(folder, 24, url);
    await expect(runOn(new FolderStore(folder), 23, url)).rejects.toThrow(SupersededError);
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('gives its result to the same event delivered again, which finishes it', async () => {
    const folder = await newFolder();
    const url = await serve();
    const run = { runId: '20200224T120000Z-schedule' };
    await dieAfterCommit(folder, 24, url, 2, run);
    expect((await documentOf(new FolderStore(folder), run.runId)).status).toBe('running');
    const { document, manifest } = await runOn(new FolderStore(folder), 24, url, { run });
    expect(document).toMatchObject({ status: 'published', commit: 1, code: 0 });
    expect(manifest?.commit).toBe(1);
    expect(askedForUsers()).toBe(1);
    expect(await documentOf(new FolderStore(folder), run.runId)).toEqual(document);
  });

  test('and has lost an object is named and blocks nothing: a run of the day replaces it', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    await rm(stagedPath(folder, objectOf(await commitOf(store, 1), 'csv')));
    const warnings: string[] = [];
    const { document } = await runOn(store, 24, url, { warnings });
    expect(document.commit).toBe(2);
    expect(warnings).toContain(`commit 1 can't be finished: ${KEYS.csv(dtOf(24))} is damaged or lost. Run verify`);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('and has lost an object blocks no run of another day, and verify goes on to name it', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    await rm(stagedPath(folder, objectOf(await commitOf(store, 1), 'json')));
    const warnings: string[] = [];
    for (const day of [25, 26]) await runOn(store, day, url, { warnings });
    expect(warnings.filter((warning) => warning.startsWith("commit 1 can't be finished"))).toHaveLength(1);
    const { status, days, findings } = await verifyOn(store, 26);
    expect(status).toBe('damaged');
    expect(days.map(({ status: ofDay }) => ofDay)).toEqual(['damaged', 'sound', 'sound']);
    expect(findings.filter(({ level }) => level === 'damaged').map(({ key }) => key)).toEqual([KEYS.json(dtOf(24))]);
  });
});

describe('what a dead run staged', () => {
  test('is removed after seven days, but not what the newest commit names', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await dieAfterCommit(folder, 24, url);
    const commit = await commitOf(store, 1);
    await rm(stagedPath(folder, objectOf(commit, 'json')));
    const staging = await store.stage(KEYS.json(dtOf(24)), '0123abcd');
    const forgotten: StoredObject = { kind: 'json', key: KEYS.json(dtOf(24)), ...(await staging.close()) };
    for (const object of [forgotten, objectOf(commit, 'csv')]) {
      const sevenDaysAgo = new Date(noon(24).getTime() - 7 * 86_400_000 - 1);
      await utimes(dirname(stagedPath(folder, object)), sevenDaysAgo, sevenDaysAgo);
    }
    const readToken = () => Promise.reject(new CredentialsError('no token'));
    await expect(runOn(store, 24, url, { readToken })).rejects.toThrow(CredentialsError);
    expect(await store.isStaged(forgotten)).toBe(false);
    expect(await store.isStaged(objectOf(commit, 'csv'))).toBe(true);
  });
});

describe('the newest commit', () => {
  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['truncated', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['no JSON', () => Buffer.from('<html>')],
    ['not UTF-8', (bytes) => Buffer.concat([bytes, Buffer.from([0xff])])],
    ['of another number', (bytes) => Buffer.from(String(bytes).replace('"commit":2', '"commit":3'))],
    ['with a field more', (bytes) => Buffer.from(String(bytes).replace('{', '{"x":1,'))],
    ['with a key that leads outside', (bytes) => Buffer.from(String(bytes).replace('"manifests/', '"../'))],
  ];

  test.each(damages)(
    'that is %s is named, and the next one has its number and the hash of its bytes as they lie',
    async (_, damage) => {
      const folder = await newFolder();
      const url = await serve();
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
    },
  );

  test('is found among names that are no commits', async () => {
    const folder = await newFolder();
    const url = await serve();
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

  test('is found behind more than 1,000 others', async () => {
    const folder = await newFolder();
    const url = await serve();
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

describe('one event delivered twice', () => {
  const run = { runId: '20200224T120000Z-schedule' };

  test('makes one commit; the second delivery gives the first one its result and asks Anodot nothing', async () => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    const second = await runOn(store, 24, url, { run });
    expect(second.document).toEqual(first.document);
    expect(second.manifest).toEqual(first.manifest);
    expect(askedForUsers()).toBe(1);
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test.each([
    ['of the day', [24, 24], null],
    ['of the next day', [25], 1],
  ])('gives the first result also when others %s committed between', async (_, between, manifestOf) => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    for (const day of between) await runOn(store, day, url);
    const second = await runOn(store, 24, url, { run });
    expect(second.document).toEqual(first.document);
    expect(second.manifest?.commit ?? null).toBe(manifestOf);
    expect(await commitNumbers(store)).toHaveLength(1 + between.length);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('gives the first result also when the second delivery comes after midnight', async () => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    const second = await runOn(store, 25, url, { run });
    expect(second.document).toMatchObject({ commit: 1, commit_sha256: first.document.commit_sha256 });
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test('gives the first result also when another committed between and the second delivery comes after midnight', async () => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    const first = await runOn(store, 24, url, { run });
    await runOn(store, 24, url);
    const second = await runOn(store, 25, url, { run });
    expect(second.document).toMatchObject({ commit: 1, commit_sha256: first.document.commit_sha256 });
    expect(await commitNumbers(store)).toEqual([1, 2]);
  });

  test('makes one commit also where both deliveries are under way at once; both give its result', async () => {
    const both = Promise.withResolvers<void>();
    const url = await serve(async (n) => {
      if (n === 2) both.resolve();
      await both.promise;
    });
    const folder = await newFolder();
    const taken = await Promise.all([
      runOn(new FolderStore(folder), 24, url, { run }),
      runOn(new FolderStore(folder), 24, url, { run }),
    ]);
    for (const { document } of taken) expect(document).toMatchObject({ status: 'published', commit: 1 });
    expect(await commitNumbers(new FolderStore(folder))).toEqual([1]);
    expect(await documentOf(new FolderStore(folder), run.runId)).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [] });
    expect(await stagings(folder)).toEqual([]);
  });
});

describe('a run that others came before', () => {
  test('is superseded where the newest commit is of a later day, and asks Anodot nothing', async () => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    await runOn(store, 25, url);
    const run = { runId: 'late' };
    await expect(runOn(store, 24, url, { run })).rejects.toThrow(SupersededError);
    expect(askedForUsers()).toBe(1);
    expect(await documentOf(store, 'late')).toMatchObject({ status: 'superseded', code: 8 });
    expect(await commitNumbers(store)).toEqual([1]);
  });

  test.each([
    ['of its day', 24],
    ['of a later day', 25],
  ])(
    'is superseded where a run %s commits while it receives; it leaves nothing staged and the other as it is',
    async (_, day) => {
      const folder = await newFolder();
      const store = new FolderStore(folder);
      const url = await serve(async (n) => {
        if (n === 1) await runOn(new FolderStore(folder), day, url);
      });
      await expect(runOn(store, 24, url, { run: { runId: 'slow' } })).rejects.toThrow(SupersededError);
      expect(await commitNumbers(store)).toEqual([1]);
      expect(await answerOn(store, day)).toBe(2);
      expect(await documentOf(store, 'slow')).toMatchObject({
        status: 'superseded',
        code: 8,
        raw_key: expect.any(String),
      });
      expect(await stagings(folder)).toEqual([]);
      expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
    },
  );

  test('finishes the commit that came before it where its run died', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const url = await serve(async (n) => {
      if (n === 1) await dieAfterCommit(folder, 24, url, 1);
    });
    await expect(runOn(store, 24, url)).rejects.toThrow(SupersededError);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
    expect(await stagings(folder)).toEqual([]);
  });

  test('begins again, once, with a new answer and a new execution where a run of an earlier day commits meanwhile', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const url = await serve(async (n) => {
      if (n === 1) await runOn(new FolderStore(folder), 24, url);
    });
    const executions = ['11111111', '22222222'];
    const run = { newExecution: () => executions.shift() ?? '33333333' };
    const { document } = await runOn(store, 25, url, { run });
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect(await commitOf(store, 2)).toMatchObject({ dt: dtOf(25), execution: '22222222' });
    expect([await answerOn(store, 24), await answerOn(store, 25)]).toEqual([2, 3]);
    expect(await stagings(folder)).toEqual([]);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('fails with 7 where that happens a second time, and has published nothing', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    const url = await serve(async (n) => {
      if (n === 1 || n === 3) await runOn(new FolderStore(folder), n === 1 ? 23 : 24, url);
    });
    const failed = runOn(store, 25, url, { run: { runId: 'unlucky' } });
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow('nothing was published');
    expect(await documentOf(store, 'unlucky')).toMatchObject({ status: 'failed', code: 7 });
    expect(await commitNumbers(store)).toEqual([1, 2]);
    expect(await stagings(folder)).toEqual([]);
    expect(await store.list('users/')).not.toContain(KEYS.json(dtOf(25)));
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('does not commit where it began more than a day ago', async () => {
    const folder = await newFolder();
    const store = new FolderStore(folder);
    let now = noon(24);
    const url = await serve(async () => {
      now = new Date(noon(25).getTime() + 1);
    });
    await expect(runOn(store, 24, url, { run: { now: () => now } })).rejects.toThrow('nothing was published');
    expect(await commitNumbers(store)).toEqual([]);
    expect(await stagings(folder)).toEqual([]);
  });
});

describe('the call that commits', () => {
  /** Disturbs the creations of commits, in turn; later ones are performed. */
  const disturbing = (folder: string, ...ways: ((perform: () => Promise<unknown>) => Promise<never>)[]) =>
    new DisturbedStore(folder, (call, key, perform) => {
      const way = call === 'create' && isCommit(key) ? ways.shift() : undefined;
      return way ? way(perform) : perform();
    });

  test.each([
    ['took effect but lost its answer', [lostAnswer]],
    ['had no effect', [noEffect]],
    ['had no effect twice', [noEffect, noEffect]],
    ['had no effect, and then lost its answer', [noEffect, lostAnswer]],
    ['lost its answer every time', [lostAnswer, lostAnswer, lostAnswer]],
  ])('is recognised where it %s', async (_, ways) => {
    const folder = await newFolder();
    const url = await serve();
    const { document } = await runOn(disturbing(folder, ...ways), 24, url);
    expect(document).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test('is recognised where it was performed twice and the second answer says that the commit exists', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new DisturbedStore(folder, async (call, key, perform) => {
      if (call === 'create' && isCommit(key)) await perform();
      return perform();
    });
    expect((await runOn(store, 24, url)).document).toMatchObject({ status: 'published', commit: 1 });
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test('may have taken effect where it is never answered: the message says so, and what is staged stays', async () => {
    const folder = await newFolder();
    const url = await serve();
    const failed = runOn(disturbing(folder, noEffect, noEffect, noEffect), 24, url, { run: { runId: 'unclear' } });
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow(/may be committed/);
    expect(await stagings(folder)).toHaveLength(1);
    expect(await documentOf(new FolderStore(folder), 'unclear')).toMatchObject({ status: 'failed', code: 7 });
    const store = new FolderStore(folder);
    expect((await runOn(store, 24, url)).document.commit).toBe(1);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });

  test.each([
    ['the same', 24],
    ['another', 25],
  ])('may arrive after its run has failed: the next run, of %s day, finishes that commit', async (_, day) => {
    const folder = await newFolder();
    const url = await serve();
    const late: (() => Promise<unknown>)[] = [];
    const arriveLate = async (perform: () => Promise<unknown>) => {
      late.push(perform);
      return noEffect();
    };
    const failed = runOn(disturbing(folder, arriveLate, arriveLate, arriveLate), 24, url);
    await expect(failed).rejects.toThrow(/may be committed/);
    for (const perform of late) await perform();
    const store = new FolderStore(folder);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'interrupted', commits: 1 });
    expect((await runOn(store, day, url)).document.commit).toBe(2);
    expect(await verifyOn(store, day)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('may arrive after another run has committed: it changes nothing', async () => {
    const folder = await newFolder();
    const url = await serve();
    const late: (() => Promise<unknown>)[] = [];
    const arriveLate = async (perform: () => Promise<unknown>) => {
      late.push(perform);
      return noEffect();
    };
    const failed = runOn(disturbing(folder, arriveLate, arriveLate, arriveLate), 24, url);
    await expect(failed).rejects.toThrow(/may be committed/);
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const before = await readFile(join(folder, KEYS.commit(1)));
    for (const perform of late) await perform();
    expect(await readFile(join(folder, KEYS.commit(1)))).toEqual(before);
    expect(await answerOn(store, 24)).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [], commits: 1 });
  });

  test('that had no effect while another run of the day committed makes the run superseded', async () => {
    const folder = await newFolder();
    const url = await serve();
    const whileOtherCommits = async () => {
      await runOn(new FolderStore(folder), 24, url);
      return noEffect();
    };
    await expect(runOn(disturbing(folder, whileOtherCommits), 24, url)).rejects.toThrow(SupersededError);
    expect(await answerOn(new FolderStore(folder), 24)).toBe(2);
    expect(await stagings(folder)).toEqual([]);
  });

  test('where the commit cannot be read back, fails with "may be committed", and the run document tells the truth', async () => {
    const folder = await newFolder();
    const url = await serve();
    let fails = 1;
    const store = new DisturbedStore(folder, (call, key, perform) =>
      call === 'read' && key === KEYS.commit(1) && fails-- > 0 ? noEffect() : perform(),
    );
    await expect(runOn(store, 24, url, { run: { runId: 'unread' } })).rejects.toThrow(/may be committed/);
    expect(await documentOf(store, 'unread')).toMatchObject({ status: 'published', commit: 1, code: 0 });
    await runOn(new FolderStore(folder), 25, url);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
  });
});

describe('after the commit', () => {
  const saysCommitted = /commit 1 is committed, and the next run finishes it/;

  test.each([
    ['is lost', noEffect],
    ['loses its answer', lostAnswer],
  ])('a call that %s, at whichever object, fails with "is committed", and the next run finishes it', async (_, way) => {
    for (let nth = 1, objects = 1; nth <= objects; nth++) {
      const folder = await newFolder();
      const url = await serve();
      let calls = 0;
      const store = new DisturbedStore(folder, (call, key, perform) =>
        call === 'putInPlace' && !isRaw(key) && ++calls === nth ? way(perform) : perform(),
      );
      const failed = runOn(store, 24, url, { run: { runId: 'unfinished' } });
      await expect(failed).rejects.toThrow(StoreError);
      await expect(failed).rejects.toThrow(saysCommitted);
      objects = (await commitOf(store, 1)).objects.filter(({ staged }) => staged !== null).length;
      expect(await documentOf(store, 'unfinished')).toMatchObject({ status: 'published', commit: 1 });
      expect((await verifyOn(store, 24)).status).toBe(way === lostAnswer && nth === objects ? 'sound' : 'interrupted');
      expect((await runOn(new FolderStore(folder), 24 + (nth % 2), url)).document.commit).toBe(2);
      expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', findings: [] });
      await server?.close();
    }
  });

  test.each([
    ['the run document cannot be written', 'replace', 'runs/'],
    ['the manifest cannot be read back', 'read', 'manifests/'],
  ])('a failure says that the snapshot is committed also where %s', async (_, failing, where) => {
    const folder = await newFolder();
    const url = await serve();
    let committed = false;
    const store = new DisturbedStore(folder, async (call, key, perform) => {
      if (committed && call === failing && key.startsWith(where)) return noEffect();
      const result = await perform();
      committed ||= call === 'putInPlace' && key.startsWith('manifests/');
      return result;
    });
    const failed = runOn(store, 24, url);
    await expect(failed).rejects.toThrow(StoreError);
    await expect(failed).rejects.toThrow(/commit 1 is committed/);
    expect(await verifyOn(new FolderStore(folder), 24)).toMatchObject({ status: 'sound' });
  });
});

describe('finishing', () => {
  test('again and again changes nothing, and says nothing lost, also where users have expired since', async () => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const entry = await readCommit(store, 1);
    if (!entry) throw new Error('there is no commit');
    expect(await finish(store, entry)).toEqual({});
    for (const name of ['users', 'changes', 'groups']) await rm(join(folder, name), { recursive: true, force: true });
    expect(await finish(store, entry)).toEqual({});
    expect(await store.list('users/')).toEqual([]);
  });

  test('a commit that is replaced while we are at it says nothing lost and puts nothing back', async () => {
    const folder = await newFolder();
    const url = await serve();
    await dieAfterCommit(folder, 24, url);
    let replaced = false;
    const store = new DisturbedStore(folder, async (call, _, perform) => {
      if (call === 'putInPlace' && !replaced) {
        replaced = true;
        // The later run is at its own objects: it has finished this commit, and its manifest is still to come.
        await dieAfterCommit(folder, 24, url, 1);
      }
      return perform();
    });
    const entry = await readCommit(store, 1);
    if (!entry) throw new Error('there is no commit');
    expect(await finish(store, entry)).toEqual({});
    expect(await finishedOn(store, 24)).toBe(1);
    expect(await answerOn(store, 24)).toBe(2);
    await runOn(new FolderStore(folder), 25, url);
    expect(await verifyOn(new FolderStore(folder), 25)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('a commit that a later one of the day has replaced says nothing lost and puts nothing back', async () => {
    const url = await serve();
    const store = new FolderStore(await newFolder());
    for (let time = 0; time < 2; time++) await runOn(store, 24, url);
    await runOn(store, 25, url);
    const entry = await readCommit(store, 1);
    if (!entry) throw new Error('there is no commit');
    expect(await finish(store, entry)).toEqual({});
    expect(await answerOn(store, 24)).toBe(2);
  });

  test.each([
    ['claims a commit that does not exist', (text: string) => text.replace('"commit":1', '"commit":999')],
    ['claims a commit of another day', (text: string) => text.replace('"commit":1', '"commit":2')],
    ['is no JSON', () => 'x'],
  ])('is not kept off by a manifest in place that %s', async (_, edit) => {
    const folder = await newFolder();
    const url = await serve();
    const store = new FolderStore(folder);
    await runOn(store, 24, url);
    const manifest = join(folder, KEYS.manifest(dtOf(24)));
    await writeFile(manifest, edit(await readFile(manifest, 'utf8')));
    expect((await verifyOn(store, 24)).status).toBe('damaged');
    const { document, manifest: published } = await runOn(store, 24, url);
    expect(document.commit).toBe(2);
    expect(published?.commit).toBe(2);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', findings: [] });
  });
});
