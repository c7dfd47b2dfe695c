import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportRun } from '../../../../functions/request-snapshot/report-run.ts';
import { type RunId, windowRunId } from '../../../../functions/request-snapshot/run-id.ts';
import { type Invoke, startRun } from '../../../../functions/request-snapshot/start-run.ts';
import type { RunDocument } from '../../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import type { BucketStore } from '../../../../functions/snapshot/store/bucket/bucket-store.ts';
import {
  ended,
  idOf,
  NOW,
  newStore,
  PAST,
  publish,
  put,
  REQUESTED,
  RUN,
  RUNNING,
  stored,
} from '../../../support/run-documents.ts';
import type { S3Fault } from '../../../support/s3/double.ts';

/** An invocation that succeeds by default, and the runs that it was called for. */
function newInvoke(work: Invoke = async () => undefined) {
  const invoked: string[] = [];
  const invoke: Invoke = (runId) => {
    invoked.push(runId);
    return work(runId);
  };
  return { invoked, invoke };
}

const start = (store: BucketStore, invoke: Invoke) => startRun(store, RUN, invoke, () => NOW);
const NEW = { ...REQUESTED, expires_at: '2026-11-23T02:17:00.000Z' };
/** A run that failed so long ago that another may be started. */
const failedBefore = (status: 'failed' | 'refused', code: number) => ({
  ...ended(status, code),
  ended_at: '2026-11-23T02:15:00.000Z',
});
/** The end of a run that was killed, or never began, so long ago that another may be started. */
const OVER = '2026-11-23T02:15:00.000Z';
const THROTTLED = 'the function that takes snapshots could not be invoked: TooManyRequestsException (HTTP 429)';

describe('a request for a run', () => {
  test('starts it if it is the first, and records it as requested for one minute', async () => {
    const { store } = await newStore();
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toEqual({ outcome: 'started', document: NEW });
    expect(await stored(store)).toEqual(NEW);
    expect(invoked).toEqual([RUN.text]);
  });

  test.each([
    ['was requested', REQUESTED],
    ['is in progress', RUNNING],
    ['was superseded', ended('superseded', 8)],
  ])('shares a run that %s, and writes nothing', async (_, document) => {
    const { store, double } = await newStore();
    await put(store, document);
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toEqual({ outcome: 'shared', document });
    expect(invoked).toEqual([]);
    expect(double.calls.filter(({ operation }) => operation === 'PutObject')).toHaveLength(1);
  });

  test('shares a run that was published', async () => {
    const { store } = await newStore();
    const document = await publish(store, '2026-11-23T02:15:10.000Z');
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toEqual({ outcome: 'shared', document });
    expect(invoked).toEqual([]);
  });

  test.each([
    ['failed', ended('failed', 4)],
    ['is running past its time', { ...RUNNING, expires_at: PAST }],
    ['was requested and never started', { ...REQUESTED, expires_at: PAST }],
    ['is damaged', { anything: 'else' }],
  ])('shares a run that was published even if its document says that it %s', async (_, document) => {
    const { store } = await newStore();
    await publish(store, '2026-11-23T02:15:10.000Z');
    await put(store, document);
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toMatchObject({
      outcome: 'shared',
      document: { status: 'published', code: 0, message: null, commit: 1, dt: '2026-11-23' },
    });
    expect(invoked).toEqual([]);
  });

  test.each([
    ['failed a minute ago', failedBefore('failed', 4)],
    ['was refused a minute ago', failedBefore('refused', 6)],
    ['was killed a minute ago', { ...RUNNING, expires_at: OVER }],
    ['never started, as of a minute ago', { ...REQUESTED, expires_at: OVER }],
    ['has an invalid time', { ...RUNNING, expires_at: 'soon' }],
    ['has a damaged document', { anything: 'else' }],
    [
      'was published by a commit that has disappeared',
      { ...ended('published', 0), ended_at: OVER, commit: 7, commit_sha256: 'x' },
    ],
  ])('starts a run that %s again under the same id', async (_, document) => {
    const { store } = await newStore();
    await put(store, document);
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toEqual({ outcome: 'started', document: NEW });
    expect(await stored(store)).toEqual(NEW);
    expect(invoked).toEqual([RUN.text]);
  });
});

