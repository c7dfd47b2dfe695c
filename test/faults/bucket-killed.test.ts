import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Commit } from '../../functions/snapshot/commits/commit.ts';
import { commitNumbers, readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { isFinished } from '../../functions/snapshot/commits/finish.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { numberedGroups, numberedUsers } from '../support/anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from '../support/anodot/server.ts';
import { dtOf, noon, runAt } from '../support/clock.ts';
import { serveS3 } from '../support/s3/double.ts';
import { newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../support/s3/place.ts';
import { type Death, DyingStore, dyingInFinish, Killed, watched } from '../support/store-doubles.ts';
import { hashesOf } from '../support/stored-commits.ts';
import { newExecution, type Taken, take } from '../support/take.ts';

const TODAY = 24;
const LONG = 1_800_000;
const EVENT = 'event-1';
const DEATHS: readonly Required<Death>[] = [
  { moment: 'before', arrival: 'first call first' },
  { moment: 'after', arrival: 'first call first' },
  { moment: 'before', arrival: 'last call first' },
];

/** Where stores are created. */
interface Bucket {
  readonly name: string;
  /** Calls `work` with a bucket that exists until it is done. */
  readonly using: <T>(work: (place: S3Place) => Promise<T>) => Promise<T>;
}

/** Alternates between responding to a repeated completion as AWS does and as MinIO does. */
let doubles = 0;
const DOUBLE: Bucket = {
  name: 'the double',
  using: async (work) => {
    const double = await serveS3({ replay: doubles++ % 2 === 0 ? 'same' : 'gone' });
    try {
      return await work(double);
    } finally {
      await double.close();
    }
  },
};

function serverAt(endpoint: string): Bucket {
  const bucket = newBucket(endpoint);
  return { name: 'a real server', using: async (work) => work(await bucket) };
}

const BUCKETS: readonly Bucket[] = [DOUBLE, ...(S3_ENDPOINT ? [serverAt(S3_ENDPOINT)] : [])];

/** What a run may find: nothing, a snapshot, or one that is committed but not all in place. */
const PRIORS = ['nothing', 'the day', 'the day before', 'the day, interrupted', 'the day before, interrupted'] as const;
type Prior = (typeof PRIORS)[number];

let account: AnodotServer;
beforeAll(async () => {
  account = await serveAnodot({ users: numberedUsers, groups: numberedGroups });
});
afterAll(() => account.close());

const runOn = (store: Store, day: number, runId?: string): Promise<Taken> =>
  take({
    url: account.url,
    store,
    run: { ...runAt(noon(day)), ...(runId !== undefined && { runId }) },
  });

async function prepare(store: Store, prior: Prior): Promise<void> {
  if (prior === 'nothing') return;
  const day = prior.startsWith('the day before') ? TODAY - 1 : TODAY;
  if (!prior.endsWith('interrupted')) {
    await runOn(store, day);
    return;
  }
  await expect(runOn(dyingInFinish(store, 1), day)).rejects.toThrow(Killed);
  expect((await verify(store, { today: dtOf(TODAY) })).status).toBe('interrupted');
}

async function newestCommit(store: Store): Promise<Commit | undefined> {
  const number = (await commitNumbers(store)).at(-1);
  return number === undefined ? undefined : (await readCommit(store, number))?.commit;
}

const commitCount = async (store: Store): Promise<number> => (await commitNumbers(store)).length;

/** The store is sound. A day may be missing, if its run died before the commit and the next run was of the next day. */
async function expectSound(store: Store, day: number): Promise<void> {
  const verification = await verify(store, { today: dtOf(day) });
  expect(verification).toMatchObject({ status: 'sound', findings: [] });
}

type Phase = 'before the commit' | 'between' | 'after';

/** Returns how far a run got before it died. Only committed objects are in place, and `verify` reports the state correctly. */
async function expectIntact(store: Store, commitsBefore: number): Promise<Phase> {
  const newest = await newestCommit(store);
  const committed = newest !== undefined && newest.commit > commitsBefore;
  const isComplete = newest !== undefined && (await isFinished(store, newest));
  const { status, findings } = await verify(store, { today: dtOf(TODAY) });
  const levels = findings.map(({ level }) => level);
  expect(levels).not.toContain('damaged');
  expect(status).toBe(newest === undefined ? 'nothing' : isComplete ? 'sound' : 'interrupted');
  const commits = await Promise.all((await commitNumbers(store)).map((number) => readCommit(store, number)));
  const named = new Set(
    commits.flatMap((entry) => entry?.commit?.objects.map(({ key, sha256 }) => `${key} ${sha256}`)),
  );
  for (const [key, sha256] of await hashesOf(store)) expect(named).toContain(`${key} ${sha256}`);
  if (!committed) return 'before the commit';
  return isComplete ? 'after' : 'between';
}

/** Starts a run that dies at its n-th call. Returns whether it got that far. */
async function dieAt(n: number, death: Death, store: Store, runId?: string): Promise<boolean> {
  const dying = new DyingStore(store, n, death);
  const outcome = await runOn(dying.store, TODAY, runId).catch((error: unknown) => error);
  if (dying.isDead) expect(outcome).toBeInstanceOf(Killed);
  else expect(outcome).toMatchObject({ document: { status: 'published' } });
  await dying.settled();
  return dying.isDead;
}

/**
 * Calls `work` for each call of a run, each time with a new store, until the run has no more calls. Each kind of prior state has its own
 * lane, since their runs differ in the number of calls; `turn` shifts the lanes. Returns how many calls were tried.
 */
async function atEachCall(
  { using }: Bucket,
  turn: number,
  work: (n: number, store: Store, prior: Prior) => Promise<boolean>,
): Promise<number> {
  const lanes = PRIORS.map(async (_, lane) => {
    const prior = PRIORS[(lane + turn) % PRIORS.length] ?? 'nothing';
    let reached = true;
    let positions = 0;
    for (let i = lane; reached; i += PRIORS.length) {
      reached = await using(async (place) => {
        const store = storeAt(place, newExecution());
        await prepare(store, prior);
        return work(1 + i, store, prior);
      });
      if (reached) positions++;
    }
    return positions;
  });
  return (await Promise.all(lanes)).reduce((sum, positions) => sum + positions, 0);
}

describe.each(BUCKETS)('in a bucket on $name', (bucket) => {
  test.each(DEATHS)(
    'a run that dies right $moment a call takes effect damages nothing, and a run of the same or the next day converges (the $arrival)',
    async (death) => {
      const counts = { 'before the commit': 0, between: 0, after: 0 };
      const positions = await atEachCall(bucket, DEATHS.indexOf(death), async (n, store, prior) => {
        const commitsBefore = await commitCount(store);
        const before = await hashesOf(store);
        const reached = await dieAt(n, death, store);
        const phase = await expectIntact(store, commitsBefore);
        if (reached) counts[phase]++;
        else expect(phase).toBe('after');
        // The dead run has promoted nothing, but it may have finished an interrupted commit.
        if (phase === 'before the commit' && !prior.endsWith('interrupted'))
          expect(await hashesOf(store)).toEqual(before);
        // The next run is alternately of the same day and of the next.
        const day = TODAY + (n % 2);
        const { document } = await runOn(store, day);
        expect(document.status).toBe('published');
        expect(await commitCount(store)).toBe(commitsBefore + (phase === 'before the commit' ? 1 : 2));
        await expectSound(store, day);
        return reached;
      });
      console.info(`${bucket.name}: died ${death.moment} the effect of ${positions} calls: ${JSON.stringify(counts)}`);
      expect(counts['before the commit']).toBeGreaterThan(0);
      expect(counts.between).toBeGreaterThan(0);
    },
    LONG,
  );

  test(
    'an event redelivered after its run died at any call creates one commit',
    async () => {
      const positions = await atEachCall(bucket, 0, async (n, store) => {
        const commitsBefore = await commitCount(store);
        const reached = await dieAt(n, { moment: 'after' }, store, EVENT);
        const { document } = await runOn(store, TODAY, EVENT);
        expect(document).toMatchObject({ run_id: EVENT, status: 'published', commit: commitsBefore + 1 });
        expect(await commitCount(store)).toBe(commitsBefore + 1);
        await expectSound(store, TODAY);
        return reached;
      });
      console.info(`${bucket.name}: delivered again after a death at ${positions} calls`);
      expect(positions).toBeGreaterThan(0);
    },
    LONG,
  );

  test(
    'an event redelivered during any call of its run creates one commit, and both deliveries return it',
    async () => {
      const positions = await atEachCall(bucket, 0, async (n, store) => {
        const commitsBefore = await commitCount(store);
        let calls = 0;
        let other: Promise<Taken> | undefined;
        const slow = watched(store, async (_, perform) => {
          // Alternately, the other run completes within one call of this one, and runs alongside it.
          if (++calls === n) other = runOn(store, TODAY, EVENT);
          if (calls === n && n % 2 === 0) await other;
          return perform();
        });
        const first = await runOn(slow, TODAY, EVENT);
        const second = await (other ?? first);
        for (const { document } of [first, second])
          expect(document).toMatchObject({ run_id: EVENT, status: 'published', commit: commitsBefore + 1 });
        expect(await commitCount(store)).toBe(commitsBefore + 1);
        await expectSound(store, TODAY);
        return other !== undefined;
      });
      console.info(`${bucket.name}: delivered again during ${positions} calls`);
      expect(positions).toBeGreaterThan(0);
    },
    LONG,
  );
});
