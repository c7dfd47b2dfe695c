import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decisionsIn } from '../../../../../functions/command-line/review/decisions.ts';
import type { Sheet, SheetRow } from '../../../../../functions/command-line/review/sheet.ts';
import { cellText, POPULATION_COLUMNS } from '../../../../../functions/command-line/review/sheet-columns.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { reviewOf, reviewRow } from '../../../../support/review-sheet.ts';

const NOW = new Date('2026-12-01T12:00:00Z');
const KEPT = { decision: 'keep', reviewer: 'Zoë', decided_at: '2026-11-23', remark: '' };
const IDS = ['5f0000000000000000000001', '0012345678901234567890', '1e5', '2026-01-02', '3.4.26', '00012'];
const REVIEW = reviewOf(IDS.map((id, i) => reviewRow(i + 1, { id })));

const sheetOf = (rows: readonly SheetRow[]): Sheet => ({
  ...{ path: 'review.csv', sha256: '0'.repeat(64), format: 'csv', note: null, rows },
});

/** The filled sheet of the review, with other cells in the row of one id. */
const filled = (id: string, cells: SheetRow['cells']): Sheet =>
  sheetOf(
    REVIEW.rows.map((row, i) => ({
      line: i + 2,
      cells: {
        ...Object.fromEntries(POPULATION_COLUMNS.map((column) => [column, cellText(row, column)])),
        ...KEPT,
        ...(row.id === id ? cells : {}),
      },
    })),
  );

function problemOf(sheet: Sheet, review = REVIEW): string {
  try {
    decisionsIn(sheet, review, NOW);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

test.each([
  ['5f0000000000000000000001', '5f0000000000000000000002'],
  ['5f0000000000000000000001', ''],
  ['0012345678901234567890', '0013345678901234567890'],
  ['0012345678901234567890', '12'],
  ['1e5', '1e6'],
  ['00012', '13'],
  ['2026-01-02', 'x'],
])(
  'A row whose id is %j in the review and %j in the sheet is an error, since its decision is about another user.',
  (id, found) => {
    const row = IDS.indexOf(id) + 1;
    expect(problemOf(filled(id, { id: found }))).toContain(
      `\nline ${row + 1} (row ${row}): id is ${found === '' ? 'empty' : `'${found}'`} in the sheet and '${id}' in review.json, so the decision may be about another user. Restore the row`,
    );
  },
);

test.each([
  ['0012345678901234567890', '12345678901234600000'],
  ['0012345678901234567890', '1.23456789012346E+019'],
  ['0012345678901234567890', '1,23457E+19'],
  ['1e5', '100000'],
  ['1e5', '1.00E+05'],
  ['1e5', '1,00E+05'],
  ['2026-01-02', '01/02/26'],
  ['2026-01-02', '02.01.2026'],
  ['3.4.26', '03.04.26'],
  ['00012', '12'],
])('An id %j that a spreadsheet converted to %j is accepted only if the address is right.', (id, found) => {
  expect(decisionsIn(filled(id, { id: found }), REVIEW, NOW).decisions).toHaveLength(IDS.length);
  expect(problemOf(filled(id, { id: found, email: 'other@example.com' }))).toMatch(
    /^$|email is 'other@example.com' in the sheet and 'person\d@example.com' in review.json, so the decision/,
  );
});

test.each([
  ['00012', '12', ['13', '00120'], true],
  ['00012', '12', ['0012'], false],
  ['0012345678901234567890', '1.23457E+19', ['0022345678901234567890'], true],
  ['0012345678901234567890', '1.23457E+19', ['0012345678901234567891'], false],
  ['true', 'TRUE', ['truth'], true],
  ['true', 'WAHR', ['false'], true],
  ['true', 'TRUE', ['True'], false],
  ['2026-01-02', '02.01.26', ['x'], true],
  ['2026-01-02', '02.01.26', ['2026-01-03'], false],
])(
  'Of a user without an address, an id %j converted to %j beside %j is accepted: %j.',
  (id, found, others, isAccepted) => {
    const review = reviewOf([id, ...others].map((one, i) => reviewRow(i + 1, { id: one, email: null })));
    const rows = review.rows.map((row, i) => ({
      line: i + 2,
      cells: {
        ...Object.fromEntries(POPULATION_COLUMNS.map((column) => [column, cellText(row, column)])),
        ...KEPT,
        ...(i === 0 ? { id: found } : {}),
      },
    }));
    expect(problemOf(sheetOf(rows), review) === '').toBe(isAccepted);
  },
);

test('Without the column id, the address identifies the user.', () => {
  const { rows } = filled('1e5', { email: 'other@example.com' });
  const without = rows.map(({ line, cells: { id: _, ...cells } }) => ({ line, cells }));
  expect(problemOf(sheetOf(without))).toContain("line 4 (row 3): email is 'other@example.com' in the sheet");
});

test('The sheet of another review, whose rows are other users, is one error that says so.', () => {
  const moved = REVIEW.rows.map((row, i) => ({
    line: i + 2,
    cells: { ...KEPT, row: String(row.row), id: IDS.at(i - 1) ?? '', email: `person${i}@example.com` },
  }));
  expect(problemOf(sheetOf(moved))).toBe(
    'review.csv is the sheet of another review: 6 of 6 rows have another id than in review.json. Use the sheet of this review',
  );
});

/** Ids as Anodot and its spreadsheets write them, many of which are equal as floating-point numbers. */
const anyId = fc.oneof(
  fc.constantFrom(
    '57262e004958737263748596',
    '58262e004958737263748596',
    '570000000000000000000001',
    '570000000000000000000002',
  ),
  fc.stringMatching(/^[0-9a-f]{24}$/),
  fc.stringMatching(/^\d{16,24}$/),
  fc.stringMatching(/^\d{1,3}e\d{1,4}$/),
);

test('If two rows of different users are swapped, their decisions are never taken for each other', () => {
  fc.assert(
    fc.property(fc.tuple(anyId, anyId), fc.boolean(), ([one, other], haveAddress) => {
      fc.pre(one !== other);
      const email = (name: string) => ({ email: haveAddress ? `${name}@example.com` : null });
      const review = reviewOf([reviewRow(1, { id: one, ...email('a') }), reviewRow(2, { id: other, ...email('b') })]);
      const rows = review.rows.map((row, i) => ({
        line: i + 2,
        cells: {
          ...Object.fromEntries(POPULATION_COLUMNS.map((column) => [column, cellText(row, column)])),
          ...KEPT,
          row: String(3 - row.row),
        },
      }));
      expect(() => decisionsIn(sheetOf(rows), review, NOW)).toThrow(SettingsError);
    }),
    { examples: [[['57262e004958737263748596', '58262e004958737263748596'], true]] },
  );
});
