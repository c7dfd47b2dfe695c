/** Checks the file that `export` is to write, before anything is read. */
import { extname, resolve } from 'node:path';
import { SettingsError } from '../../snapshot/errors.ts';
import { refuseOut } from '../refuse-out.ts';

export const EXPORT_FORMATS = ['parquet', 'csv', 'xlsx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface Target {
  readonly path: string;
  readonly format: ExportFormat;
}

/**
 * @param to the value of `--to`
 * @param store the folder of the snapshots
 * @throws SettingsError if no file of that name can be written
 */
export async function targetOf(to: string, store: string): Promise<Target> {
  await refuseOut({ option: '--to', path: to, store });
  const ending = extname(to).slice(1).toLowerCase();
  const format = EXPORT_FORMATS.find((one) => one === ending);
  if (format === undefined) throw new SettingsError(`--to: ${to} has another ending. ${EXPECTED_FILE}`);
  return { path: resolve(to), format };
}

export const EXPECTED_FILE = 'Expected a file that ends in .parquet, .csv or .xlsx';
