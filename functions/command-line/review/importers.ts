/** Writes the population of a review as the CSV file that a compliance platform imports. */
import { join } from 'node:path';
import { csvLine, inert } from '../../snapshot/format/cell-text.ts';
import type { Review, ReviewRow } from '../../snapshot/review/review-document.ts';
import { replaceFile } from '../output-file.ts';
import { cellText, type PopulationColumn } from './sheet-columns.ts';

export const IMPORTERS = ['vanta', 'scytale'] as const;
export type ImporterName = (typeof IMPORTERS)[number];

type Column = readonly [header: string, value: (row: ReviewRow) => string];

/** Vanta rejects extra spaces. */
const tidy = (row: ReviewRow, column: PopulationColumn): string => cellText(row, column).trim().replaceAll(/\s+/g, ' ');
/** The address, or the id of a user that has none: no platform accepts a row without a name. */
const accountName = (row: ReviewRow): string => tidy(row, 'email') || tidy(row, 'id');
const roles = (row: ReviewRow): string => tidy(row, 'roles');
/** Vanta expects the address of an employee, or nothing if the owner isn't known. */
const owner = (row: ReviewRow): string => (row.is_on_people_list === false ? '' : tidy(row, 'email'));

const COLUMNS: Readonly<Record<ImporterName, readonly Column[]>> = {
  // https://help.vanta.com/en/articles/11345421-access-file-uploader has the columns.
  // https://help.vanta.com/hc/en-us/articles/9870219958804-Access-File-Uploader has the values of Status.
  vanta: [
    ['Account name', accountName],
    ['Account owner', owner],
    ['Role', roles],
    ['Status', ({ state }) => (state === 'disabled' ? 'Deactivated' : 'Active')],
  ],
  // https://docs.scytale.ai/how-to-import-users-critical-systems describes these two columns. It shows the template only as a picture,
  // so the spelling of the headers is uncertain: compare them with the template that Scytale offers for download.
  scytale: [
    ['username', accountName],
    ['roles', roles],
  ],
};

/**
 * Writes review-<name>.csv.
 * @returns its path
 * @throws OutputError if the file can't be written
 */
export async function writeImport(name: ImporterName, directory: string, review: Review): Promise<string> {
  const path = join(directory, `review-${name}.csv`);
  await replaceFile(path, lines(COLUMNS[name], review));
  return path;
}

function* lines(columns: readonly Column[], { rows }: Review): Generator<string> {
  yield csvLine(columns.map(([header]) => header));
  for (const row of rows) yield csvLine(columns.map(([, value]) => inert(value(row))));
}
