import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Change } from '../../../../../functions/snapshot/changes/change.ts';
import type { Manifest } from '../../../../../functions/snapshot/commits/manifest.ts';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { changesIn, daysOfHistory, type Step, stepsOf } from '../../../../../functions/snapshot/history/steps.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { publishRows } from '../../../../support/published-rows.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';

const DAYS = ['2026-02-01', '2026-02-02', '2026-02-04'] as const;
const user = (id: string, email: string) => ({ ...EMPTY_USER, id, email });

/** Three snapshots. One user's address changes on the second day, and one joins on the third. */
let folder: string;
let manifests: readonly Manifest[];
beforeAll(async () => {
  folder = await newFolder();
  const store = new FolderStore(folder);
  const accounts = [[user('a', 'old')], [user('a', 'new')], [user('a', 'new'), user('b', 'b')]];
  for (const [i, users] of accounts.entries())
    await publishRows(store, { at: new Date(`${DAYS[i]}T02:15:00Z`), users });
  manifests = await readManifests(store);
  return () => rm(folder, { recursive: true });
});

/** The manifest of a day, edited. */
const day = (n: number, edits: Partial<Manifest> = {}): Manifest => {
  const manifest = manifests[n];
  if (!manifest) throw new Error(`there is no day ${n}`);
  return { ...manifest, ...edits };
};

const shape = ({ from, to, isRecorded }: Step): string => `${from.dt} ${to.dt} ${isRecorded}`;

describe('the steps of a history', () => {
  test('lead from each snapshot to the next, and are recorded by the feed of the later one', () => {
    expect(stepsOf(manifests).map(shape)).toEqual(['2026-02-01 2026-02-02 true', '2026-02-02 2026-02-04 true']);
    expect(stepsOf([])).toEqual([]);
    expect(stepsOf(manifests.slice(0, 1))).toEqual([]);
  });

  test('are not recorded if the earlier day was published again after the later one', () => {
    const again = [day(0), day(1, { commit: 4 }), day(2)];
    expect(stepsOf(again).map(({ isRecorded }) => isRecorded)).toEqual([true, false]);
  });

  test('are not recorded if the later day had nothing to compare with', () => {
    const without = [day(0), day(1, { changes: null, previous_dt: null }), day(2)];
    expect(stepsOf(without).map(({ isRecorded }) => isRecorded)).toEqual([false, true]);
  });

  test('are not recorded if the feed compares with another day', () => {
    expect(stepsOf([day(0), day(2)]).map(({ isRecorded }) => isRecorded)).toEqual([false]);
  });
});

async function changesOf(place: string, step: Step | undefined) {
  const opened: string[] = [];
  const store = watched(new FolderStore(place), (call, perform, key) => {
    if (call === 'open') opened.push(key);
    return perform();
  });
  const changes: Change[] = [];
  if (step) for await (const change of await changesIn(store, step)) changes.push(change);
  return { changes, opened: [...new Set(opened)] };
}

describe('the changes of a step', () => {
  test('come from its feed, and no user is read', async () => {
    const { changes, opened } = await changesOf(folder, stepsOf(manifests)[0]);
    expect(changes).toMatchObject([{ id: 'a', change: 'email_changed', before: '"old"', after: '"new"' }]);
    expect(opened).toEqual([KEYS.changes(DAYS[1])]);
  });

  test('are found by comparing users if the feed has expired, and are the same', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.changes(DAYS[2])));
    const step = stepsOf(manifests)[1];
    const { changes, opened } = await changesOf(copy, step);
    expect(changes).toEqual((await changesOf(folder, step)).changes);
    expect(changes).toMatchObject([{ id: 'b', change: 'joined' }]);
    expect(opened).toEqual(expect.arrayContaining([KEYS.json(DAYS[1]), KEYS.json(DAYS[2])]));
  });

  test('are found by comparing users if no feed recorded the step', async () => {
    const { changes, opened } = await changesOf(folder, stepsOf([day(0), day(2)])[0]);
    expect(changes.map(({ id, change, previous_dt }) => [id, change, previous_dt])).toEqual([
      ['a', 'email_changed', DAYS[0]],
      ['b', 'joined', DAYS[0]],
    ]);
    expect(opened).toEqual([KEYS.json(DAYS[0]), KEYS.json(DAYS[2])]);
  });

  test('fail if no feed recorded the step and the users of a day have expired', async () => {
    const copy = await copyOf(folder);
    await rm(join(copy, KEYS.json(DAYS[0])));
    await expect(changesOf(copy, stepsOf([day(0), day(2)])[0])).rejects.toThrow(KEYS.json(DAYS[0]));
  });
});

test('a history has the days whose users are stored, and days without users', async () => {
  const copy = await newFolder();
  onTestFinished(() => rm(copy, { recursive: true }));
  const store = new FolderStore(copy);
  for (const [i, users] of [[user('a', 'a')], [], [user('a', 'a')]].entries())
    await publishRows(store, { at: new Date(`${DAYS[i]}T02:15:00Z`), users });
  const all = await readManifests(store);
  await rm(join(copy, KEYS.json(DAYS[0])));
  await rm(join(copy, KEYS.json(DAYS[1])));
  expect((await daysOfHistory(store, all)).map(({ dt }) => dt)).toEqual([DAYS[1], DAYS[2]]);
});
