import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { recompute } from '../../../../../../functions/snapshot/verify/deep/recompute.ts';
import { verify } from '../../../../../../functions/snapshot/verify/verify.ts';
import { ACCOUNTS } from '../../../../../contracts/odd-accounts.ts';
import { flipByte, newAccount, rowsPath } from '../../../../../support/account-days.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { linesOf, recomputedOf, verifyDeep } from '../../../../../support/doctored.ts';
import { ada, all, ben, cleo, dan } from '../../../../../support/four-users.ts';
import { dyingInFinish, Killed } from '../../../../../support/store-doubles.ts';
import { commitsOf, objectOf } from '../../../../../support/stored-commits.ts';
import { newFolder, take } from '../../../../../support/take.ts';

/** Days that a run published are recomputed to the same bytes. Days that can't be recomputed are no damage. */

const DAYS = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'] as const;
const [FIRST, SECOND, THIRD, FOURTH] = DAYS;
const at = (dt: string) => `${dt}T02:15:00.123Z`;

async function published(folder: string, dt: string, users: string | Buffer, environment = {}): Promise<void> {
  const time = new Date(at(dt));
  const server = await serveAnodot({ users: answer(users, 200, { date: time.toUTCString() }) });
  const store = new FolderStore(folder);
  await take({ url: server.url, store, environment, run: runAt(time), limits: {} }).finally(server.close);
}

async function emptyFolder(): Promise<string> {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

const rawOf = async (folder: string, dt: string): Promise<string> => {
  const commit = (await commitsOf(new FolderStore(folder))).findLast((one) => one.dt === dt);
  return commit ? objectOf(commit, 'raw').key : '';
};

describe('verify --deep', () => {
  test.each(Object.entries(ACCOUNTS))('recomputes the same bytes for an account with %s', async (_, accounts) => {
    const folder = await emptyFolder();
    for (const [i, users] of accounts.entries()) await published(folder, DAYS[i] ?? '', users);
    await published(folder, THIRD, accounts[0]);
    const verification = await verifyDeep(folder);
    expect(linesOf(verification)).toEqual([]);
    expect(verification).toMatchObject({ status: 'sound', recomputed: 3 });
    expect(recomputedOf(verification)).toEqual([FIRST, SECOND, THIRD].map((dt) => `${dt} all`));
  });

  test('recomputes names that JavaScript treats specially', async () => {
    const folder = await emptyFolder();
    const odd = `[{"_id":"__proto__","roles":["__proto__","constructor","1"],"__proto__":1,"1":{"__proto__":2}}]`;
    await published(folder, FIRST, odd);
    await published(folder, SECOND, `\ufeff${odd} `);
    expect(linesOf(await verifyDeep(folder))).toEqual([]);
  });

  test('recomputes days of JSON alone, of no users, after a gap, and of a second run', async () => {
    const { folder, at: takeAt } = await newAccount();
    await takeAt(at('2026-11-18'), all);
    await takeAt(at('2026-11-20'), [ada, ben]);
    await takeAt('2026-11-20T10:00:00Z', [ben, cleo, dan], { force: true });
    await takeAt(at('2026-11-21'), [], { allowEmpty: true, force: true });
    await takeAt(at(FIRST), [dan, dan, ada], { force: true });
    await published(folder, SECOND, JSON.stringify(all), { SNAPSHOT_FORMATS: 'json' });
    const verification = await verifyDeep(folder);
    expect(linesOf(verification)).toEqual([]);
    expect(verification).toMatchObject({ status: 'sound', recomputed: 5 });
  });

  test('recomputes only the requested day', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of DAYS) await takeAt(at(dt), all);
    expect(recomputedOf(await verifyDeep(folder, { dt: THIRD }))).toEqual([`${THIRD} all`]);
  });

  test('writes nothing', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of [FIRST, SECOND]) await takeAt(at(dt), all);
    const store = new FolderStore(folder);
    const keys = async () => (await Promise.all(['users', '.staged', 'raw', 'runs'].map((f) => store.list(f)))).flat();
    const before = await keys();
    await verifyDeep(folder);
    expect(await keys()).toEqual(before);
  });
});

