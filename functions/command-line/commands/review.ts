/** `review`: opens and closes an access review. */
import type { Command } from 'commander';
import type { CommandModule } from '../command.ts';
import * as close from './review-close.ts';
import * as open from './review-open.ts';

export const examples = [
  ['review open', 'freezes the users of the newest day into ./review-<date>, with a sheet to fill in'],
  ['review close ./review-2026-11-26', 'reads the filled sheet and proves what became of each decision'],
] as const;

export const subcommands: ReadonlyMap<string, CommandModule> = new Map<string, CommandModule>([
  ['open', open],
  ['close', close],
]);

export const define = (command: Command): Command =>
  command.description('Open an access review, and close it with proof').usage('open|close [options]');
