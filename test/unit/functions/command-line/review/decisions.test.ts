import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionsIn } from '../../../../../functions/command-line/review/decisions.ts';
import type { Sheet, SheetRow } from '../../../../../functions/command-line/review/sheet.ts';
import { cellText, POPULATION_COLUMNS } from '../../../../../functions/command-line/review/sheet-columns.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { inert } from '../../../../../functions/snapshot/format/cell-text.ts';
import { DECISIONS } from '../../../../../functions/snapshot/review/decision.ts';
import type { Review } from '../../../../../functions/snapshot/review/review-document.ts';
import { oddReview, reviewOf, reviewRow } from '../../../../support/review-sheet.ts';

const NOW = new Date('2026-12-01T12:00:00Z');
const KEPT = { decision: 'keep', reviewer: 'Zoë', decided_at: '2026-11-23', remark: '' };
const REVIEW = reviewOf([reviewRow(1), reviewRow(2), reviewRow(3)]);

type Cells = SheetRow['cells'];
const sheetOf = (rows: readonly SheetRow[]): Sheet => ({
  path: 'review.xlsx',
  sha256: '0'.repeat(64),
  format: 'xlsx',
  note: null,
  rows,
});

/** The sheet of a review, with the same cells in each row, and others in some. */
const filled = (review: Review, changes: Readonly<Record<number, Cells>> = {}, as = (text: string) => text): Sheet =>
  sheetOf(
    review.rows.map((row, i) => ({
      line: i + 2,
      cells: {
        ...Object.fromEntries(POPULATION_COLUMNS.map((column) => [column, as(cellText(row, column))])),
        ...KEPT,
        ...changes[row.row],
      },
    })),
  );

function problemsOf(sheet: Sheet, review = REVIEW): string[] {
  try {
    decisionsIn(sheet, review, NOW);
  } catch (error) {
    if (error instanceof SettingsError) return error.message.split('\n');
    throw error;
  }
  return [];
}

test('a filled sheet becomes one decision for each row, in the order of the review', () => {
  const sheet = filled(REVIEW, {
    1: { decision: 'revoke-admin', remark: ' TICKET-1 ' },
    2: { decision: 'revoke', decided_at: '24.11.2026', reviewer: ' Bob ' },
  });
  const { decisions, differences } = decisionsIn(sheetOf(sheet.rows.toReversed()), REVIEW, NOW);
  expect(decisions).toEqual([
    { row: 1, decision: 'revoke-admin', reviewer: 'Zoë', decided_at: '2026-11-23', remark: 'TICKET-1' },
    { row: 2, decision: 'revoke', reviewer: 'Bob', decided_at: '2026-11-24', remark: '' },
    { row: 3, decision: 'keep', reviewer: 'Zoë', decided_at: '2026-11-23', remark: '' },
  ]);
  expect(differences).toEqual([]);
});

test.each(['Keep ', 'KEEP', '\u00a0keep\u200b', 'ｋｅｅｐ'])('the decision %j is keep', (decision) => {
  expect(decisionsIn(filled(REVIEW, { 2: { decision } }), REVIEW, NOW).decisions[1]?.decision).toBe('keep');
});

test.each(['Revoke-Admin', 'revoke admin', 'REVOKE_ADMIN'])('the decision %j is revoke-admin', (decision) => {
  expect(decisionsIn(filled(REVIEW, { 1: { decision } }), REVIEW, NOW).decisions[0]?.decision).toBe('revoke-admin');
});

describe('is an error that names the line and says what to do', () => {
  test.each<[string, Cells, string]>([
    ['a missing decision', { decision: ' ' }, 'decision is missing. Write keep, revoke or revoke-admin'],
    [
      'a misspelt decision',
      { decision: 'revok' },
      "decision 'revok' is unknown. Write keep, revoke or revoke-admin. Did you mean revoke?",
    ],
    [
      'an unknown decision',
      { decision: 'approved' },
      "decision 'approved' is unknown. Write keep, revoke or revoke-admin",
    ],
    [
      'revoke-admin for someone else',
      { decision: 'revoke-admin' },
      "decision is revoke-admin, but this user isn't an administrator. Write keep or revoke",
    ],
    ['a missing reviewer', { reviewer: '\u200b ' }, 'reviewer is missing. Write who decided'],
    ['a missing date', { decided_at: '' }, 'decided_at is missing. Write a date such as 2026-12-01'],
    ['no date', { decided_at: 'today' }, "decided_at 'today' isn't a date. Write it like 2026-12-01"],
    [
      'a date with two readings',
      { decided_at: '03/04/2026' },
      "decided_at '03/04/2026' can mean 2026-03-04 or 2026-04-03. Write the right one in that form",
    ],
    [
      'a date before the snapshot',
      { decided_at: '2026-11-19' },
      'decided_at 2026-11-19 is before the snapshot of 2026-11-20. Correct the date',
    ],
    ['a date in the future', { decided_at: '2026-12-03' }, 'decided_at 2026-12-03 is in the future. Correct the date'],
  ])('%s', (_, cells, problem) => {
    expect(problemsOf(filled(REVIEW, { 2: cells }))).toEqual([
      'review.xlsx has 1 problem. Fix it in the sheet and save it',
      `line 3 (row 2): ${problem}`,
    ]);
  });

  test('each row that was added, lost, repeated or renumbered', () => {
    const { rows } = filled(reviewOf([reviewRow(1), reviewRow(2)]));
    const added = ['1.0', '4', '', 'x'].map((row, i) => ({ line: 10 + i, cells: { ...KEPT, row } }));
    expect(problemsOf(sheetOf([...rows, ...added])).slice(1)).toEqual([
      'line 10: row 1 is already on line 2. If you added or copied the line, delete it',
      "line 11: row '4' isn't in the review. If you added or copied the line, delete it",
      'line 12: row is empty. If you added or copied the line, delete it',
      "line 13: row 'x' isn't in the review. If you added or copied the line, delete it",
      'row 3 is missing. Copy it back from the original sheet',
    ]);
  });

  test('all problems at once, but not more than fifty', () => {
    const review = reviewOf(Array.from({ length: 100 }, (_, i) => reviewRow(i + 1)));
    const empty = { decision: '', reviewer: '', decided_at: '' };
    const changes = Object.fromEntries(review.rows.slice(1).map(({ row }) => [row, empty]));
    const lines = problemsOf(filled(review, changes), review);
    expect(lines).toHaveLength(52);
    expect(lines[0]).toContain('297 problems');
    expect(lines.at(-1)).toBe('and 247 more');
  });

  test('a sheet that nobody has filled in', () => {
    const sheet = filled(REVIEW, { 1: { decision: '' }, 2: { decision: '' }, 3: { decision: '' } });
    expect(problemsOf(sheet)).toEqual([
      'review.xlsx has no decisions yet. Fill in decision, reviewer and decided_at for each row',
    ]);
  });
});

