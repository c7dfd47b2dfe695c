/** Reads exported files back, with other code than wrote them if there is any. */
import { readFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { type CellValue, streamXlsxRows } from 'hucre/xlsx';
import { type Cell, plainText } from '../../functions/command-line/query/cells.ts';
import { cellOf } from '../../functions/command-line/query/values.ts';

export interface ReadBack<Value> {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

/** Runs SQL that reads a Parquet file, without any setting of the product. */
export async function askParquet(sql: string): Promise<ReadBack<Cell>> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(sql);
    return { names: result.columnNames(), rows: result.getRows().map((row) => row.map(cellOf)) };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export const parquetOf = (path: string): Promise<ReadBack<Cell>> => askParquet(`select * from read_parquet('${path}')`);

/** The texts of a Parquet file's footer. */
export async function metadataOf(path: string): Promise<{ readonly [key: string]: string }> {
  const sql = `select decode(key), decode(value) from parquet_kv_metadata('${path}')`;
  return Object.fromEntries((await askParquet(sql)).rows.map((row) => row.map((cell) => plainText(cell ?? null))));
}

/** An absent cell is null, as is an empty one. */
export async function sheetOf(path: string): Promise<ReadBack<CellValue>> {
  const rows: CellValue[][] = [];
  for await (const { index, values } of streamXlsxRows(new Uint8Array(await readFile(path)))) {
    while (rows.length < index) rows.push([]); // a row without any cell isn't stored
    rows.push(values);
  }
  const [header = [], ...data] = rows;
  return {
    names: header.map(String),
    rows: data.map((row) => header.map((_, i) => (row[i] === '' ? null : (row[i] ?? null)))),
  };
}
