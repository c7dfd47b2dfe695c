/** Takes the decisions from a filled sheet, or names everything that is wrong with them. */
import { SettingsError } from '../../snapshot/errors.ts';
import type { Decision } from '../../snapshot/review/decision.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { plural } from '../text.ts';
import { decisionOf, quoted } from './decision-cells.ts';
import { datesIn } from './read-date.ts';
import { hasDecisions, type Sheet, type SheetRow } from './sheet.ts';
import { cellText, POPULATION_COLUMNS } from './sheet-columns.ts';
import { differencesOf, isShownAs } from './sheet-differences.ts';
import { otherUsers } from './sheet-identity.ts';

export interface SheetDecisions {
  /** One for each row of the review, in its order. */
  readonly decisions: readonly Decision[];
  /** Other columns that differ from review.json, a line each, and how the file was read if that matters. They change nothing. */
  readonly differences: readonly string[];
}

const MOST_LINES = 50;
const ANY_YEAR = { first: 2000, last: 2099 };
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
  const { lines, renumbered } = linesOf(sheet, review, problems);
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
      if (!renumbered.has(row.row)) lost.push(row.row);
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
  const isOther = (dt: string) => dt !== '' && !isShownAs(snapshot.dt, dt);
  const others = Map.groupBy(rows.map(({ cells }) => (cells.dt ?? '').trim()).filter(isOther), (dt) => dt);
  const [dt, found = []] = [...others].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
  if (dt === undefined || 2 * found.length <= rows.length) return;
  const [day, secondReading] = datesIn(dt, ANY_YEAR);
  throw new SettingsError(
    `${path} is the sheet of the review of ${day === undefined || secondReading ? quoted(dt) : day}, and this is the review of ${snapshot.dt}. Name the right folder or sheet`,
  );
}

/** A few rows that differ are a mistake in the sheet. */
const isOtherReview = (others: number, rows: number): boolean => others > 3 && others > rows / 2;

const nameOf = ({ line }: SheetRow, row: number): string => `line ${line} (row ${row})`;

interface SheetLines {
  /** The lines of the sheet by the row of the review that each is about. */
  readonly lines: ReadonlyMap<number, SheetRow>;
  /** Rows whose number was edited. They are named as problems. */
  readonly renumbered: ReadonlySet<number>;
}

function linesOf({ rows }: Sheet, review: Review, problems: string[]): SheetLines {
  const known = new Set(review.rows.map(({ row }) => row));
  const lines = new Map<number, SheetRow>();
  const wrong: (readonly [line: SheetRow, problem: string])[] = [];
  for (const line of rows) {
    const cell = (line.cells.row ?? '').trim();
    const row = Number(ROW_NUMBER.exec(cell)?.[1]?.replaceAll(NO_DIGIT, ''));
    const first = lines.get(row);
    if (cell === '') wrong.push([line, 'row is empty']);
    else if (!known.has(row)) wrong.push([line, `row ${quoted(cell)} isn't in the review`]);
    else if (first) wrong.push([line, `row ${row} is already on line ${first.line}`]);
    else lines.set(row, line);
  }
  const renumbered = new Set<number>();
  const rowOfId = new Map(wrong.length === 0 ? [] : review.rows.map((row) => [cellText(row, 'id').trim(), row.row]));
  for (const [line, problem] of wrong) {
    const row = rowOfId.get((line.cells.id ?? '').trim());
    const right = row === undefined || lines.has(row) ? undefined : row;
    if (right !== undefined) renumbered.add(right);
    const advice = right === undefined ? 'If you added or copied the line, delete it' : `By its id, it is row ${right}`;
    problems.push(`line ${line.line}: ${problem}. ${advice}`);
  }
  return { lines, renumbered };
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
