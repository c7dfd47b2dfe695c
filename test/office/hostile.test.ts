import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSheet } from '../../functions/command-line/review/read-sheet.ts';
import { cellText } from '../../functions/command-line/review/sheet-columns.ts';
import { printable } from '../../functions/command-line/text.ts';
import { OUTCOME } from '../../functions/snapshot/review/outcome-document.ts';
import { REVIEW, type Review } from '../../functions/snapshot/review/review-document.ts';
import { ACCOUNTS } from '../contracts/odd-accounts.ts';
import { NASTY } from '../support/odd-users.ts';
import { reviewCommand } from '../support/review-command.ts';
import { newFolder } from '../support/take.ts';
import { takeResponse } from '../support/take-response.ts';
import { fillIn, type Locale } from './fill-in.ts';

/** Accounts whose ids, names, roles and groups are formulas, markup, numbers, dates, and invisible or endless text. */

const NOW = new Date('2026-11-23T12:00:00Z');
const FORMULAS = ['=HYPERLINK("http://x.invalid";"y")', "=cmd|' /C calc'!A0", '+1+1', '@SUM(1)', '\u200b=1+1', '-2'];
const TEXTS = [
  ...FORMULAS,
  '<script>alert(1)</script>',
  '\u202eevil',
  'zero\u200bwidth',
  '\u009b31m',
  'y'.repeat(10_000),
];
const IDS = ['0012345678901234567890', '1e5', '2026-01-02', '00012', '3.4.26', '=1+1', '+1e2', 'true', '1/2', '1,5'];
const GROUPS = Array.from({ length: 50 }, (_, i) => ({ id: `g${i}`, name: TEXTS[i % 10] ?? '' }));
const LOCALES = ['en-US', 'de-DE'] as const;
const TYPED_DATE: Readonly<Record<Locale, string>> = { 'en-US': '11/23/2026', 'de-DE': '23.11.2026' };
/** The reviewer's own: the only formula that a saved workbook may have. */
const TYPED_FORMULA = '=40+2';
/** Texts that spreadsheets take for numbers or dates when they open a CSV file. */
const CONVERTED = /^(?:[+-]?\d+([.,]\d+)?(e[+-]?\d+)?|\d+[-./]\d+([-./]\d+)?)$/i;

const record = (id: string, more: object = {}) => ({
  _id: id,
  createdAt: '2024-05-06T07:08:09.123Z',
  firstName: 'Ada',
  lastName: 'Odd',
  email: `${id}@example.com`,
  roles: ['customer-user'],
  disabled: false,
  ownerOrganization: '5ffc5ca1c4b329000e9d1063',
  groups: ['g1'],
  lastActive: '2026-11-20T10:11:12.131Z',
  ...more,
});
const HOSTILE = [
  ...IDS.map((id) => record(id)),
  ...TEXTS.map((text, i) => record(`t${i}`, { firstName: text, lastName: text, email: text, roles: [text] })),
  ...NASTY.map((text, i) => record(`n${i}`, { firstName: text, groups: GROUPS.map((group) => group.id) })),
  record('admin', { roles: ['customer-admin'] }),
];
const NAMES = ['hostile text', 'odd values of documented fields'];
/** The users of the odd accounts, as their text: some numbers would lose digits. */
const ODD = NAMES.map((name) => String(ACCOUNTS[name]?.[0]).trim().slice(1, -1));
const responseOf = (users: readonly object[]) => `[${[...users.map((user) => JSON.stringify(user)), ...ODD].join()}]`;

let folder: string;
let opened: string;
let review: Review;
const store = () => join(folder, 'snapshots');
beforeAll(async () => {
  folder = await newFolder();
  opened = join(folder, 'review');
  await takeResponse(store(), '2026-11-22', responseOf(HOSTILE), GROUPS);
  const { code } = await reviewCommand('open', ['--store', store(), '--out', opened, '--for', 'vanta,scytale'], NOW);
  expect(code).toBe(0);
  const left = HOSTILE.filter(({ _id }) => _id !== '1e5');
  const later = left.map((user) => (user._id === 'admin' ? { ...user, roles: ['customer-user'] } : user));
  await takeResponse(store(), '2026-11-23', responseOf(later), GROUPS);
  review = REVIEW.parse(JSON.parse(await readFile(join(opened, 'review.json'), 'utf8')));
});
afterAll(() => rm(folder, { recursive: true }));

const decisionFor = (id: string): string =>
  id === 'admin' ? 'revoke-admin' : id === '1e5' || id === '2026-01-02' ? 'revoke' : 'keep';

