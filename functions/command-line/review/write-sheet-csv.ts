/** Writes review.csv, the same sheet as review.xlsx for those who don't use a spreadsheet that reads XLSX. */
import type { Review } from '../../snapshot/review/review-document.ts';

/** @throws OutputError if the file can't be written */
export async function writeSheetCsv(path: string, review: Review): Promise<void> {
  throw new Error(`not available yet: ${path} ${review.rows.length}`);
}
