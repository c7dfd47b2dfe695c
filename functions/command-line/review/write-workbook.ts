/** Writes review.xlsx, the workbook that reviewers fill in. */
import type { Review } from '../../snapshot/review/review-document.ts';

/**
 * @throws SettingsError if there are more users than a worksheet has rows
 * @throws OutputError if the file can't be written
 */
export async function writeWorkbook(path: string, review: Review): Promise<void> {
  throw new Error(`not available yet: ${path} ${review.rows.length}`);
}
