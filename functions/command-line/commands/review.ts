/** `review`: opens and closes an access review. */
import type { Command } from 'commander';
import type { CommandModule } from '../command.ts';
import * as close from './review-close.ts';
import * as open from './review-open.ts';

export const examples = [
  ['review open', 'writes the users of the newest snapshot to ./review-<date>, with a sheet to fill in'],
  ['review close ./review-2026-11-26', 'reads the filled sheet, and shows which decisions are carried out'],
] as const;

export const subcommands: ReadonlyMap<string, CommandModule> = new Map<string, CommandModule>([
  ['open', open],
  ['close', close],
]);

export const define = (command: Command): Command =>
  command
    .description('Open an access review, and close it with proof')
    .usage('open|close [options]')
    .addHelpText(
      'after',
      `
1. "review open" writes a sheet with all users of a day.
2. Reviewers fill in the sheet. Someone removes access in Anodot.
3. "review close" proves from later snapshots which decisions are carried out.
See docs/access-review.md.`,
    );
