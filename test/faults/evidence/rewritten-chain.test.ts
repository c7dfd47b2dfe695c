import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../support/anodot/server.ts';
import { runAt } from '../../support/clock.ts';
import { HeldStore } from '../../support/held-folder.ts';
import { rewriteFrom } from '../../support/rewritten-chain.ts';
import { take } from '../../support/take.ts';
import {
  allKeys,
  COMMITS,
  commitKey,
  copyOf,
  DAYS,
  damagedKeys,
  dtOf,
  MISSED,
  REFUSED,
  TODAY,
  usersAt,
  useTwentyDays,
  verified,
} from '../../support/twenty-days.ts';

/** A hash noted elsewhere reveals a chain that was cut off or rewritten. Expired days are not damage. */

const twentyDays = useTwentyDays();

describe('a chain that was cut off', () => {
  test.each([23, 18, 17, 9, 8, 4, 1])(
    'after commit %i, with everything later removed, looks sound, but is found with the hash of any later commit',
    async (last) => {
      const { states, noted } = twentyDays();
      const place = states[last - 1] ?? '';
      expect(await verified(place)).toMatchObject({ status: 'sound', code: 0, newest_commit: last });
      for (const number of [1, last, last + 1, COMMITS])
        expect(await verified(place, { expect: noted[number - 1] ?? '' }), `commit ${number}`).toMatchObject(
          number <= last ? { status: 'sound', code: 0 } : { status: 'damaged', code: 9 },
        );
    },
  );

  test('and continued with other commits is found with the hash of any commit that was cut off', async () => {
    const { states, noted } = twentyDays();
    const copy = await copyOf(states[21] ?? '');
    const now = new Date(`${TODAY}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(usersAt(1, 1), 200, { date: now.toUTCString() }) });
    onTestFinished(() => server.close());
    for (let run = 0; run < 3; run++) await take({ url: server.url, store: new FolderStore(copy), run: runAt(now) });
    expect(await verified(copy)).toMatchObject({ status: 'sound', commits: COMMITS + 1 });
    expect(await verified(copy, { expect: noted[21] ?? '' })).toMatchObject({ status: 'sound' });
    for (const hash of noted.slice(22)) expect((await verified(copy, { expect: hash })).code).toBe(9);
  });

  test('at its beginning is found without a hash', async () => {
    const { folder } = twentyDays();
    const copy = await copyOf(folder);
    for (const number of [1, 2, 3]) {
      await rm(join(copy, commitKey(number)));
      expect((await verified(copy)).code).toBe(9);
    }
  });
});

describe('a chain that was rewritten', () => {
  test("to the same content by this test's method is unchanged", async () => {
    const { folder, noted } = twentyDays();
    const copy = await copyOf(folder);
    await rewriteFrom(copy, COMMITS + 1);
    expect(await verified(copy, { expect: noted.at(-1) ?? '' })).toMatchObject({ status: 'sound', code: 0 });
  });

  test('consistently from its start looks sound, but is found with any hash noted before', async () => {
    const { folder, noted } = twentyDays();
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 1);
    expect(await readFile(join(copy, `users/json/dt=${TODAY}/users-${TODAY}.jsonl`), 'utf8')).toContain('Innocent');
    expect(await verified(copy)).toMatchObject({ status: 'sound', code: 0, newest_commit: COMMITS });
    const store = await HeldStore.of(copy, TODAY);
    for (const hash of noted) {
      const verification = await store.verifiedWith({}, { expect: hash });
      expect(verification).toMatchObject({ status: 'damaged', code: 9 });
      expect(verification.findings.filter(({ level }) => level === 'damaged')).toEqual([
        {
          level: 'damaged',
          key: commitKey(COMMITS),
          message: 'no commit has the expected hash: the store was rewritten or truncated',
        },
      ]);
    }
  });

  test('from the middle is found with the hash of any rewritten commit, but not with earlier ones', async () => {
    const { folder, noted } = twentyDays();
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 12);
    expect((await verified(copy)).status).toBe('sound');
    const store = await HeldStore.of(copy, TODAY);
    for (const [i, hash] of noted.entries())
      expect((await store.verifiedWith({}, { expect: hash })).code).toBe(i + 1 < 12 ? 0 : 9);
  });

  test('except for one commit that was kept for its hash is damaged', async () => {
    const { folder, noted } = twentyDays();
    const copy = await copyOf(folder);
    await rewriteFrom(copy, 1);
    await cp(join(folder, commitKey(COMMITS)), join(copy, commitKey(COMMITS)));
    expect((await verified(copy, { expect: noted.at(-1) ?? '' })).code).toBe(9);
  });
});

describe('expired days', () => {
  async function expire(place: string, dates: readonly string[]): Promise<void> {
    for (const dt of dates)
      for (const kept of ['users/json', 'users/csv', 'changes', 'groups/json', 'raw'])
        await rm(join(place, kept, `dt=${dt}`), { recursive: true, force: true });
  }
  const dates = (from: number, to: number) => DAYS.slice(from, to).map(({ dt }) => dt);

  test.each([
    ['the first', 0, 1],
    ['the first eighteen', 0, 17],
    ['all but the last two', 0, 21],
  ])('get a note and are not damaged if they are %s, and the chain stays complete', async (_, from, to) => {
    const { folder, noted } = twentyDays();
    const copy = await copyOf(folder);
    await expire(copy, dates(from, to));
    const verification = await verified(copy, { expect: noted[0] ?? '' });
    expect(verification).toMatchObject({ status: 'sound', code: 0, missing_days: [...MISSED, REFUSED].sort() });
    const named = verification.findings.filter(({ message }) => message.includes('expired')).map(({ key }) => key);
    const gone = dates(from, to).filter((dt) => ![...MISSED, REFUSED].includes(dt));
    expect(named).toEqual(gone.map((dt) => `manifests/manifest-${dt}.json`));
    for (const { dt, status, users } of verification.days) {
      expect(status, dt).toBe(gone.includes(dt) ? 'expired' : 'sound');
      expect(users).toBeGreaterThanOrEqual(10);
    }
  });

  test('keep their commits and manifests, whose edits and deletions are still found', async () => {
    const { folder } = twentyDays();
    const copy = await copyOf(folder);
    await expire(copy, dates(0, 21));
    expect((await verified(copy)).code).toBe(0);
    const store = await HeldStore.of(copy, TODAY);
    for (const key of (await allKeys(copy)).filter((key) => /^(commits|manifests)\//.test(key))) {
      const edited = Buffer.concat([store.file(key), Buffer.from(' ')]);
      expect((await store.verifiedWith({ [key]: edited })).code, key).toBe(9);
      expect((await store.verifiedWith({ [key]: undefined })).code, key).toBe(9);
    }
  });

  test('with one object left are damaged, because the other objects were removed', async () => {
    const { folder } = twentyDays();
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
