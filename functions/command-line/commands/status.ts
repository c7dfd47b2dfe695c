/** `status`: prints a line for each day, from documents that hold no user. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf, latestDt } from '../../snapshot/utc-day.ts';
import { isInFuture } from '../dates.ts';
import { type DateOrSpan, dateOrSpan, formatOption, NOTHING_CODE, storeOption } from '../options.ts';
import { placeExists } from '../place.ts';
import { statusReport } from '../status-report.ts';
import { DEFAULT_STORE, openStore, print, type Terminal } from '../terminal.ts';

interface StatusCommandOptions {
  readonly store?: string;
  readonly since?: DateOrSpan;
  readonly format: 'text' | 'json';
}

export const examples = [
  ['status --since 30d', 'a line for each day since 30 days ago'],
  ['status --store s3://bucket/prefix --format json', 'every day of a bucket, for a program'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Show a line for each day: counts of users, and days that are missing, refused or damaged')
    .addHelpText(
      'after',
      `
Reads manifests, run documents and the newest commit, but no users.
Ends with 0 if there are snapshots, even if a day is missing or damaged,
and with ${NOTHING_CODE} if there are none. To check what is stored, run verify.`,
    )
    .addOption(storeOption())
    .option('--since <date>', 'only this date and later; 7d is the date 7 days ago', dateOrSpan)
    .addOption(formatOption(['text', 'json']));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, since, format } = parsed.opts<StatusCommandOptions>();
  const now = terminal.now();
  const today = dtOf(now);
  const first = since?.(today);
  const latest = latestDt(now);
  if (first !== undefined && isInFuture(first, today))
    throw new SettingsError(`--since ${first} is in the future: today is ${today} in UTC`);
  const { readStatus } = await import('../../snapshot/status/status.ts');
  const store = await openStore(place, terminal);
  const status = await readStatus(store, { now, latest, ...(first !== undefined && { since: first }) });
  const asked = { place, exists: await placeExists(place) };
  // One write, since one for each line would take a noticeable part of the command.
  const text = format === 'json' ? `${JSON.stringify(status)}\n` : [...statusReport(asked, status)].join('');
  await print(terminal, [text]);
  return status.snapshot_days.length > 0 ? 0 : NOTHING_CODE;
}
