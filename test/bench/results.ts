/** Results of figures at full size, kept in `dist/bench/`, so that one figure can be measured again without the others. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Figure, Figures, Point, Size } from './figure.ts';
import { TOP } from './processes.ts';
import { type Line, machineText } from './table.ts';

export interface Result {
  readonly date: string;
  readonly machine: string;
  readonly lines: readonly Line[];
  readonly points: readonly Point[];
}

const FOLDER = join(TOP, 'dist/bench');
const fileOf = (name: string): string => join(FOLDER, `${name}.json`);

/** Pairs each row with what was measured. */
export function resultOf(figure: Figure, size: Size, { measured, points = [] }: Figures): Result {
  const rows = figure.rows(size);
  const lines = rows.flatMap((row, n) => (measured[n] ? [{ row, measured: measured[n] }] : []));
  if (lines.length !== rows.length || rows.length !== measured.length)
    throw new Error(`${figure.name} measured ${measured.length} of ${rows.length} rows`);
  return { date: new Date().toISOString().slice(0, 10), machine: machineText(), lines, points };
}

export async function keep(name: string, result: Result): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(fileOf(name), JSON.stringify(result));
}

/** @throws if one of them was never measured, or if they were measured on several machines */
export async function keptResults(names: readonly string[]): Promise<readonly Result[]> {
  const results = await Promise.all(
    names.map(async (name): Promise<Result> => JSON.parse(await readFile(fileOf(name), 'utf8'))),
  );
  const machines = new Set(results.map(({ machine }) => machine));
  if (machines.size > 1) throw new Error(`the figures are of several machines: ${[...machines].join('; ')}`);
  return results;
}
