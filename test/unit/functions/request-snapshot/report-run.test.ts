import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commitOf } from '../../../../functions/request-snapshot/known-run.ts';
import { reportRun } from '../../../../functions/request-snapshot/report-run.ts';
import { documentBytes } from '../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../functions/snapshot/store/store.ts';
import {
  ended,
  FUTURE,
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
import { newFolder } from '../../../support/take.ts';

const report = (store: Store, run = RUN) => reportRun(store, run, NOW);
const OTHER = idOf('20261123T021600Z-0a1b2c3d');

describe('the report of a run', () => {
  test('is missing if it was never requested', async () => {
    const { store } = await newStore();
    await put(store, REQUESTED, OTHER);
    expect(await report(store)).toBeUndefined();
  });

  test.each([
    ['was requested', REQUESTED],
    ['is in progress', RUNNING],
    ['was refused', { ...ended('refused', 6), raw_key: 'raw/dt=2026-11-23/x.json.gz' }],
    ['failed', ended('failed', 4)],
    ['failed long ago', { ...ended('failed', 4), expires_at: PAST }],
    ['was superseded', ended('superseded', 8)],
  ])('is its document if it %s', async (_, document) => {
    const { store } = await newStore();
    await publish(store, '2026-11-23T02:14:00.000Z', OTHER);
    await put(store, document);
    expect(await report(store)).toEqual(document);
  });

  test('is its document and manifest if it was published, and nothing is written', async () => {
    const { store, double } = await newStore();
    const document = await publish(store, '2026-11-23T02:15:10.000Z');
    const writes = double.calls.filter(({ operation }) => !/^Get|^List/.test(operation)).length;
    const manifest = JSON.parse(String(await store.read(KEYS.manifest('2026-11-23'))));
    expect(await report(store)).toEqual({ ...document, manifest });
    expect(manifest).toMatchObject({ run_id: RUN.text, commit: 1, user_count: 1 });
    expect(double.calls.filter(({ operation }) => !/^Get|^List/.test(operation))).toHaveLength(writes);
  });

  test('has no manifest if another run has published the day again', async () => {
    const { store } = await newStore();
    const document = await publish(store, '2026-11-23T02:15:10.000Z');
    await publish(store, '2026-11-23T02:17:00.000Z', OTHER);
    expect(await report(store)).toEqual(document);
  });

  test.each([
    ['is requested', REQUESTED],
    ['is running', RUNNING],
    ['is running past its time', { ...RUNNING, expires_at: PAST }],
    ['failed', ended('failed', 7)],
    ['was superseded', ended('superseded', 8)],
    ['was published by a commit that is not its own', { ...ended('published', 0), commit: 2, commit_sha256: 'x' }],
    ['is unreadable', 'damaged'],
  ])('says published if it has a commit, even if its document says that it %s', async (_, document) => {
    const { store } = await newStore();
    const { commit_sha256 } = await publish(store, '2026-11-23T02:15:10.000Z');
    await store.replace(KEYS.run(RUN.text), Buffer.from(JSON.stringify(document)));
    expect(await report(store)).toMatchObject({
      run_id: RUN.text,
      dt: '2026-11-23',
      trigger: 'api',
      status: 'published',
      code: 0,
      message: null,
      commit: 1,
      commit_sha256,
      ended_at: expect.stringMatching(/^2026-11-23T02:15:10/),
      manifest: { commit: 1, run_id: RUN.text },
    });
  });

  test.each([
    ['was killed', { ...RUNNING, expires_at: PAST }, 'it was killed'],
    ['never started', { ...REQUESTED, expires_at: PAST }, 'its invocation never arrived'],
    ['has lost its commit', { ...ended('published', 0), commit: 7, commit_sha256: 'x' }, 'its commit is damaged or'],
    ['is damaged', { run_id: 5 }, 'its run document is damaged'],
  ])('says so if it %s, so that no caller waits forever', async (_, document, message) => {
    const { store } = await newStore();
    await put(store, document);
    const told = await report(store);
    expect(told).toMatchObject({ run_id: RUN.text, status: 'failed', code: null });
    expect(told?.message).toContain(message);
    expect(told).not.toHaveProperty('commit');
    expect(JSON.parse(String(await store.read(KEYS.run(RUN.text))))).toEqual(document);
  });

  test("does not say published if its document names another run's commit", async () => {
    const { store } = await newStore();
    const { commit_sha256 } = await publish(store, '2026-11-23T02:15:05.000Z', OTHER);
    await put(store, { ...ended('published', 0), commit: 1, commit_sha256 });
    expect(await report(store)).toMatchObject({ run_id: RUN.text, status: 'failed', code: null });
  });

  test('covers runs of every trigger', async () => {
    const { store } = await newStore();
    for (const text of ['20261123T021500Z-schedule', OTHER.text]) {
      await put(store, { ...RUNNING, run_id: text, trigger: 'schedule' }, idOf(text));
      expect(await report(store, idOf(text))).toMatchObject({ run_id: text, status: 'running' });
      expect((await stored(store, idOf(text))).expires_at).toBe(FUTURE);
    }
  });
});

const MINUTE = 60_000;
const at = (minutes: number) => new Date(RUN.time.getTime() + minutes * MINUTE).toISOString();
const commit = (number: number, minutes: number, runId: string) => ({
  schema_version: 1,
  commit: number,
  previous_commit_sha256: null,
  committed_at: at(minutes),
  dt: at(minutes).slice(0, 10),
  run_id: runId,
  execution: '0a1b2c3d',
  scheduled_at: null,
  objects: [
    { kind: 'manifest', key: KEYS.manifest(at(minutes).slice(0, 10)), bytes: 0, sha256: '0'.repeat(64), staged: null },
  ],
});

describe('the commit of a run', () => {
  test.each([
    ['a day', 1440, 16],
    ['five minutes', 5, 40],
  ])('from long ago is found in a few reads if there is a commit every %s', async (_, minutes, reads) => {
    const { store, double } = await newStore();
    for (let n = 1; n <= 1200; n++) {
      const made = commit(n, (n - 200) * minutes + 1, n === 200 ? RUN.text : `other-${n}`);
      double.objects.set(`p/${KEYS.commit(n)}`, {
        bytes: documentBytes(made),
        metadata: {},
        etag: '"x"',
        checksum: undefined,
      });
    }
    const failed = ended('failed', 7);
    const readCount = () => double.calls.filter(({ operation }) => operation === 'GetObject').length;
    expect(await commitOf(store, RUN, failed)).toMatchObject({ number: 200 });
    expect(readCount()).toBeLessThan(reads);
    expect(await commitOf(store, idOf('20261123T021500Z-schedule'), failed)).toBeUndefined();
    expect(readCount()).toBeLessThan(2 * reads);
  });

  test('is found among any others, damaged ones included, even if clocks differ by a quarter of an hour', async () => {
    const folder = await newFolder();
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const others = fc.array(
      fc.record({ gap: fc.nat(600), skew: fc.integer({ min: -7, max: 7 }), damaged: fc.boolean() }),
      {
        maxLength: 40,
      },
    );
    let n = 0;
    const made = fc.record({ others, own: fc.option(fc.nat(40)), delay: fc.nat(14) });
    await fc.assert(
      fc.asyncProperty(made, async ({ others: all, own, delay }) => {
        const store = new FolderStore(`${folder}/${++n}`);
        // The run's own commit comes some minutes after its id. The others are at random times before and after it.
        const place = own === null ? all.length : Math.min(own, all.length);
        const times = all.map((_, i) => all.slice(0, i + 1).reduce((sum, { gap }) => sum + gap, 0));
        const start = place === 0 ? 0 : (times[place - 1] ?? 0);
        let number = 0;
        const create = (minutes: number, runId: string, damaged: boolean) => {
          number++;
          const bytes = damaged ? Buffer.from('damaged') : documentBytes(commit(number, minutes, runId));
          return store.create(KEYS.commit(number), bytes);
        };
        for (const [i, { skew, damaged }] of all.entries()) {
          if (i === place && own !== null) await create(delay, RUN.text, false);
          await create((times[i] ?? 0) - start + (i < place ? -1 : 15) + skew, `other-${i}`, damaged);
        }
        if (own !== null && place === all.length) await create(delay, RUN.text, false);
        const document = { ...ended('failed', 7), ended_at: at(15) };
        const found = await commitOf(store, RUN, document);
        expect(found?.commit?.run_id).toBe(own === null ? undefined : RUN.text);
      }),
      { numRuns: 30 },
    );
  });
});
