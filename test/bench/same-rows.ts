/** Compares the users that two programs wrote. A figure in comparison with a peer is void if they differ. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'csv-parse/sync';

/** The paths of what a program wrote. */
export interface Written {
  readonly json: string;
  readonly csv: string;
}

/** The users of the only snapshot in a folder. */
export async function writtenBySnapshot(store: string): Promise<Written> {
  const files = await readdir(join(store, 'users'), { recursive: true });
  const [json = '', csv = ''] = ['.jsonl', '.csv'].map((end) => files.find((name) => name.endsWith(end)));
  return { json: join(store, 'users', json), csv: join(store, 'users', csv) };
}

/** @throws if a row differs after parsing, or if one program wrote more rows */
export async function expectSameRows(one: Written, other: Written): Promise<void> {
  await expectSameLines(one.json, other.json, (line) => JSON.parse(line));
  await expectSameLines(one.csv, other.csv, (line) => parse(line));
}

/** Only lines that differ as text are parsed. No cell or string of these accounts has a line break. */
async function expectSameLines(one: string, other: string, parsed: (line: string) => unknown): Promise<void> {
  const others = linesOf(other)[Symbol.asyncIterator]();
  let number = 0;
  for await (const line of linesOf(one)) {
    number++;
    const { value, done } = await others.next();
    const isSame = !done && (value === line || isDeepStrictEqual(parsed(line), parsed(value)));
    if (!isSame)
      throw new Error(`line ${number} of ${one} and of ${other} differ: ${line} and ${done ? 'none' : value}`);
  }
  if (number === 0 || !(await others.next()).done)
    throw new Error(`${other} has other lines than the ${number} of ${one}`);
}

const linesOf = (path: string): AsyncIterable<string> =>
  createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
