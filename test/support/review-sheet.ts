import fc from 'fast-check';
import { SCHEMA_VERSION, STATES } from '../../functions/snapshot/contract.ts';
import type { Review, ReviewRow } from '../../functions/snapshot/review/review-document.ts';
import { NASTY } from './odd-users.ts';

/** A row of a review, and what a test changes about it. */
export const reviewRow = (row: number, changes: Partial<ReviewRow> = {}): ReviewRow => ({
  row,
  dt: '2026-11-20',
  id: `00${row}`,
  email: `person${row}@example.com`,
  first_name: 'Ann',
  last_name: 'Lee',
  state: 'active',
  is_admin: row === 1,
  admin_since: row === 1 ? '2026-10-01' : null,
  roles: row === 1 ? 'customer-admin, customer-user' : 'customer-user',
  group_names: 'Finance, Sales',
  created_at: '2025-01-02T03:04:05.000Z',
  last_active: '2026-11-19T10:11:12.000Z',
  quiet_days: 1,
  first_dt: '2026-01-01',
  changed_dt: '2026-03-04',
  changes: 'user_added',
  is_dormant: false,
  changed_since: '',
  is_on_people_list: true,
  exception: null,
  sha256: '0'.repeat(64),
  ...changes,
});

export const reviewOf = (rows: readonly ReviewRow[]): Review => ({
  schema_version: SCHEMA_VERSION,
  program_version: '1.0.0',
  opened_at: '2026-11-20T08:00:00.000Z',
  store: './snapshots',
  snapshot: { dt: '2026-11-20', commit: 7, commit_sha256: 'a'.repeat(64) },
  since: null,
  dormant_days: 90,
  people: null,
  exceptions: null,
  rows: [...rows],
});

const text = fc.oneof(
  fc.constantFrom(
    ...NASTY,
    '_x0041_',
    '_x000D_',
    '_x_x0041_',
    '<b>&amp;</b>',
    ']]>',
    '\ufffe',
    '\ud83d',
    '0012',
    '1E5',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);
const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });

/** Reviews whose accounts hold anything that Anodot may return. */
export const oddReview: fc.Arbitrary<Review> = fc
  .array(
    fc.record({
      id: text,
      email: nullable(text),
      first_name: nullable(text),
      last_name: nullable(text),
      state: fc.constantFrom(...STATES),
      is_admin: fc.boolean(),
      roles: nullable(text),
      group_names: nullable(text),
      quiet_days: nullable(fc.integer()),
      exception: nullable(text),
      is_on_people_list: nullable(fc.boolean()),
    }),
    { maxLength: 6 },
  )
  .map((accounts) => reviewOf(accounts.map((account, i) => reviewRow(i + 1, account))));