describe('a request within a minute of the end of a run', () => {
  const SOON = '2026-11-23T02:15:10.500Z';
  const PREVIOUS = idOf('20261123T021000Z-api');
  test.each<[string, RunId, RunDocument, number, Date?]>([
    ['failed', RUN, { ...ended('failed', 4), ended_at: SOON }, 11],
    ['was refused', RUN, { ...ended('refused', 6), ended_at: SOON }, 11],
    ['was due in the five minutes before and failed', PREVIOUS, { ...ended('failed', 4), ended_at: SOON }, 11],
    [
      'was due in the hour before and failed',
      idOf('20261123T014500Z-api'),
      { ...ended('failed', 7), ended_at: SOON },
      11,
    ],
    [
      'the schedule started and failed',
      idOf('20261123T021500Z-schedule'),
      { ...ended('failed', 3), ended_at: SOON },
      11,
    ],
    [
      'an operator started and was refused',
      idOf('20261123T021400Z-0a1b2c3d'),
      { ...ended('refused', 6), ended_at: SOON },
      11,
    ],
    [
      'was scheduled hours ago, delivered late and failed',
      idOf('20261122T230000Z-schedule'),
      { ...ended('failed', 4), ended_at: SOON },
      11,
    ],
    [
      'was scheduled the day before, delivered again and failed',
      idOf('20261122T021500Z-schedule'),
      { ...ended('failed', 4), ended_at: SOON },
      11,
    ],
    [
      'was due tomorrow, by a clock that is ahead, and failed',
      idOf('20261123T000000Z-api'),
      { ...ended('failed', 4), ended_at: '2026-11-22T23:59:55.000Z' },
      60,
      new Date('2026-11-22T23:59:50.000Z'),
    ],
    ['failed at this very moment', RUN, { ...ended('failed', 4), ended_at: NOW.toISOString() }, 60],
    ['failed by a clock that is ahead', RUN, { ...ended('failed', 4), ended_at: '2026-11-23T02:16:20.000Z' }, 60],
    ['failed almost a minute ago', RUN, { ...ended('failed', 4), ended_at: '2026-11-23T02:15:00.001Z' }, 1],
  ])('that %s starts nothing and says how long to wait', async (done, run, fields, seconds, at = NOW) => {
    const { store, double } = await newStore();
    const document = { ...fields, run_id: run.text };
    await put(store, document, run);
    const { invoke, invoked } = newInvoke();
    expect(await startRun(store, RUN, invoke, () => at)).toEqual({ outcome: 'too soon', document, seconds });
    expect(invoked).toEqual([]);
    expect(double.calls.filter(({ operation }) => operation === 'PutObject')).toHaveLength(1);
    expect(done).not.toBe('');
  });

  test.each<[string, RunDocument, number]>([
    ['was killed 20 seconds ago', { ...RUNNING, expires_at: '2026-11-23T02:15:40.000Z' }, 40],
    ['was killed just now', { ...RUNNING, expires_at: NOW.toISOString() }, 60],
    ['never started, as of a moment ago', { ...REQUESTED, expires_at: PAST }, 60],
    [
      'was published by a commit that has disappeared',
      { ...ended('published', 0), ended_at: SOON, commit: 7, commit_sha256: 'x' },
      11,
    ],
  ])('that %s starts nothing and returns the report of that run', async (done, document, seconds) => {
    const { store } = await newStore();
    await put(store, document);
    const { invoke, invoked } = newInvoke();
    const reported = await reportRun(store, RUN, NOW);
    expect(reported).toMatchObject({ status: 'failed' });
    expect(await start(store, invoke)).toEqual({ outcome: 'too soon', document: reported, seconds });
    expect(invoked).toEqual([]);
    expect(done).not.toBe('');
  });

  test('that failed finds it among hundreds of runs of two days, reading a few documents at a time', async () => {
    const { store, double } = await newStore();
    const times = Array.from({ length: 300 }, (_, n) => new Date(NOW.getTime() - 60_000 - n * 300_000));
    const runs = times.map((time) => windowRunId(time));
    for (const run of runs) await put(store, { ...failedBefore('failed', 4), run_id: run.text }, run);
    const last = runs[runs.length - 1] ?? RUN; // over a day old
    await put(store, { ...ended('failed', 4), run_id: last.text, ended_at: SOON }, last);
    expect(await start(store, newInvoke().invoke)).toMatchObject({
      outcome: 'too soon',
      document: { run_id: last.text },
    });
    const reads = double.calls.filter(({ operation }) => operation === 'GetObject');
    expect(reads.length).toBeLessThan(310);
    expect(double.calls.filter(({ operation }) => operation === 'ListObjectsV2').length).toBeLessThan(6);
  });

  test('that failed waits for the later of two recent failures', async () => {
    const { store } = await newStore();
    await put(store, { ...ended('failed', 4), run_id: PREVIOUS.text, ended_at: '2026-11-23T02:15:59.000Z' }, PREVIOUS);
    await put(store, { ...ended('failed', 4), ended_at: SOON });
    expect(await start(store, newInvoke().invoke)).toMatchObject({ seconds: 59, document: { run_id: PREVIOUS.text } });
  });

  test.each([
    ['a garbage document next to it', 'runs/20261123T021400Z-api.json', 'garbage'],
    [
      'a key that is not a run',
      'runs/20261123T021400Z-api.json.bak',
      JSON.stringify({ ...ended('failed', 4), ended_at: SOON }),
    ],
    [
      'a failure of the day before',
      'runs/20261122T021500Z-api.json',
      JSON.stringify({ ...ended('failed', 4), ended_at: '2026-11-22T02:15:10.000Z' }),
    ],
  ])('is not held up by %s', async (_, key, text) => {
    const { store } = await newStore();
    await store.replace(key, Buffer.from(text));
    expect(await start(store, newInvoke().invoke)).toMatchObject({ outcome: 'started' });
  });
});

