/** Writes the population of a review as the CSV file that a compliance platform imports. */
import type { Review } from '../../snapshot/review/review-document.ts';

export const IMPORTERS = ['vanta', 'scytale'] as const;
export type ImporterName = (typeof IMPORTERS)[number];

/**
 * Writes review-<name>.csv.
 * @returns its path
 * @throws OutputError if the file can't be written
 */
export async function writeImport(name: ImporterName, directory: string, review: Review): Promise<string> {
  throw new Error(`not available yet: ${name} ${directory} ${review.rows.length}`);
}
