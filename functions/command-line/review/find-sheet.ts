/** Finds the sheet that was filled in, review.xlsx or review.csv, and reads its decisions. */
import { access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { decisionsIn, type SheetDecisions } from './decisions.ts';
import { readSheet } from './read-sheet.ts';
import { FILES } from './review-files.ts';
import { hasDecisions, type Sheet } from './sheet.ts';

export type FilledSheet = SheetDecisions & Pick<Sheet, 'path' | 'sha256'>;

/**
 * @param named the file that `--sheet` names
 * @throws SettingsError if no sheet is filled in, both are and differ, or the decisions have problems
 */
export async function readFilledSheet(
  folder: string,
  named: string | undefined,
  review: Review,
  now: Date,
): Promise<FilledSheet> {
  if (named !== undefined) {
    const sheet = await readSheet(await pathOf(folder, named));
    return { ...sheet, ...decisionsIn(sheet, review, now) };
  }
  const [sheet, other] = await filledSheets(folder);
  if (other && !agree(sheet, other, review, now))
    throw new SettingsError(
      `${FILES.workbook} and ${FILES.csv} are both filled in, and differ. Name the right one with --sheet`,
    );
  return { ...sheet, ...decisionsIn(sheet, review, now) };
}

/** A bare name is a file of the review's folder, if it has one. */
async function pathOf(folder: string, named: string): Promise<string> {
  const inside = join(folder, named);
  return named === basename(named) && (await exists(inside)) ? inside : named;
}

async function filledSheets(folder: string): Promise<readonly [Sheet, Sheet?]> {
  const sheets: Sheet[] = [];
  for (const name of [FILES.workbook, FILES.csv])
    if (await exists(join(folder, name))) sheets.push(await readSheet(join(folder, name)));
  if (sheets.length === 0)
    throw new SettingsError(`${folder} has neither ${FILES.workbook} nor ${FILES.csv}. Name the sheet with --sheet`);
  const [first, second] = sheets.filter(hasDecisions);
  if (!first)
    throw new SettingsError(
      `no decision is filled in: neither in ${sheets.map(({ path }) => basename(path)).join(' nor in ')}. Fill one in, or name another file with --sheet`,
    );
  return [first, second];
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