describe('twelve simultaneous requests', () => {
  test.each([
    ['for a new run', undefined],
    ['for a run that failed', failedBefore('failed', 4)],
    ['for a run that was killed', { ...RUNNING, expires_at: OVER }],
  ])('%s start it once, and all share it', async (_, document) => {
    const all = Promise.withResolvers<undefined>();
    const { store } = await newStore({
      // No request writes before all have read.
      fault: ({ operation, key, n }) => {
        if (operation !== 'GetObject' || !key.includes('runs/') || n > 12) return undefined;
        if (n === 12) all.resolve(undefined);
        return all.promise;
      },
    });
    if (document) await put(store, document);
    const { invoke, invoked } = newInvoke();
    const asked = await Promise.all(Array.from({ length: 12 }, () => start(store, invoke)));
    expect(asked.filter(({ outcome }) => outcome === 'started')).toHaveLength(1);
    expect(asked.filter(({ outcome }) => outcome === 'shared')).toHaveLength(11);
    for (const one of asked) expect(one.document).toEqual(NEW);
    expect(invoked).toEqual([RUN.text]);
  });
});

test('of any number of simultaneous requests, in any order and with any losses, at most one starts the run', async () => {
  const before = fc.constantFrom(
    undefined,
    failedBefore('failed', 4),
    { ...REQUESTED, expires_at: OVER },
    { anything: 'else' },
  );
  const fate = fc.constantFrom<S3Fault | undefined>(undefined, undefined, undefined, 'answer lost', 'call lost');
  const delays = fc.array(fc.nat(5), { minLength: 20, maxLength: 20 });
  const fates = fc.array(fate, { minLength: 20, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 5 }), before, delays, fates, async (callers, document, waits, lost) => {
      let calls = 0;
      const { double, store } = await newStore({
        fault: async () => {
          const n = calls++;
          for (let turn = 0; turn < (waits[n % 20] ?? 0); turn++) await new Promise(setImmediate);
          return n === 0 ? undefined : lost[n % 20];
        },
      });
      await put(store, document ?? REQUESTED);
      if (!document) double.objects.clear();
      const { invoke, invoked } = newInvoke();
      const all = await Promise.allSettled(Array.from({ length: callers }, () => start(store, invoke)));
      const asked = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const failed = all.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      for (const error of failed) expect(error).toBeInstanceOf(StoreError);
      expect(asked.filter(({ outcome }) => outcome === 'started')).toHaveLength(invoked.length);
      expect(invoked.length).toBeLessThanOrEqual(1);
      if (failed.length === 0) expect(invoked).toEqual([RUN.text]);
      for (const one of asked) expect(one.document).toEqual(NEW);
    }),
    { numRuns: 15 },
  );
});

describe('an invocation that fails', () => {
  test('marks the run as failed, and the next request starts it again at once, because no run began', async () => {
    const { store } = await newStore();
    const { invoke } = newInvoke(async () => THROTTLED);
    const failed = { ...NEW, status: 'failed', ended_at: NOW.toISOString(), message: THROTTLED };
    expect(await start(store, invoke)).toEqual({ outcome: 'not started', document: failed });
    expect(await stored(store)).toEqual(failed);
    expect(await start(store, newInvoke().invoke)).toEqual({ outcome: 'started', document: NEW });
  });

  test("but started the run anyway leaves the run's own document unchanged", async () => {
    const { store } = await newStore();
    const { invoke } = newInvoke(async () => {
      await put(store, RUNNING);
      return THROTTLED;
    });
    expect(await start(store, invoke)).toEqual({ outcome: 'started', document: NEW });
    expect(await stored(store)).toEqual(RUNNING);
  });

  test('with a store that fails too is reported, and the run counts as never started', async () => {
    const { store, double } = await newStore();
    const { invoke } = newInvoke(async () => {
      double.deny.add('s3:PutObject');
      return THROTTLED;
    });
    expect(await start(store, invoke)).toMatchObject({ outcome: 'not started', document: { message: THROTTLED } });
    expect(await stored(store)).toEqual(NEW);
  });
});

describe('a store', () => {
  test.each(['PutObject', 'GetObject'] as const)('that loses one response to %s gets the call again', async (lost) => {
    const { store } = await newStore({
      fault: ({ operation, n }) => (operation === lost && n === 1 ? 'answer lost' : undefined),
    });
    const { invoke, invoked } = newInvoke();
    expect(await start(store, invoke)).toEqual({ outcome: 'started', document: NEW });
    expect(invoked).toEqual([RUN.text]);
  });

  test('that cannot be written starts nothing', async () => {
    const { store, double } = await newStore();
    double.deny.add('s3:PutObject');
    const { invoke, invoked } = newInvoke();
    await expect(start(store, invoke)).rejects.toThrow(StoreError);
    expect(invoked).toEqual([]);
  });

  test('in which another write always comes first fails the request', async () => {
    const { store } = await newStore({
      fault: ({ operation }) => (operation === 'PutObject' ? { status: 412, code: 'PreconditionFailed' } : undefined),
    });
    const { invoke, invoked } = newInvoke();
    const error = await start(store, invoke).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toHaveProperty('message', expect.stringContaining(KEYS.run(RUN.text)));
    expect(invoked).toEqual([]);
  });
});
