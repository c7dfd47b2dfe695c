import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decisionsIn } from '../../functions/command-line/review/decisions.ts';
import { readSheet } from '../../functions/command-line/review/read-sheet.ts';
import { writeSheetCsv } from '../../functions/command-line/review/write-sheet-csv.ts';
import { writeWorkbook } from '../../functions/command-line/review/write-workbook.ts';
import { SettingsError } from '../../functions/snapshot/errors.ts';
import { NASTY } from '../support/odd-users.ts';
import { reviewOf, reviewRow } from '../support/review-sheet.ts';
import { fillIn, type Locale, type TypedRow } from './fill-in.ts';

const NOW = new Date('2026-12-01T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'office-'));
const REVIEW = reviewOf([
  reviewRow(1, { id: '00123456789012345678', first_name: '=1+1', last_name: "=cmd|' /C calc'!A0" }),
  reviewRow(2, { first_name: '3.4.26', last_name: '1E5', roles: '_x0041_, Größe; "x"', is_on_people_list: false }),
  reviewRow(3, { first_name: '@SUM(A1)', last_name: '2026-11-20', email: null }),
  ...NASTY.map((text, i) => reviewRow(i + 4, { first_name: text, last_name: null, group_names: text })),
]);

/** A date as people of the locale type it. */
const TYPED_DATE: Readonly<Record<Locale, string>> = { 'en-US': '11/23/2026', 'de-DE': '23.11.2026' };
/**
 * What LibreOffice takes for a number of 15 digits, and in German for a date, when it opens the CSV file. The workbook keeps such values.
 */
const CONVERTED = /\(row 1\): id is|\(row 2\): first_name is .* and '3\.4\.26' in/;
const WRITERS = { xlsx: writeWorkbook, csv: writeSheetCsv };

const typedIn = (locale: Locale): TypedRow[] =>
  REVIEW.rows.map(({ row }) => ({
    row,
    decision: row === 1 ? 'revoke-admin' : row === 2 ? 'REVOKE' : 'keep',
    reviewer: 'Zoë Müller',
    decided_at: row === 3 ? '2026-11-23' : TYPED_DATE[locale],
    remark: row === 2 ? 'left; "on leave", 1,5 years' : '',
  }));

const DECIDED = REVIEW.rows.map(({ row }) => ({
  row,
  decision: row === 1 ? 'revoke-admin' : row === 2 ? 'revoke' : 'keep',
  reviewer: 'Zoë Müller',
  decided_at: '2026-11-23',
  remark: row === 2 ? 'left; "on leave", 1,5 years' : '',
}));

/** Writes the sheet of the review, lets LibreOffice fill it in and save it in both formats, and reads what it saved. */
async function filledIn(from: 'xlsx' | 'csv', locale: Locale, rows = typedIn(locale)) {
  const path = join(folder, `from-${from}-${locale}.${from}`);
  await WRITERS[from](path, REVIEW);
  const [workbook, csv] = ['xlsx', 'csv'].map((ending) => join(folder, `saved-${from}-${locale}.${ending}`));
  await fillIn(path, { locale, rows, to: [workbook ?? '', csv ?? ''] });
  return { xlsx: await readSheet(workbook ?? ''), csv: await readSheet(csv ?? '') };
}

const LOCALES = ['en-US', 'de-DE'] as const;

test.each(LOCALES)(
  'review.xlsx is filled in by LibreOffice in %s, saved as .xlsx and .csv, and read back without a difference',
  async (locale) => {
    for (const sheet of Object.values(await filledIn('xlsx', locale))) {
      const { decisions, differences } = decisionsIn(sheet, REVIEW, NOW);
      expect(decisions, sheet.format).toEqual(DECIDED);
      expect(differences, sheet.format).toEqual([]);
    }
  },
);

test.each(LOCALES)(
  'review.csv is filled in by LibreOffice in %s, saved as .xlsx and .csv, and its decisions are read back',
  async (locale) => {
    for (const sheet of Object.values(await filledIn('csv', locale))) {
      const { decisions, differences } = decisionsIn(sheet, REVIEW, NOW);
      expect(decisions, sheet.format).toEqual(DECIDED);
      expect(differences.filter((difference) => !CONVERTED.test(difference))).toEqual([]);
    }
  },
);

test('a date that the locale shows with two readings is refused, unless the workbook showed it as 2026-12-01, and an edited value is named', async () => {
  const rows = typedIn('en-US').map((row) =>
    row.row === 2 ? { ...row, decided_at: '12/1/2026', state: 'dormant' } : row,
  );
  const fromCsv = await filledIn('csv', 'en-US', rows);
  expect(() => decisionsIn(fromCsv.csv, REVIEW, NOW)).toThrow(SettingsError);
  expect(() => decisionsIn(fromCsv.csv, REVIEW, NOW)).toThrow(
    /line 3 \(row 2\): decided_at '12\/0?1\/(20)?26' can mean 2026-01-12 or 2026-12-01/,
  );
  const fromWorkbook = await filledIn('xlsx', 'en-US', rows);
  for (const sheet of [fromCsv.xlsx, fromWorkbook.xlsx, fromWorkbook.csv]) {
    const { decisions, differences } = decisionsIn(sheet, REVIEW, NOW);
    expect(decisions[1]?.decided_at).toBe('2026-12-01');
    expect(differences).toContain("line 3 (row 2): state is 'dormant' in the sheet and 'active' in review.json");
  }
});
