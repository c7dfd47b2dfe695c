import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { readXlsx } from 'hucre/xlsx';
import { expect, test } from 'vitest';
import { readSheet } from '../../../../../functions/command-line/review/read-sheet.ts';
import { hasDecisions } from '../../../../../functions/command-line/review/sheet.ts';
import { cellText, POPULATION_COLUMNS } from '../../../../../functions/command-line/review/sheet-columns.ts';
import { writeSheetCsv } from '../../../../../functions/command-line/review/write-sheet-csv.ts';
import { writeWorkbook } from '../../../../../functions/command-line/review/write-workbook.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';
import { inert } from '../../../../../functions/snapshot/format/cell-text.ts';
import type { Review } from '../../../../../functions/snapshot/review/review-document.ts';
import { oddReview, reviewOf, reviewRow } from '../../../../support/review-sheet.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheet-'));
const workbook = join(folder, 'review.xlsx');
const csv = join(folder, 'review.csv');
const EMPTY = { decision: '', reviewer: '', decided_at: '', remark: '' };

const cellsOf = (review: Review, as: (text: string) => string) =>
  review.rows.map((row) => ({
    ...Object.fromEntries(POPULATION_COLUMNS.map((column) => [column, as(cellText(row, column))])),
    ...EMPTY,
  }));

const worksheet = (): string =>
  strFromU8(unzipSync(readFileSync(workbook))['xl/worksheets/sheet1.xml'] ?? new Uint8Array());

test('every value of an account is read back unchanged from the workbook', async () => {
  await fc.assert(
    fc.asyncProperty(oddReview, async (review) => {
      await writeWorkbook(workbook, review);
      const { rows, format } = await readSheet(workbook);
      expect(format).toBe('xlsx');
      expect(rows.map(({ cells }) => cells)).toEqual(cellsOf(review, (text) => text));
      expect(rows.map(({ line }) => line)).toEqual(review.rows.map(({ row }) => row + 1));
    }),
    { numRuns: 60 },
  );
});

test('every value of an account is read back from the CSV file, with formulas neutralized', async () => {
  await fc.assert(
    fc.asyncProperty(oddReview, async (review) => {
      await writeSheetCsv(csv, review);
      const { rows, format, note } = await readSheet(csv);
      expect({ format, note }).toEqual({ format: 'csv', note: null });
      expect(rows.map(({ cells }) => cells)).toEqual(cellsOf(review, inert));
      expect(rows.map(({ line }) => line)).toEqual(review.rows.map(({ row }) => row + 1));
    }),
    { numRuns: 60 },
  );
});

test('no value of an account becomes a formula, number or date in the workbook', async () => {
  const hostile = {
    id: '00123456789012345678',
    email: "=cmd|' /C calc'!A0",
    first_name: '2026-11-20',
    last_name: '+1',
  };
  await writeWorkbook(workbook, reviewOf([reviewRow(1, hostile)]));
  const xml = worksheet();
  expect(xml).not.toContain('<f>');
  const typed = [...xml.matchAll(/<c r="([A-Z]+)2"[^>]*?(?: t="(\w+)")?(?:\/>|>)/g)].map(([, column, type]) => [
    column,
    type,
  ]);
  const numbers = typed.filter(([, type]) => type !== 'inlineStr').map(([column]) => column);
  expect(numbers, 'row, quiet_days and the four columns to fill').toEqual(['A', 'K', 'V', 'W', 'X', 'Y']);
  const cells = (await readSheet(workbook)).rows[0]?.cells;
  expect(cells).toMatchObject(hostile);
});

test('the workbook offers the decisions, accepts only possible dates, and keeps its header in view', async () => {
  await writeWorkbook(workbook, reviewOf([reviewRow(1), reviewRow(2), reviewRow(3)]));
  const xml = worksheet();
  expect(xml).toContain('<formula1>"keep,revoke,revoke-admin"</formula1>');
  expect(xml).toMatch(/type="list"[^>]*sqref="V2:V4"/);
  // The serial number of 2026-11-20.
  expect(xml).toMatch(/type="date"[^>]*sqref="X2:X4"[^>]*><formula1>46346<\/formula1>/);
  expect(xml).toContain('<autoFilter ref="A1:Y4"/>');
  expect(xml).toContain('<dimension ref="A1:Y4"/>');
  expect(xml).toMatch(/<pane xSplit="2" ySplit="1"[^>]*state="frozen"/);
});

test('the second sheet explains each decision and names the snapshot, its commit and its hash', async () => {
  await writeWorkbook(workbook, reviewOf([reviewRow(1)]));
  const { sheets } = await readXlsx(readFileSync(workbook));
  expect(sheets.map(({ name }) => name)).toEqual(['Review 2026-11-20', 'How to fill in']);
  const words = sheets[1]?.rows.flat();
  expect(words).toEqual(expect.arrayContaining(['keep', 'revoke', 'revoke-admin', '2026-11-20', '7', 'a'.repeat(64)]));
});

test('a text that is too long for a cell is cut with a mark in both files', async () => {
  const review = reviewOf([
    reviewRow(1, { first_name: `${'x'.repeat(32_760)}😀😀😀😀`, last_name: '=1,'.repeat(20_000) }),
  ]);
  await writeWorkbook(workbook, review);
  await writeSheetCsv(csv, review);
  for (const path of [workbook, csv]) {
    const cells = (await readSheet(path)).rows[0]?.cells;
    expect(cells?.first_name).toMatch(/^x+…\[cut\]$/);
    expect(cells?.last_name).toHaveLength(32_767);
    expect(cells?.last_name).toMatch(/…\[cut\]$/);
  }
});

test('a sheet without users has a header only, and is read back as such', async () => {
  for (const [path, write] of [
    [workbook, writeWorkbook],
    [csv, writeSheetCsv],
  ] as const) {
    await write(path, reviewOf([]));
    const sheet = await readSheet(path);
    expect(sheet.rows).toEqual([]);
    expect(hasDecisions(sheet)).toBe(false);
  }
});

test('more users than a worksheet holds are an error that names the CSV file', async () => {
  const review = reviewOf(new Array(1_048_576).fill(reviewRow(1)));
  await expect(writeWorkbook(workbook, review)).rejects.toThrow(SettingsError);
  await expect(writeWorkbook(workbook, review)).rejects.toThrow(/Fill in review\.csv/);
});
