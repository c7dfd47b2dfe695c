/** Reads the entries of a stored object, in any layout that its format allows. */
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { LineReader } from '../../format/line-reader.ts';
import { copied } from './copied.ts';
import { areColumns, csvEntry, type Entry, type ToEntry } from './entries.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** An entry is undefined if it can't be read. */
export async function* entriesOf(chunks: Chunks, toEntry: ToEntry): AsyncGenerator<Entry | undefined> {
  for await (const line of linesOf(chunks)) if (line.trim() !== '') yield toEntry(line);
}

export async function* csvEntriesOf(chunks: Chunks): AsyncGenerator<Entry | undefined> {
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  const fed = pipeline(copied(chunks), parser);
  fed.catch(() => undefined); // its error also ends the loop
  let header: readonly string[] | undefined;
  let isClear = false;
  try {
    for await (const cells of parser) {
      if (header) yield isClear ? csvEntry(header, cells) : undefined;
      else {
        header = cells;
        isClear = areColumns(cells);
      }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error; // its message quotes the file
    yield undefined;
  } finally {
    parser.destroy();
  }
}

/** Lines that end with LF or CR LF. The last may lack its end. */
export async function* linesOf(chunks: Chunks): AsyncGenerator<string> {
  const reader = new LineReader({ isStrict: false });
  for await (const chunk of chunks) yield* reader.push(chunk);
  const last = reader.end();
  if (last !== '') yield last;
}
