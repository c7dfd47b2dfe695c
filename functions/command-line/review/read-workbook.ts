/** Streams the rows of each worksheet of a workbook. */
import { readXlsx, type StreamRow, streamXlsxRows } from 'hucre/xlsx';

/** The worksheets in their order, each to be read before the next. Hidden rows and filtered ones are rows like others. */
export async function* workbookSheets(bytes: Uint8Array): AsyncGenerator<AsyncIterable<StreamRow>> {
  yield streamXlsxRows(bytes, { sheet: 0 });
  let count = 0;
  await readXlsx(bytes, {
    sheets: () => {
      count++;
      return false;
    },
  });
  for (let sheet = 1; sheet < count; sheet++) yield streamXlsxRows(bytes, { sheet });
}
