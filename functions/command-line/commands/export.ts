/** `export`: write one table or view as a Parquet, CSV or XLSX file. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';

export const define = (command: Command): Command =>
  command.description('Write one table or view as a Parquet, CSV or XLSX file');

export async function run(): Promise<number> {
  throw new SettingsError('not available yet');
}