describe('a day that verify --deep does not recompute', () => {
  test('has no raw response: it expired, or was never kept by the newest run', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of [FIRST, SECOND]) await takeAt(at(dt), all);
    await published(folder, THIRD, JSON.stringify(all));
    await published(folder, FOURTH, JSON.stringify(all), { SNAPSHOT_KEEP_RAW: 'false' });
    await rm(join(folder, await rawOf(folder, FIRST)));
    const verification = await verifyDeep(folder);
    expect(verification).toMatchObject({ status: 'sound', findings: [], recomputed: 2 });
    expect(recomputedOf(verification)).toEqual([
      `${FIRST} nothing the raw response has expired or was removed`,
      `${SECOND} all`,
      `${THIRD} all`,
      `${FOURTH} nothing no raw response was kept`,
    ]);
  });

  test('lacks only its changes if the users of the day before it are gone or damaged', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of DAYS) await takeAt(at(dt), all);
    for (const kind of ['json', 'csv', 'changes', 'groups'] as const) await rm(join(folder, KEYS[kind](FIRST)));
    await flipByte(rowsPath(folder, THIRD), 40);
    const verification = await verifyDeep(folder);
    const lack = 'the users of the previous snapshot are gone or damaged';
    expect(recomputedOf(verification)).toEqual([
      `${FIRST} all`,
      `${SECOND} users ${lack}`,
      `${THIRD} all`,
      `${FOURTH} users ${lack}`,
    ]);
    expect(verification.recomputed).toBe(4);
    expect(linesOf(verification).filter((line) => line.startsWith('damaged'))).toEqual([
      `damaged: ${KEYS.json(THIRD)} checksum does not match the commit`,
    ]);
  });

  test('lacks only its changes if the day before it has rows that are not rows', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of [FIRST, SECOND]) await takeAt(at(dt), all);
    for (const bytes of ['{}\n', '{\n', Buffer.from([0xff, 0x0a])]) {
      await writeFile(rowsPath(folder, FIRST), bytes);
      expect(recomputedOf(await verifyDeep(folder, { dt: SECOND }))).toEqual([
        `${SECOND} users the users of the previous snapshot are gone or damaged`,
      ]);
    }
  });

  test('is damaged already, and is not reported twice', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of [FIRST, SECOND]) await takeAt(at(dt), all);
    const key = await rawOf(folder, FIRST);
    await flipByte(join(folder, key), 30);
    await flipByte(join(folder, KEYS.manifest(SECOND)), 30);
    const verification = await verifyDeep(folder);
    expect(recomputedOf(verification)).toEqual([
      `${FIRST} nothing the raw response is damaged`,
      `${SECOND} nothing its manifest is damaged or missing`,
    ]);
    expect(linesOf(verification)).toEqual(
      [key, KEYS.manifest(SECOND)].map((one) => `damaged: ${one} checksum does not match the commit`),
    );
  });

  test('is not finished yet', async () => {
    const { folder, store, at: takeAt } = await newAccount();
    await takeAt(at(FIRST), all);
    await expect(takeAt(at(SECOND), all, { store: dyingInFinish(store, 1) })).rejects.toBeInstanceOf(Killed);
    const verification = await verifyDeep(folder);
    expect(verification.status).toBe('interrupted');
    expect(recomputedOf(verification)).toEqual([`${FIRST} all`, `${SECOND} nothing it is not finished yet`]);
  });
});

test('a store that fails while a day is recomputed fails the verification', async () => {
  const { store, folder, at: takeAt } = await newAccount();
  await takeAt(at(FIRST), all);
  const commits = await commitsOf(store);
  const failing = new FolderStore(folder);
  failing.open = async (key) => {
    throw new Error(`could not read ${key}`);
  };
  const day = { dt: FIRST, commit: 1, status: 'sound', users: 4, findings: [] } as const;
  await expect(recompute(failing, day, commits)).rejects.toThrow('could not read raw/');
  expect((await verify(store, { today: '2026-11-26' })).days).toEqual([
    { dt: FIRST, commit: 1, status: 'sound', users: 4 },
  ]);
});
