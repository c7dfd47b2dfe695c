/** The workbook around the rows of a review: header, list of decisions, filter, widths, and the sheet that says how to fill it in. */
import {
  type CellStyle,
  type CellValue,
  colToLetter,
  type DataValidation,
  type WriteSheet,
  writeXlsx,
} from 'hucre/xlsx';
import { DECISIONS } from '../../snapshot/review/decision.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { DAY_MILLISECONDS } from '../../snapshot/utc-day.ts';
import { FILLED_COLUMNS, type FilledColumn, NUMBER_COLUMNS, SHEET_COLUMNS, type SheetColumn } from './sheet-columns.ts';

/** The place of the worksheet with the rows inside the workbook. */
export const ROWS_PART = 'xl/worksheets/sheet1.xml';

/** Columns that stay visible while the others scroll: `row` and `email`. */
const FIXED_COLUMNS = 2;
const WIDTHS: Readonly<Partial<Record<SheetColumn, number>>> = {
  row: 7,
  email: 32,
  group_names: 28,
  changes: 24,
  changed_since: 24,
  exception: 24,
  id: 26,
  decision: 14,
  reviewer: 22,
  remark: 40,
};
const DEFAULT_WIDTH = 13;

const TEXT: CellStyle = { numFmt: '@' };
const NUMBER: CellStyle = { numFmt: '0' };
const DATE: CellStyle = { numFmt: 'yyyy-mm-dd' };
const solid = (rgb: string): CellStyle => ({
  font: { bold: true },
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb } },
});
const HEADER = solid('E7E6E6');
const HEADER_TO_FILL = solid('FFE699');

const isFilled = (column: SheetColumn): column is FilledColumn => FILLED_COLUMNS.some((filled) => filled === column);

const styleOf = (column: SheetColumn): CellStyle =>
  column === 'decided_at' ? DATE : NUMBER_COLUMNS.has(column) ? NUMBER : TEXT;

/** The serial number of a date in a workbook whose dates count from 1900. */
const serialOf = (dt: string): string => String(Date.parse(dt) / DAY_MILLISECONDS + 25_569);

/**
 * A whole workbook, with one row under the header that has the style of each column and no values of an account. The caller replaces it.
 * The sheet isn't protected: a reviewer may sort, filter and widen it. Whatever is edited shows when the sheet is read back.
 */
export function workbookFrame(review: Review): Promise<Uint8Array> {
  return writeXlsx({ sheets: [rowsSheet(review), explanation(review)], stringMode: 'inline' });
}

function rowsSheet({ rows, snapshot }: Review): WriteSheet {
  const last = Math.max(rows.length, 1) + 1;
  return {
    name: `Review ${snapshot.dt}`,
    columns: SHEET_COLUMNS.map((column) => ({ width: WIDTHS[column] ?? DEFAULT_WIDTH, style: styleOf(column) })),
    rows: [[...SHEET_COLUMNS], SHEET_COLUMNS.map(() => '-')],
    cells: new Map(
      SHEET_COLUMNS.map((column, i) => [
        `0,${i}`,
        { value: column, type: 'string', style: isFilled(column) ? HEADER_TO_FILL : HEADER },
      ]),
    ),
    freezePane: { rows: 1, columns: FIXED_COLUMNS },
    autoFilter: { range: `A1:${colToLetter(SHEET_COLUMNS.length - 1)}${last}` },
    dataValidations: validations(last, snapshot.dt),
  };
}

/**
 * All rows offer the same decisions. A list for administrators only would stay where it is when the sheet is sorted, and refuse a valid
 * decision there.
 */
function validations(last: number, dt: string): DataValidation[] {
  const range = (column: FilledColumn) => {
    const letter = colToLetter(SHEET_COLUMNS.indexOf(column));
    return `${letter}2:${letter}${last}`;
  };
  const shared = { allowBlank: true, showErrorMessage: true, errorStyle: 'stop' } as const;
  return [
    {
      ...shared,
      type: 'list',
      values: [...DECISIONS],
      range: range('decision'),
      errorTitle: 'Unknown decision',
      errorMessage: `Choose ${DECISIONS.join(', ')}.`,
    },
    {
      ...shared,
      type: 'date',
      operator: 'greaterThanOrEqual',
      formula1: serialOf(dt),
      range: range('decided_at'),
      errorTitle: 'Not a possible date',
      errorMessage: `Write a date such as ${dt}, not before the snapshot.`,
    },
  ];
}

function explanation({ snapshot, opened_at, rows, program_version }: Review): WriteSheet {
  const lines: readonly (readonly CellValue[])[] = [
    ['How to fill in this review'],
    [],
    ['Fill in the four columns on the right for every row. Save the file under the same name.'],
    ['Sorting and filtering are fine. Do not add, remove or renumber rows. Changes to other columns are ignored.'],
    [],
    ['decision', 'Required. One of these three:'],
    ['', 'keep', 'The access stays as it is.'],
    ['', 'revoke', 'The user is to be deleted or disabled.'],
    ['', 'revoke-admin', 'The user stays, but is no longer an administrator. Only for rows whose is_admin is true.'],
    ['reviewer', 'Required. The name or e-mail address of the person who decided.'],
    ['decided_at', `Required. The date of the decision, such as ${snapshot.dt}.`],
    ['remark', 'Optional. The reason, or the ticket that carries out the decision.'],
    [],
    [
      'admin_since',
      'The first snapshot since which the user is an administrator. The day of the first snapshot: it was one already.',
    ],
    ['first_dt', 'The first snapshot with the user. The user may have been created earlier.'],
    [],
    ['Snapshot', snapshot.dt],
    ['Commit', String(snapshot.commit)],
    ['SHA-256 of the commit', snapshot.commit_sha256],
    ['Rows', String(rows.length)],
    ['Opened at', opened_at],
    ['Written by', `anodot-user-snapshots ${program_version}`],
  ];
  return {
    name: 'How to fill in',
    columns: [{ width: 24, style: TEXT }, { width: 18, style: TEXT }, { style: TEXT }],
    rows: lines.map((line) => [...line]),
  };
}
