/** `report`: write the account over time as one HTML file. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';

export const define = (command: Command): Command =>
  command.description('Write the account over time as one HTML file');

export async function run(): Promise<number> {
  throw new SettingsError('not available yet');
}
