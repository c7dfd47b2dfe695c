import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { flipByte, newAccount, rowsPath } from '../../../../../support/account-days.ts';
import { doctor, type Edits, linesOf, recomputedOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { ada, all, ben, cleo } from '../../../../../support/four-users.ts';

/** A day's changes can't be hidden by a comparison with another day, or with rows that can't be read. */

const DAYS = ['2026-11-22', '2026-11-23', '2026-11-24'] as const;
const [FIRST, SECOND, THIRD] = DAYS;
const at = (dt: string) => `${dt}T02:15:00.123Z`;
const KINDS = ['json', 'csv', 'changes', 'groups'] as const;
const UNPROVEN = 'nothing shows why they do not compare with the nearest earlier snapshot';
const JUDGE =
  'changes may have been hidden. If that day was damaged at that time and restored since, the log of this run warned of it';

async function threeDays() {
  const account = await newAccount();
  await account.at(at(FIRST), all);
  await account.at(at(SECOND), [ada, ben, cleo]);
  await account.at(at(THIRD), [ada, ben]);
  return account;
}

/** What `verify --deep` finds in a store that `verify` alone calls sound. */
async function foundAfter(folder: string, dt: string, edits: Edits) {
  await doctor(folder, dt, edits);
  expect(await verifyOnly(folder)).toMatchObject({ status: 'sound' });
  return verifyDeep(folder);
}

const compared = (previous_dt: string | null): Edits => ({
  texts: { changes: () => '' },
  manifest: (manifest) => ({ ...manifest, previous_dt, changes: null }),
});

describe('verify --deep', () => {
  test('finds a day that was compared with nothing, although an earlier day is sound', async () => {
    const { folder } = await threeDays();
    const verification = await foundAfter(folder, THIRD, compared(null));
    expect(verification.status).toBe('damaged');
    const found = `damaged: ${KEYS.manifest(THIRD)} was compared with nothing, although ${SECOND} is nearer and sound: ${JUDGE}`;
    expect(linesOf(verification)).toEqual([found]);
    expect(recomputedOf(verification)[2]).toBe(`${THIRD} users ${UNPROVEN}`);
    shown('C51', "a day's changes are emptied, and it claims that nothing was compared", `--deep: ${found}`);
  });

  test('finds it even if the raw response is gone', async () => {
    const { folder } = await threeDays();
    await rm(join(folder, 'raw'), { recursive: true });
    const verification = await foundAfter(folder, THIRD, compared(null));
    expect(verification.status).toBe('damaged');
    expect(recomputedOf(verification)[2]).toBe(`${THIRD} nothing the raw response has expired or was removed`);
  });

  test('finds a day that was compared with an older day than the nearest, even if it recomputes the same', async () => {
    const { folder, at: takeAt } = await newAccount();
    for (const dt of [FIRST, SECOND]) await takeAt(at(dt), all);
    const rows = rowsPath(folder, SECOND);
    await flipByte(rows, 40);
    await takeAt(at(THIRD), [ada, ben]);
    const broken = await verifyDeep(folder);
    expect(linesOf(broken)).toEqual([
      `damaged: ${KEYS.json(SECOND)} checksum does not match the commit`,
      `note: ${KEYS.manifest(THIRD)} was compared with ${FIRST}, although ${SECOND} was published before it`,
    ]);
    await flipByte(rows, 40); // restored
    const restored = await verifyDeep(folder);
    expect(linesOf(restored)).toEqual([
      `damaged: ${KEYS.manifest(THIRD)} was compared with ${FIRST}, although ${SECOND} is nearer and sound: ${JUDGE}`,
    ]);
    for (const { days } of [broken, restored])
      expect(days[2]).toMatchObject({ recomputed: 'users', not_recomputed: UNPROVEN });
  });

  test('only notes a day that was compared with nothing if all earlier rows are gone', async () => {
    const { folder, at: takeAt } = await newAccount();
    await takeAt(at(FIRST), all);
    for (const kind of KINDS) await rm(join(folder, KEYS[kind](FIRST)));
    await takeAt(at(SECOND), all);
    const verification = await verifyDeep(folder);
    expect(verification.status).toBe('sound');
    expect(linesOf(verification)).toEqual([
      `note: ${KEYS.manifest(FIRST)} users, changes and groups of the day have expired or were removed`,
      `note: ${KEYS.manifest(SECOND)} was compared with nothing, although ${FIRST} was published before it`,
    ]);
    expect(recomputedOf(verification)).toEqual([`${FIRST} all`, `${SECOND} users ${UNPROVEN}`]);
  });

  test.each<[string, string | Buffer]>([
    ['lack a column', '{"id":"a"}\n'],
    ['are not JSON', '{\n'],
    ['are not UTF-8', Buffer.from([0xff, 0x0a])],
  ])('finds rows to compare with that have the hash of their commit but %s', async (_, rows) => {
    const { folder } = await threeDays();
    await rm(join(folder, 'raw', `dt=${SECOND}`), { recursive: true });
    const verification = await foundAfter(folder, SECOND, { bytes: { json: () => Buffer.from(rows) } });
    const found = `damaged: ${KEYS.json(SECOND)} has the commit's hash, but not all lines are users`;
    expect(linesOf(verification)).toEqual([found]);
    expect(recomputedOf(verification)[2]).toBe(`${THIRD} users the users of the previous snapshot are gone or damaged`);
    shown('C51', `rows are replaced by some that ${_}, so that the next day can't be compared`, `--deep: ${found}`);
  });
});
