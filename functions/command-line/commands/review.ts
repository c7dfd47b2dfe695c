/** `review`: open and close an access review. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';

export const define = (command: Command): Command => command.description('Open and close an access review');

export async function run(): Promise<number> {
  throw new SettingsError('not available yet');
}
