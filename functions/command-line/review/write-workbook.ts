/**
 * Writes review.xlsx, the workbook that reviewers fill in. hucre writes all of it except the rows: its streaming writer knows no lists,
 * filters or second sheet, and its other one needs more than 1 GB for 100,000 users. The rows are streamed into the ZIP archive.
 */
import { strFromU8, unzipSync, Zip, ZipDeflate } from 'fflate';
import { SettingsError } from '../../snapshot/errors.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { replaceFile } from '../output-file.ts';
import { ROWS_PART, workbookFrame } from './workbook-frame.ts';
import { worksheetXml } from './workbook-rows.ts';

/** Rows of a worksheet, without the header. */
const MOST_ROWS = 1_048_575;

/**
 * @throws SettingsError if there are more users than a worksheet has rows
 * @throws OutputError if the file can't be written
 */
export async function writeWorkbook(path: string, review: Review): Promise<void> {
  const { length } = review.rows;
  if (length > MOST_ROWS)
    throw new SettingsError(
      `${length} users are more than the ${MOST_ROWS} rows of a worksheet. Fill in review.csv instead of review.xlsx`,
    );
  await replaceFile(path, archive(await workbookFrame(review), review));
}

function* archive(frame: Uint8Array, review: Review): Generator<Uint8Array> {
  const written: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    written.push(chunk);
  });
  const encoder = new TextEncoder();
  for (const [name, content] of Object.entries(unzipSync(frame))) {
    const part = new ZipDeflate(name, { level: 6 });
    part.mtime = review.opened_at;
    zip.add(part);
    if (name === ROWS_PART) {
      for (const xml of worksheetXml(strFromU8(content), review)) {
        part.push(encoder.encode(xml));
        yield* written.splice(0);
      }
      part.push(new Uint8Array(), true);
    } else {
      part.push(content, true);
    }
    yield* written.splice(0);
  }
  zip.end();
  yield* written;
}
