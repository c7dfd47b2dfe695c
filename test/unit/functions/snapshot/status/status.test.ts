import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import type { RunDocument } from '../../../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import type { DayStatus } from '../../../../../functions/snapshot/status/day-status.ts';
import { readStatus, type StoreStatus } from '../../../../../functions/snapshot/status/status.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf, noon } from '../../../../support/clock.ts';
import { copyOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { isRaw, watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

const stores = useFourCommits();

const statusOn = (folder: string, day: number, since?: string): Promise<StoreStatus> =>
  readStatus(new FolderStore(folder), {
    now: noon(day),
    latest: dtOf(day),
    ...(since !== undefined && { since }),
  });

const dayIn = ({ days }: StoreStatus, day: number): DayStatus | undefined => days.find(({ dt }) => dt === dtOf(day));
const states = ({ days }: StoreStatus) => days.map(({ dt, state }) => `${dt.slice(-2)} ${state}`);

/** A run at 18:00 on a day, after the snapshots of noon. */
const run = (day: number, status: RunDocument['status'], more: Partial<RunDocument> = {}): RunDocument => ({
  run_id: `202002${day}T180000Z-0123abcd`,
  dt: dtOf(day),
  trigger: 'local',
  started_at: `${dtOf(day)}T18:00:00.000Z`,
  expires_at: `${dtOf(day)}T18:15:00.000Z`,
  ended_at: null,
  status,
  code: null,
  message: null,
  raw_key: null,
  ...more,
});
const record = (folder: string, document: RunDocument): Promise<void> =>
  write(folder, KEYS.run(document.run_id), documentBytes(document));
const refused = (day: number) => run(day, 'refused', { code: 6, message: 'the gate refused it' });

describe('the status of a store', () => {
  test('has the figures of each day from its manifest, and the newest commit', async () => {
    const { four } = stores();
    const status = await statusOn(four, 26);
    expect(states(status)).toEqual(['24 published', '25 published', '26 published']);
    expect(status.days[1]).toEqual({
      ...{ dt: dtOf(25), state: 'published', users: 3, administrators: 0, joined: 0, left: 0 },
      ...{ commit: 3, runs: 2, code: null, message: null },
    });
    expect(status.days[0]).toMatchObject({ joined: null, left: null });
    const { newest_commit, newest_commit_sha256 } = await verified(four);
    expect(status).toMatchObject({
      newest_commit,
      newest_commit_sha256,
      missing_days: [],
      refused_days: [],
      findings: [],
    });
  });

  test('reads no object that holds a user, and no commit except the newest', async () => {
    const read: string[] = [];
    const store = watched(new FolderStore(stores().four), (call, perform, key) => {
      if (call === 'read' || call === 'open') read.push(key);
      return perform();
    });
    await readStatus(store, { now: noon(26), latest: dtOf(26) });
    expect(read.filter((key) => !/^(manifests|runs)\//.test(key))).toEqual([KEYS.commit(4)]);
  });

  test('names missing days up to yesterday, as verify does', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await runOn(folder, 27);
    const status = await statusOn(folder, 29);
    expect(states(status)).toEqual(['24 published', '25 published', '26 missing', '27 published', '28 missing']);
    expect(status.missing_days).toEqual((await verified(folder, { today: dtOf(29) })).missing_days);
    expect(states(await statusOn(folder, 29, dtOf(28)))).toEqual(['28 missing']);
  });

  test('is empty without a snapshot, and names runs that failed before the first one', async () => {
    const folder = await newFolder();
    expect(await statusOn(folder, 26)).toMatchObject({
      days: [],
      snapshot_days: [],
      newest_commit: null,
      first_day: null,
    });
    await record(folder, run(20, 'failed', { code: 3, message: 'no token' }));
    const status = await statusOn(folder, 26);
    expect(status).toMatchObject({ snapshot_days: [], missing_days: [] });
    expect(status.days).toMatchObject([{ dt: dtOf(20), state: 'failed', code: 3, message: 'no token', runs: 1 }]);
  });
});

describe('a day without a snapshot', () => {
  test.each<[string, RunDocument[], Partial<DayStatus>]>([
    ['refused, with code and reason', [refused(26)], { state: 'refused', code: 6, message: 'the gate refused it' }],
    [
      'failed, with code and reason',
      [run(26, 'failed', { code: 4, message: 'timeout' })],
      { state: 'failed', code: 4, message: 'timeout' },
    ],
    [
      'refused even if a later run failed, as in verify',
      [
        refused(26),
        run(26, 'failed', {
          run_id: '20200226T190000Z-0123abcd',
          started_at: `${dtOf(26)}T19:00:00.000Z`,
          code: 4,
          message: 'timeout',
        }),
      ],
      { state: 'refused', code: 6, runs: 2 },
    ],
    [
      'failed if its run was killed',
      [run(26, 'running')],
      { state: 'failed', code: null, message: expect.stringContaining('it was killed') },
    ],
    [
      'running until the run expires',
      [run(26, 'running', { expires_at: `${dtOf(28)}T12:00:00.001Z` })],
      { state: 'running', code: null },
    ],
    [
      'missing if another day’s run superseded it',
      [run(26, 'superseded', { code: 8, message: 'superseded' })],
      { state: 'missing', code: 8 },
    ],
  ])('is %s', async (_, documents, expected) => {
    const folder = await copyOf(stores().three);
    for (const document of documents) await record(folder, document);
    const day = dayIn(await statusOn(folder, 28), 26);
    expect(day).toMatchObject({
      users: null,
      administrators: null,
      joined: null,
      left: null,
      commit: null,
      ...expected,
    });
  });

  test('is not missing today, and is named today if its run failed', async () => {
    const folder = await copyOf(stores().three);
    expect(dayIn(await statusOn(folder, 26), 26)).toBeUndefined();
    await record(folder, refused(26));
    const status = await statusOn(folder, 26);
    expect(dayIn(status, 26)).toMatchObject({ state: 'refused' });
    expect(status).toMatchObject({ missing_days: [], refused_days: [dtOf(26)] });
  });
});

describe('a day with a snapshot', () => {
  test.each<[string, RunDocument, Partial<DayStatus>]>([
    ['was refused', refused(26), { code: 6, message: 'a later run was refused: the gate refused it' }],
    ['failed', run(26, 'failed', { code: 4, message: 'timeout' }), { code: 4, message: 'a later run failed: timeout' }],
    ['was killed', run(26, 'running'), { code: null, message: 'a later run started and never ended: it was killed' }],
    ['was superseded', run(26, 'superseded', { code: 8, message: 'superseded' }), { code: null, message: null }],
    [
      'is under way',
      run(26, 'running', { expires_at: `${dtOf(28)}T12:00:00.001Z` }),
      { code: null, message: 'another run is under way' },
    ],
  ])('stays published and says if a later run %s', async (_, document, expected) => {
    const folder = await copyOf(stores().four);
    await record(folder, document);
    expect(dayIn(await statusOn(folder, 28), 26)).toMatchObject({ state: 'published', users: 3, ...expected });
  });

  test('is interrupted while its commit is not finished, whether or not an earlier snapshot of the day is in place', async () => {
    const { four, runOn } = stores();
    for (const [day, users] of [
      [26, 3],
      [27, null],
    ] as const) {
      const folder = await copyOf(four);
      const store = watched(new FolderStore(folder), async (call, perform, key) => {
        if (call === 'putInPlace' && !isRaw(key)) throw new StoreError('the run was cut off');
        return perform();
      });
      await runOn(folder, day, { store }).catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
      const status = await statusOn(folder, 28);
      const message = 'commit 5 is not finished: the next run finishes it';
      expect(dayIn(status, day)).toMatchObject({ state: 'interrupted', users, message });
      expect(status.missing_days).toEqual(day === 26 ? [dtOf(27)] : []);
      await record(folder, run(day, 'running', { expires_at: `${dtOf(29)}T00:00:00.000Z` }));
      expect(dayIn(await statusOn(folder, 28), day)).toMatchObject({
        state: 'running',
        message: 'commit 5 is being finished',
      });
    }
  });

  test.each<[string, (folder: string) => Promise<void>, string]>([
    ['is not JSON', (folder) => write(folder, KEYS.manifest(dtOf(25)), '{'), 'is not the manifest of its day'],
    [
      'is that of another day',
      async (folder) => write(folder, KEYS.manifest(dtOf(25)), await readFile(join(folder, KEYS.manifest(dtOf(24))))),
      'is not the manifest of its day',
    ],
    [
      'was removed',
      (folder) => remove(folder, KEYS.manifest(dtOf(25))),
      ' was published, but manifests/manifest-2020-02-25.json is missing', // either commit: both runs began at the same time
    ],
    [
      'names a commit that does not exist',
      async (folder) => {
        for (const number of [3, 4]) await remove(folder, KEYS.commit(number));
      },
      'is of commit 3, which does not exist',
    ],
  ])('is damaged if its manifest %s, and the other days can still be read', async (_, damage, message) => {
    const folder = await copyOf(stores().four);
    await damage(folder);
    const status = await statusOn(folder, 26);
    expect(dayIn(status, 25)).toMatchObject({ state: 'damaged', message: expect.stringContaining(message) });
    expect(dayIn(status, 24)).toMatchObject({ state: 'published', users: 3 });
    expect(status.missing_days).toEqual([]);
  });

  test('is damaged if its manifest is not the one of the newest commit', async () => {
    const folder = await copyOf(stores().four);
    const bytes = await readFile(join(folder, KEYS.manifest(dtOf(26))), 'utf8');
    await write(folder, KEYS.manifest(dtOf(26)), bytes.replace('"user_count":3', '"user_count":4'));
    expect(dayIn(await statusOn(folder, 26), 26)).toMatchObject({
      state: 'damaged',
      message: expect.stringContaining('does not match commit 4'),
    });
  });
});

test.each(['0001-01-01', '1970-01-01', '9999-12-31'])(
  'a manifest dated %s is damaged, and makes no other day missing',
  async (dt) => {
    const folder = await copyOf(stores().four);
    const bytes = await readFile(join(folder, KEYS.manifest(dtOf(26))), 'utf8');
    await write(folder, KEYS.manifest(dt), bytes.replaceAll(dtOf(26), dt));
    const status = await statusOn(folder, 26);
    expect(status.days).toHaveLength(4);
    expect(status.days.find((day) => day.dt === dt)).toMatchObject({
      state: 'damaged',
      message: 'no run can have this date',
    });
    expect(status).toMatchObject({ missing_days: [], first_day: dtOf(24), last_day: dtOf(26) });
  },
);

test('documents that belong to no day are named as findings', async () => {
  const folder = await copyOf(stores().four);
  await write(folder, 'runs/odd.json', '{}');
  await write(folder, KEYS.commit(4), '{}');
  const { findings, newest_commit } = await statusOn(folder, 26);
  expect(newest_commit).toBe(4);
  expect(findings.map(({ level, key }) => `${level} ${key}`)).toEqual([
    'damaged runs/odd.json',
    `damaged ${KEYS.commit(4)}`,
  ]);
});
