/** Takes the decisions from a filled sheet, or names everything that is wrong with them. */
import { SettingsError } from '../../snapshot/errors.ts';
import type { Decision } from '../../snapshot/review/decision.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { isDt } from '../../snapshot/utc-day.ts';
import { plural } from '../text.ts';
import { decisionOf, quoted } from './decision-cells.ts';
import { hasDecisions, type Sheet, type SheetRow } from './sheet.ts';
import { POPULATION_COLUMNS } from './sheet-columns.ts';
import { differencesOf } from './sheet-differences.ts';
import { otherUsers } from './sheet-identity.ts';

export interface SheetDecisions {
  /** One for each row of the review, in its order. */
  readonly decisions: readonly Decision[];
  /** Other columns that differ from review.json, a line each, and how the file was read if that matters. They change nothing. */
  readonly differences: readonly string[];
}

const MOST_LINES = 50;
/** How spreadsheets show a whole number: `1000`, `1000.0`, `1,000` or `1.000,00`. */
const ROW_NUMBER = /^(\d{1,3}(?:[.,'’\s]\d{3})+|\d{1,9})(?:[.,]0{1,2})?$/;
const NO_DIGIT = /\D/g;

/**
 * @param now the latest possible time of a decision
 * @throws SettingsError that lists the problems, each with its line in the sheet
 */
export function decisionsIn(sheet: Sheet, review: Review, now: Date): SheetDecisions {
  if (!hasDecisions(sheet))
    throw new SettingsError(
      `${sheet.path} has no decisions yet. Fill in decision, reviewer and decided_at for each row`,
    );
  refuseOtherDay(sheet, review);
  const problems: string[] = [];
  const lines = linesOf(sheet, review, problems);
  const others = otherUsers(lines, review);
  if (isOtherReview(others.size, lines.size))
    throw new SettingsError(
      `${sheet.path} is the sheet of another review: ${others.size} of ${plural(lines.size, 'row')} have another id than in review.json. Use the sheet of this review`,
    );
  const differences: string[] = sheet.note === null ? [] : [sheet.note];
  differences.push(...missingColumns(sheet));
  const decisions: Decision[] = [];
  const lost: number[] = [];
  for (const row of review.rows) {
    const line = lines.get(row.row);
    if (!line) {
      lost.push(row.row);
      continue;
    }
    const other = others.get(row.row);
    if (other !== undefined) problems.push(`${nameOf(line, row.row)}: ${other}`);
    const found = decisionOf(line, row, review, now);
    problems.push(...found.problems.map((problem) => `${nameOf(line, row.row)}: ${problem}`));
    if (found.decision) decisions.push(found.decision);
    differences.push(...differencesOf(line, row).map((difference) => `${nameOf(line, row.row)}: ${difference}`));
  }
  problems.push(...lost.map((row) => `row ${row} is missing. Copy it back from the original sheet`));
  if (problems.length > 0) throw new SettingsError(errorText(sheet.path, problems));
  return { decisions, differences: limited(differences) };
}

/** @throws SettingsError if most rows are of another day: all other advice would be about the wrong sheet */
function refuseOtherDay({ path, rows }: Sheet, { snapshot }: Review): void {
  const days = Map.groupBy(rows, ({ cells }) => (cells.dt ?? '').trim());
  const [dt, found] = [...days].filter(([day]) => isDt(day)).sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (dt !== undefined && dt !== snapshot.dt && 2 * (found?.length ?? 0) > rows.length)
    throw new SettingsError(
      `${path} is the sheet of the review of ${dt}, and this is the review of ${snapshot.dt}. Name the right folder or sheet`,
    );
}

/** A few rows that differ are a mistake in the sheet. */
const isOtherReview = (others: number, rows: number): boolean => others > 3 && others > rows / 2;

const nameOf = ({ line }: SheetRow, row: number): string => `line ${line} (row ${row})`;

/** The lines of the sheet by the row of the review that each is about. */
function linesOf({ rows }: Sheet, review: Review, problems: string[]): ReadonlyMap<number, SheetRow> {
  const known = new Set(review.rows.map(({ row }) => row));
  const lines = new Map<number, SheetRow>();
  for (const line of rows) {
    const cell = (line.cells.row ?? '').trim();
    const row = Number(ROW_NUMBER.exec(cell)?.[1]?.replaceAll(NO_DIGIT, ''));
    const first = lines.get(row);
    if (cell === '')
      problems.push(`line ${line.line}: row is empty. Restore its number. If you added the line, delete it`);
    else if (!known.has(row))
      problems.push(
        `line ${line.line}: row ${quoted(cell)} isn't in the review. Restore its number. If you added the line, delete it`,
      );
    else if (first)
      problems.push(
        `line ${line.line}: row ${row} is already on line ${first.line}. Restore its number. If you copied the line, delete the copy`,
      );
    else lines.set(row, line);
  }
  return lines;
}

/** Columns that were removed. All rows of a sheet have the same columns. */
const missingColumns = ({ rows: [first] }: Sheet): string[] =>
  POPULATION_COLUMNS.filter((column) => first && first.cells[column] === undefined).map(
    (column) => `column ${column} is missing from the sheet`,
  );

const errorText = (path: string, problems: readonly string[]): string =>
  [
    `${path} has ${plural(problems.length, 'problem')}. Fix ${problems.length === 1 ? 'it' : 'them'} in the sheet and save it`,
    ...limited(problems),
  ].join('\n');

const limited = (lines: readonly string[]): string[] =>
  lines.length <= MOST_LINES
    ? [...lines]
    : [...lines.slice(0, MOST_LINES), `and ${(lines.length - MOST_LINES).toLocaleString('en')} more`];
