import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { writeXlsx } from 'hucre/xlsx';
import { csvLine } from '../../functions/snapshot/format/cell-text.ts';

export interface Filling {
  /** By address. The other rows are decided `keep`. */
  readonly decisions?: { readonly [email: string]: string };
  readonly decidedAt?: string;
  /** A change of the sheet's cells, for what a reviewer should not do. */
  readonly edit?: (rows: string[][]) => void;
}

async function filled(
  folder: string,
  { decisions = {}, decidedAt = '2026-11-20', edit }: Filling,
): Promise<string[][]> {
  const rows: string[][] = parse(await readFile(join(folder, 'review.csv')), { bom: true });
  const [header = []] = rows;
  const at = (name: string) => header.indexOf(name);
  for (const row of rows.slice(1)) {
    row[at('decision')] = decisions[row[at('email')] ?? ''] ?? 'keep';
    row[at('reviewer')] = 'Rhea <b>Park</b>';
    row[at('decided_at')] = decidedAt;
  }
  edit?.(rows);
  return rows;
}

/** Fills in review.csv, as someone with a text editor does. */
export async function fillCsv(folder: string, filling: Filling = {}): Promise<void> {
  const rows = await filled(folder, filling);
  await writeFile(join(folder, 'review.csv'), rows.map(csvLine).join(''));
}

/** Replaces review.xlsx by one that is filled in. */
export async function fillWorkbook(folder: string, filling: Filling = {}): Promise<void> {
  const rows = await filled(folder, filling);
  await writeFile(join(folder, 'review.xlsx'), await writeXlsx({ sheets: [{ name: 'review', rows }] }));
}