test('a value that was edited is named with its line, and changes nothing', () => {
  const sheet = filled(REVIEW, { 2: { state: 'dormant', last_name: 'x'.repeat(100), exception: 'mine' } });
  const { decisions, differences } = decisionsIn(sheet, REVIEW, NOW);
  expect(decisions).toHaveLength(3);
  expect(differences).toEqual([
    `line 3 (row 2): last_name is '${'x'.repeat(59)}…' in the sheet and 'Lee' in review.json`,
    "line 3 (row 2): state is 'dormant' in the sheet and 'active' in review.json",
    "line 3 (row 2): exception is 'mine' in the sheet and empty in review.json",
  ]);
});

test('a removed column, and how the file was read, are named once', () => {
  const { rows } = filled(REVIEW);
  const without = rows.map(({ line, cells: { roles, ...cells } }) => ({ line, cells: { ...cells } }));
  const sheet = { ...sheetOf(without), note: 'read as Windows-1252' };
  expect(decisionsIn(sheet, REVIEW, NOW).differences).toEqual([
    'read as Windows-1252',
    'column roles is missing from the sheet',
  ]);
});

test('how a spreadsheet displays numbers, dates and truth values is no difference', () => {
  const shown = { id: '2', dt: '20.11.26', is_admin: 'FALSE', quiet_days: '1,0', first_dt: '01/01/2026' };
  expect(decisionsIn(filled(REVIEW, { 2: shown }), REVIEW, NOW).differences).toEqual([]);
});

test('nothing differs in a sheet that was only filled in, whatever the accounts hold', () => {
  const word = fc.constantFrom(...DECISIONS);
  fc.assert(
    fc.property(oddReview, fc.array(word, { minLength: 6, maxLength: 6 }), fc.boolean(), (review, words, isCsv) => {
      fc.pre(review.rows.length > 0);
      const given = review.rows.map(({ is_admin }, i) => (is_admin ? (words[i] ?? 'keep') : 'revoke'));
      const changes = Object.fromEntries(given.map((decision, i) => [i + 1, { decision }]));
      const result = decisionsIn(filled(review, changes, isCsv ? inert : undefined), review, NOW);
      expect(result.differences).toEqual([]);
      expect(result.decisions.map(({ decision }) => decision)).toEqual(given);
    }),
  );
});

test.each(['delete', 'no', 'ok', 'yes', 'x'])('the word %j is never taken for a misspelt keep', (decision) => {
  expect(problemsOf(filled(REVIEW, { 2: { decision } })).join()).not.toContain('Did you mean');
});

test.each(['1000', '1,000', '1.000', '1 000', '1\u00a0000', '1\u202f000', "1'000", '1,000.00', '1000.0'])(
  'the row number %j is that of row 1000',
  (row) => {
    const review = reviewOf(Array.from({ length: 1000 }, (_, i) => reviewRow(i + 1)));
    expect(problemsOf(filled(review, { 1000: { row } }), review)).toEqual([]);
  },
);

test('the sheet of another day is named as such, and nothing else is said about it', () => {
  const other = { ...REVIEW, snapshot: { ...REVIEW.snapshot, dt: '2026-11-27' } };
  expect(problemsOf(filled(REVIEW), other)).toEqual([
    'review.xlsx is the sheet of the review of 2026-11-20, and this is the review of 2026-11-27. Name the right folder or sheet',
  ]);
});

test('a row whose number was edited is named once, with the number that belongs to its id', () => {
  expect(problemsOf(filled(REVIEW, { 2: { row: '2x' } }))).toEqual([
    'review.xlsx has 1 problem. Fix it in the sheet and save it',
    "line 3: row '2x' isn't in the review. By its id, it is row 2",
  ]);
});

test.each(['27.11.2026', '11/27/2026', 'Fri, Nov 27, 2026', '27 November 2026'])(
  'the sheet of another day is refused if a spreadsheet shows the day as %j',
  (dt) => {
    const rows = Object.fromEntries(REVIEW.rows.map(({ row }) => [row, { dt }]));
    expect(problemsOf(filled(REVIEW, rows)).join()).toContain('is the sheet of the review of 2026-11-27, and this is');
  },
);
