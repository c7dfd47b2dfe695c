/** Finds the sheet that was filled in, review.xlsx or review.csv, and reads its decisions. */
import { access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { decisionsIn, type SheetDecisions } from './decisions.ts';
import { readSheet } from './read-sheet.ts';
import { FILES } from './review-files.ts';
import { hasDecisions, type Sheet } from './sheet.ts';

export type FilledSheet = SheetDecisions & Pick<Sheet, 'path' | 'sha256'>;

/** One sheet, or two that are both filled in. */
export type FilledSheets = readonly [Sheet, Sheet?];

/**
 * Reads before review.json is read, so that a large account's files aren't in memory together.
 * @param named the file that `--sheet` names
 * @throws SettingsError if no sheet is filled in, or one can't be read
 */
export const readFilledSheets = async (folder: string, named: string | undefined): Promise<FilledSheets> =>
  named === undefined ? filledSheets(folder) : [await readSheet(await pathOf(folder, named))];

/** @throws SettingsError if two sheets differ, or the decisions have problems */
export function decisionsOf([sheet, other]: FilledSheets, review: Review, now: Date): FilledSheet {
  if (other && !agree(sheet, other, review, now))
    throw new SettingsError(
      `${FILES.workbook} and ${FILES.csv} are both filled in, and differ. Name the right one with --sheet`,
    );
  return decided(sheet, review, now);
}

const decided = (sheet: Sheet, review: Review, now: Date): FilledSheet => ({
  path: sheet.path,
  sha256: sheet.sha256,
  ...decisionsIn(sheet, review, now),
});

/**
 * A name without a folder is a file of the review's folder or of the current one.
 * @throws SettingsError if both have it
 */
async function pathOf(folder: string, named: string): Promise<string> {
  const inside = join(folder, named);
  if (named !== basename(named) || !(await exists(inside))) return named;
  if (resolve(named) !== resolve(inside) && (await exists(named)))
    throw new SettingsError(`--sheet ${named} can be ./${named} or ${inside}. Name one of them with its folder`);
  return inside;
}

/** Reads the CSV file first: usually it isn't filled in, and is then dropped before the workbook takes memory. */
async function filledSheets(folder: string): Promise<FilledSheets> {
  const found: string[] = [];
  for (const name of [FILES.workbook, FILES.csv]) if (await exists(join(folder, name))) found.push(name);
  const filled: Sheet[] = [];
  for (const name of found.toReversed()) {
    const sheet = await readIfFilled(join(folder, name));
    if (sheet) filled.unshift(sheet);
  }
  if (found.length === 0)
    throw new SettingsError(`${folder} has neither ${FILES.workbook} nor ${FILES.csv}. Name the sheet with --sheet`);
  const [first, second] = filled;
  if (!first)
    throw new SettingsError(
      `no decision is filled in: neither in ${found.join(' nor in ')}. Fill one in, or name another file with --sheet`,
    );
  return [first, second];
}

/** On its own, so that no variable keeps a sheet that isn't filled in. */
async function readIfFilled(path: string): Promise<Sheet | undefined> {
  const sheet = await readSheet(path);
  return hasDecisions(sheet) ? sheet : undefined;
}

function agree(one: Sheet, other: Sheet, review: Review, now: Date): boolean {
  try {
    const [first, second] = [one, other].map((sheet) => JSON.stringify(decisionsIn(sheet, review, now).decisions));
    return first === second;
  } catch (error) {
    if (error instanceof SettingsError) return false;
    throw error;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
