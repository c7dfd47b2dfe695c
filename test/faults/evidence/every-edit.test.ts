import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RefusedSnapshotError } from '../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../support/anodot/server.ts';
import { runAt } from '../../support/clock.ts';
import { HeldStore } from '../../support/held-folder.ts';
import { sha256 } from '../../support/stored-commits.ts';
import { take } from '../../support/take.ts';
import {
  allKeys,
  COMMITS,
  commitKey,
  copyOf,
  DAYS,
  damagedKeys,
  dtOf,
  LEFT_OVER,
  REFUSED,
  TODAY,
  useTwentyDays,
  verified,
} from '../../support/twenty-days.ts';

/** An ordinary store of twenty days is sound, and any single edit, deletion or swap in it is found. */

const twentyDays = useTwentyDays();

const kindOf = (key: string) => (key.startsWith('users/') ? key.slice(0, 10) : (key.split('/')[0] ?? ''));

describe('a store of twenty days', () => {
  test('is sound, and each day is reported with its newest commit, as missing or as refused', async () => {
    const { folder } = twentyDays();
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
        message: "remains from commit 17; the day's newest commit has no such object",
      },
    ]);
  });

  test('contains every hash that a run printed, not only the newest', async () => {
    const { folder, noted } = twentyDays();
    expect(noted).toHaveLength(COMMITS);
    const store = await HeldStore.of(folder, TODAY);
    for (const hash of noted) expect((await store.verifiedWith({}, { expect: hash })).status).toBe('sound');
    expect(await verified(folder, { expect: sha256('another') })).toMatchObject({ status: 'damaged', code: 9 });
  });

  test('reports a refused day, today included, until a run of that day is published', async () => {
    const { folder, states } = twentyDays();
    expect((await verified(folder, { dt: REFUSED })).refused_days).toEqual([REFUSED]);
    expect((await verified(folder, { dt: dtOf(11) })).refused_days).toEqual([]);
    const copy = await copyOf(states[10] ?? '');
    const server = await serveAnodot({ users: answer([]) });
    onTestFinished(() => server.close());
    const now = new Date();
    const dt = now.toISOString().slice(0, 10);
    const run = runAt(now);
    await expect(take({ url: server.url, store: new FolderStore(copy), run })).rejects.toThrow(RefusedSnapshotError);
    expect((await verified(copy, { today: dt })).refused_days).toEqual([dt]);
    await take({ url: server.url, store: new FolderStore(copy), run, environment: { SNAPSHOT_ALLOW_EMPTY: 'true' } });
    expect((await verified(copy, { today: dt })).refused_days).toEqual([]);
  });

  test('reports no refused day because of an invalid run document', async () => {
    const { folder } = twentyDays();
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
    expect(await verified(copy)).toMatchObject({ status: 'damaged', refused_days: [REFUSED] });
    await writeFile(join(copy, 'runs/x.json'), JSON.stringify(refused));
    expect((await verified(copy)).refused_days).toEqual(['2020-01-01', REFUSED]);
    for (const name of ['y', 'z', 'failed']) await rm(join(copy, `runs/${name}.json`));
    expect(await verified(copy)).toMatchObject({ status: 'sound', refused_days: ['2020-01-01', REFUSED] });
  });
});

describe('verification detects every', () => {
  let store: HeldStore;
  let keys: string[];
  beforeAll(async () => {
    const { folder } = twentyDays();
    store = await HeldStore.of(folder, TODAY);
    keys = await allKeys(folder);
  });

  test('file in memory just as it does in a folder', async () => {
    const { folder } = twentyDays();
    expect(await store.verifiedWith({})).toEqual(await verified(folder));
    expect(keys.filter((key) => !store.files.has(key))).toEqual([]);
  });

  const flipped = (bytes: Buffer, at: number): Buffer => {
    const edited = Buffer.from(bytes);
    if (edited.length > 0) edited.writeUInt8(edited.readUInt8(at) ^ (1 << (at % 8)), at);
    return edited;
  };
  /** Every file gets each edit, at a position that differs from file to file. */
  const edits: [string, (bytes: Buffer, i: number) => Buffer][] = [
    ['first or last bit flipped', (bytes, i) => flipped(bytes, i % 2 === 0 ? 0 : bytes.length - 1)],
    ['other bit flipped', (bytes, i) => flipped(bytes, Math.floor(bytes.length * ((i * 0.618) % 1)))],
    [
      'byte added or half lost',
      (bytes, i) => (i % 3 === 0 ? bytes.subarray(0, bytes.length >> 1) : Buffer.concat([bytes, Buffer.from('\n')])),
    ],
  ];

  test.each(edits)('%s in a commit, a manifest or an object, and names the file', async (_, edit) => {
    let edited = 0;
    for (const [i, key] of keys.entries()) {
      const bytes = store.file(key);
      if (edit(bytes, i).equals(bytes)) continue; // an empty feed has no bit to flip
      const verification = await store.verifiedWith({ [key]: edit(bytes, i) });
      expect(verification, key).toMatchObject({ status: 'damaged', code: 9 });
      expect(damagedKeys(verification), key).toContain(key);
      edited++;
    }
    expect(edited).toBeGreaterThan(COMMITS + 20 + 4 * 20); // commits, manifests, rows, feeds, groups
  });

  test('deletion, except of raw responses, which expire early, and of groups that no newest commit names', async () => {
    for (const key of keys) {
      const expected = key.startsWith('raw/') || key === LEFT_OVER ? 0 : 9;
      const verification = await store.verifiedWith({ [key]: undefined });
      expect(verification.code, key).toBe(expected);
      if (expected === 9 && key !== commitKey(COMMITS)) expect(damagedKeys(verification), key).toContain(key);
    }
  });

  test('swap of two commits, two manifests or two objects of one kind', async () => {
    let swapped = 0;
    for (const [i, a] of keys.entries()) {
      const later = keys.slice(i + 1).filter((other) => kindOf(a) === kindOf(other));
      const all = /^(commits|manifests)\//.test(a);
      for (const b of all ? later : new Set([...later.slice(0, 1), ...later.slice(-1)])) {
        if (store.file(a).equals(store.file(b))) continue; // empty feeds
        const verification = await store.verifiedWith({ [a]: store.file(b), [b]: store.file(a) });
        expect(verification.code, `${a} and ${b}`).toBe(9);
        expect(damagedKeys(verification)).toEqual(expect.arrayContaining([a, b]));
        swapped++;
      }
    }
    expect(swapped).toBeGreaterThan(600);
  });

  test('edit of a commit, by the commit built on it, even if the run document was edited to match', async () => {
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
          message: `does not match the hash in ${commitKey(number + 1)}: one of the two was edited`,
        });
      }
    }
  });

  test('edit of the newest commit, by its run document', async () => {
    const key = commitKey(COMMITS);
    const { execution } = JSON.parse(String(store.file(key)));
    const edited = String(store.file(key)).replace(`"execution":"${execution}"`, '"execution":"0123abcd"');
    expect(damagedKeys(await store.verifiedWith({ [key]: Buffer.from(edited) }))).toEqual([key]);
  });

  test('added commit', async () => {
    const { folder } = twentyDays();
    const copy = await copyOf(folder);
    await cp(join(copy, commitKey(COMMITS)), join(copy, commitKey(COMMITS + 1)));
    expect(damagedKeys(await verified(copy))).toContain(commitKey(COMMITS + 1));
  });

  test("earlier run that was restored over the day's last one, manifest included", async () => {
    const { folder, states } = twentyDays();
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