/** The formulas in any part of a workbook. */
async function formulasIn(path: string): Promise<string[]> {
  const parts = Object.entries(unzipSync(await readFile(path)));
  return parts.flatMap(([name, bytes]) =>
    /worksheets\/[^/]+\.xml$/.test(name) ? (strFromU8(bytes).match(/<f[\s>/].{0,80}/g) ?? []) : [],
  );
}

/** Fills in a copy of the review in LibreOffice, and saves it as both files. */
async function filledIn(from: string, locale: Locale): Promise<string> {
  const filled = join(folder, `${from}-${locale}`);
  await cp(opened, filled, { recursive: true });
  const rows = review.rows.map(({ row, id }) => ({
    row,
    decision: decisionFor(id),
    reviewer: 'Zoë Müller',
    decided_at: TYPED_DATE[locale],
    remark: id === 'admin' ? TYPED_FORMULA : '',
  }));
  await fillIn(join(filled, from), {
    locale,
    rows,
    to: ['review.xlsx', 'review.csv'].map((name) => join(filled, name)),
  });
  return filled;
}

/** The differences that a spreadsheet's own conversion of a CSV cell doesn't explain. */
function unexplained(differences: readonly string[]): string[] {
  return differences.filter((difference) => {
    const [, row, column] = /\(row (\d+)\): (\w+) is /.exec(difference) ?? [];
    const value = Object.entries(review.rows[Number(row) - 1] ?? {}).find(([name]) => name === column)?.[1];
    return !CONVERTED.test(String(value).trim());
  });
}

test.each(LOCALES.flatMap((locale) => [['review.xlsx', locale] as const, ['review.csv', locale] as const]))(
  'A hostile account’s %s keeps ids and decisions when LibreOffice (%s) saves it in either format, and runs no formula',
  async (from, locale) => {
    const filled = await filledIn(from, locale);
    // The workbook's cells are text. Those of a CSV file that LibreOffice opened take what is typed as a formula.
    const typed = from === 'review.csv';
    expect(await formulasIn(join(filled, 'review.xlsx'))).toEqual(typed ? [expect.stringContaining('>40+2</f>')] : []);
    for (const name of ['review.xlsx', 'review.csv']) {
      const { code, out } = await reviewCommand('close', [filled, '--store', store(), '--sheet', name], NOW);
      expect([name, code, out]).toEqual([name, 13, expect.stringContaining('2 of 3 removals have been carried out')]);
      const text = await readFile(join(filled, 'outcome.json'), 'utf8');
      expect(text).toBe(printable(text));
      const { rows, differences } = OUTCOME.parse(JSON.parse(text));
      expect(rows.map(({ id, decision }) => [id, decision])).toEqual(
        review.rows.map(({ id }) => [id, decisionFor(id)]),
      );
      expect(rows.find(({ id }) => id === 'admin')).toMatchObject({
        result: 'done',
        remark: typed ? '42' : TYPED_FORMULA,
      });
      expect(rows.find(({ id }) => id === '1e5')?.result).toBe('done');
      expect(rows.find(({ id }) => id === '2026-01-02')?.reason).toBe('still_active');
      if (from === 'review.csv') expect(unexplained(differences)).toEqual([]);
      else expect(differences).toEqual([]);
      if (from === 'review.csv') continue;
      const ids = new Map((await readSheet(join(filled, name))).rows.map(({ cells }) => [cells.row, cells.id]));
      for (const row of review.rows) expect(ids.get(String(row.row))?.trim()).toBe(cellText(row, 'id').trim());
    }
  },
);

test('A hostile account’s other files hold no formula, no markup and no control character.', async () => {
  const json = await readFile(join(opened, 'review.json'), 'utf8');
  expect(json).toBe(printable(json));
  expect(await formulasIn(join(opened, 'review.xlsx'))).toEqual([]);
  for (const name of ['review.csv', 'review-vanta.csv', 'review-scytale.csv']) {
    const rows: string[][] = parse(await readFile(join(opened, name)), { bom: true });
    expect(rows, name).toHaveLength(review.rows.length + 1);
    for (const cell of rows.flat()) expect(cell).not.toMatch(/^[\p{Z}\p{Cf}]*[=+\-@＝＋－＠]|[\p{Cc}\u2028\u2029]/u);
  }
  const page = await readFile(join(opened, 'population.html'), 'utf8');
  expect(page).not.toMatch(/<script>alert|[\u202a-\u202e\u2066-\u2069\u009b]/);
});
