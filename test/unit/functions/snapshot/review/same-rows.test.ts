import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { readPopulation } from '../../../../../functions/snapshot/review/population.ts';
import { REVIEW, type Review, type ReviewRow } from '../../../../../functions/snapshot/review/review-document.ts';
import { refuseOtherRows } from '../../../../../functions/snapshot/review/same-rows.ts';
import { type Account, newAccount, rowsPath } from '../../../../support/account-days.ts';
import { ada, ben, cleo, dan } from '../../../../support/four-users.ts';

const D = '2026-11-20';

/** An account with a snapshot of two days, and a review of the first. */
async function reviewed(): Promise<{ readonly account: Account; readonly review: Review }> {
  const account = await newAccount();
  const users = [ada, ben, { ...cleo, email: null, roles: null, lastActive: undefined }, { ...dan, disabled: true }];
  await account.at(`${D}T02:15:00Z`, users);
  await account.at('2026-11-21T02:15:00Z', users);
  const population = await readPopulation(account.store, { dt: D, dormantDays: 30, latest: '2026-11-21' });
  if (!population) throw new Error('there is no snapshot');
  const review = REVIEW.parse({
    schema_version: SCHEMA_VERSION,
    program_version: PROGRAM_VERSION,
    opened_at: '2026-11-21T10:00:00.000Z',
    store: account.store.location,
    snapshot: { dt: D, commit: 1, commit_sha256: population.commit_sha256 },
    since: null,
    dormant_days: 30,
    people: null,
    exceptions: null,
    rows: population.rows,
  });
  return { account, review };
}

const refusal = async ({ account: { store }, review }: { account: Account; review: Review }): Promise<string> => {
  const error = await refuseOtherRows(store, review).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SettingsError);
  return error instanceof Error ? error.message : '';
};

test('Rows are compared with the users of the commit, counted once these have expired, and unknown if the day was published again.', async () => {
  const { account, review } = await reviewed();
  expect(await refuseOtherRows(account.store, review)).toBe('every_row');
  await rm(rowsPath(account.folder, D));
  expect(await refuseOtherRows(account.store, review)).toBe('count');
  const shorter = { ...review, rows: review.rows.slice(1) };
  expect(await refusal({ account, review: shorter })).toContain(
    'the commit published 4 users, but the number of rows is 3',
  );
  await account.at(`${D}T09:00:00Z`, [ada, ben], { force: true, run: { dt: D } });
  expect(await refuseOtherRows(account.store, review)).toBe('none');
});

describe('A review.json is refused if', () => {
  test('a row was removed or added, even if the others are numbered again.', async () => {
    const { account, review } = await reviewed();
    const [first, ...others] = review.rows;
    const numbered = (rows: readonly ReviewRow[]) => rows.map((row, i) => ({ ...row, row: i + 1 }));
    expect(await refusal({ account, review: { ...review, rows: numbered(others) } })).toBe(
      `review.json was changed after the review was opened from commit 1 of ${D}: the commit published 4 users, but the number of rows is 3. Restore it from a copy, or open the review again`,
    );
    const added = [...review.rows, ...(first ? [{ ...first, id: 'new' }] : [])];
    expect(await refusal({ account, review: { ...review, rows: numbered(added) } })).toContain(
      'the number of rows is 5',
    );
    const replaced = [...others, ...(first ? [{ ...first, id: 'new' }] : [])];
    expect(await refusal({ account, review: { ...review, rows: numbered(replaced) } })).toContain(
      'a user of the commit has no row',
    );
  });

  test.each<Partial<ReviewRow>>([
    { email: 'mallory@example.com' },
    { email: null },
    { first_name: 'Eve' },
    { is_admin: false },
    { roles: 'customer-user' },
    { state: 'disabled' },
    { last_active: null },
    { quiet_days: 100 },
    { is_dormant: true },
    { sha256: '0'.repeat(64) },
  ])('a row has %j in place of the commit’s value.', async (change) => {
    const { account, review } = await reviewed();
    const rows = review.rows.map((row) => (row.row === 1 ? { ...row, ...change } : row));
    expect(await refusal({ account, review: { ...review, rows } })).toContain(
      `: row 1 has another ${Object.keys(change)[0]} than the commit.`,
    );
  });

  test('it names another hash for its commit.', async () => {
    const { account, review } = await reviewed();
    const snapshot = { ...review.snapshot, commit_sha256: '0'.repeat(64) };
    expect(await refusal({ account, review: { ...review, snapshot } })).toContain('that commit has another hash');
  });
});
