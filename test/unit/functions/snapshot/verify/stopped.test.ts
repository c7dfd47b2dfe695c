import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { type Verification, type VerifyOptions, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { copyOf, keysOf, useFourCommits, write } from '../../../../support/four-commits.ts';
import { watched } from '../../../../support/store-doubles.ts';

/** What `verify` reports if it is stopped, at any of its calls of the store. */

const stores = useFourCommits();
const TODAY = { today: dtOf(26) };

interface Stopping {
  /** Whether to stop the verification before this call takes effect. */
  readonly at: (call: number, key: string) => boolean;
  /** What happens just before. */
  readonly meanwhile?: () => Promise<unknown>;
}

async function stoppedAt(folder: string, { at, meanwhile }: Stopping, options: Partial<VerifyOptions> = {}) {
  const controller = new AbortController();
  let calls = 0;
  const store: Store = watched(new FolderStore(folder), async (_, perform, key) => {
    if (!controller.signal.aborted && at(++calls, key)) {
      await meanwhile?.();
      controller.abort();
    }
    return perform();
  });
  const verification = await verify(store, { ...TODAY, ...options, stop: controller.signal });
  return { verification, isStopped: controller.signal.aborted, calls };
}

/** What is reported if it is stopped at the first call, at the second, and so on, until it isn't stopped at all. */
async function stoppedAtEachCall(folder: string, options: Partial<VerifyOptions> = {}): Promise<Verification[]> {
  const all: Verification[] = [];
  for (let n = 1; ; n++) {
    const { verification, isStopped } = await stoppedAt(folder, { at: (call) => call === n }, options);
    all.push(verification);
    if (!isStopped) return all;
  }
}

describe('a verification that is stopped', () => {
  test('at any call is unfinished, never sound and never damaged, and says how far it came, newest day first', async () => {
    const all = await stoppedAtEachCall(stores().four);
    const [finished, afterAll] = [all.pop(), all.pop()];
    expect(finished).toEqual(await verify(new FolderStore(stores().four), TODAY));
    expect(afterAll).toMatchObject({ status: 'sound' }); // stopped only at the last look for a new commit
    for (const { status, stopped, findings, days, newest_commit } of all) {
      expect([status, findings]).toEqual(['unfinished', []]);
      expect(days.map(({ dt }) => dt)).toEqual([dtOf(24), dtOf(25), dtOf(26)].slice(3 - days.length));
      const knowsAll = stopped?.during === 'days' || stopped?.during === 'untracked objects';
      expect(stopped?.days_left).toBe(knowsAll ? 3 - days.length : null);
      expect(newest_commit).toBe(knowsAll ? 4 : null);
    }
    const parts = all.map(({ stopped }) => stopped?.during);
    expect([...new Set(parts)]).toEqual(['run documents', 'commits', 'days']);
    expect(new Set(all.map(({ days }) => days.length))).toEqual(new Set([0, 1, 2]));
  });

  test('reports the damage that it had found by then', async () => {
    const folder = await copyOf(stores().four);
    await write(folder, KEYS.json(dtOf(26)), 'edited');
    const all = await stoppedAtEachCall(folder);
    const found = all.filter(({ status }) => status === 'damaged');
    expect(found.length).toBeGreaterThan(10);
    for (const one of found) expect(keysOf(one)).toEqual([KEYS.json(dtOf(26))]);
    for (const one of all) if (!found.includes(one)) expect(one.status).toBe('unfinished');
    const partly = found.find(({ days }) => days.length === 1);
    expect(partly).toMatchObject({ stopped: { during: 'days', days_left: 2 }, newest_commit: 4 });
  });

  test('among the commits reports those that it had read, and no other as missing', async () => {
    const folder = await copyOf(stores().four);
    await write(folder, KEYS.commit(5), 'not a commit');
    const { verification } = await stoppedAt(folder, { at: (_, key) => key === 'users/' });
    expect(verification).toMatchObject({ status: 'damaged', commits: 5, stopped: { during: 'days', days_left: 3 } });
    expect(keysOf(verification)).toContain(KEYS.commit(5));
  });

  test('reports nothing about days that a run replaced meanwhile', async () => {
    const { four, runOn } = stores();
    const folder = await copyOf(four);
    const meanwhile = () => runOn(folder, 26);
    const { verification } = await stoppedAt(folder, { at: (_, key) => key === KEYS.manifest(dtOf(25)), meanwhile });
    expect(verification).toMatchObject({
      status: 'unfinished',
      days: [],
      findings: [],
      stopped: { during: 'days', days_left: 3 },
    });
    expect(await verify(new FolderStore(folder), TODAY)).toMatchObject({ status: 'sound', newest_commit: 5 });
  });
});

test('a stopped verification also ends if its last look for a new commit hangs', async () => {
  const controller = new AbortController();
  const store = watched(new FolderStore(stores().four), (call, perform, key) => {
    if (controller.signal.aborted && call === 'list') return new Promise(() => undefined);
    if (key === KEYS.manifest(dtOf(25))) controller.abort();
    return perform();
  });
  const verification = await verify(store, { ...TODAY, stop: controller.signal });
  expect(verification).toMatchObject({
    status: 'unfinished',
    days: [],
    findings: [],
    stopped: { during: 'days', days_left: 3 },
  });
}, 30_000); // the look itself may take five seconds

test('a verification of the newest days without raw responses reads no other day and no raw response', async () => {
  const read: string[] = [];
  const store = watched(new FolderStore(stores().four), (call, perform, key) => {
    if (call === 'open') read.push(key);
    return perform();
  });
  const { status, days } = await verify(store, { ...TODAY, newestDays: 2, withoutRaw: true });
  expect([status, days.map(({ dt }) => dt)]).toEqual(['sound', [dtOf(25), dtOf(26)]]);
  expect(read.length).toBeGreaterThan(5);
  for (const key of read) expect(key).toMatch(/-2[56]\.|commits|runs/);
  expect(read.filter((key) => key.startsWith('raw/'))).toEqual([]);
});
