/** `verify`: reads the snapshots back, prints what it found, and ends with the line to quote. */
import { stat } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import type { VerifyOptions } from '../../snapshot/verify/verify.ts';
import { date, formatOption, sha256, storeOption } from '../options.ts';
import { DEFAULT_STORE, openStore, type Terminal } from '../terminal.ts';
import { printable } from '../text.ts';
import { report } from '../verify-report.ts';

/** As far as the clock of a run may be from Anodot's: this one may be as slow. */
const CLOCK_DIFFERENCE = 15 * 60_000;
/** The longest retention that a deployment can have, in days. */
const MAX_KEPT_DAYS = 3650;

interface VerifyCommandOptions extends Omit<VerifyOptions, 'today' | 'latest'> {
  readonly store?: string;
  readonly format: 'text' | 'json';
}

export const define = (command: Command): Command =>
  command
    .description(
      'Read the snapshots back: 0 sound, 9 damaged, 10 interrupted, 11 nothing to verify, 12 a day is missing (with --fail-on-missing)',
    )
    .addOption(storeOption())
    .option('--dt <date>', 'one day only', date)
    .option('--expect <hash>', 'SHA-256 that a commit of the store must have, noted elsewhere', sha256)
    .option('--kept-days <days>', 'users, changes and groups of days older than this may be gone', keptDays)
    .option('--removed <date>', 'the users, changes and groups of this day were removed on purpose; repeatable', dates)
    .option('--fail-on-missing', 'end with 12 if a day is missing or refused')
    .option('--since <date>', 'with --fail-on-missing: only if it is of this date or later', date)
    .addOption(formatOption(['text', 'json']));

/** Returns the exit code: 0 sound, 9 damaged, 10 interrupted, 11 nothing to verify, 12 a day is missing. */
export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, format, ...options } = parsed.opts<VerifyCommandOptions>();
  const now = terminal.now().getTime();
  const asked = { ...options, today: dtOf(now), latest: dtOf(now + CLOCK_DIFFERENCE) };
  refuseContradictions(asked);
  const { verify } = await import('../../snapshot/verify/verify.ts');
  const store = await openStore(place, terminal);
  const verification = await verify(store, asked);
  const isFolder = place.startsWith('s3://') || (await isThere(place));
  terminal.out.write(
    format === 'json'
      ? `${printable(JSON.stringify(verification))}\n`
      : report({ place, isThere: isFolder, ...asked }, verification),
  );
  return verification.code;
}

/** @throws SettingsError if no store can satisfy the options together */
function refuseContradictions({ dt, since, failOnMissing, removed = [], today }: VerifyOptions): void {
  const problems: string[] = [];
  if (since !== undefined && failOnMissing !== true)
    problems.push('--since limits --fail-on-missing: give both, or neither');
  if (since !== undefined && since > today) problems.push(`--since: ${since} is in the future`);
  if (since !== undefined && dt !== undefined && dt < since)
    problems.push(`--dt: ${dt} is before --since ${since}, so it would never count`);
  for (const one of removed) if (one > today) problems.push(`--removed: ${one} is in the future`);
  if (problems.length > 0) throw new SettingsError(problems.join('; '));
}

function keptDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MAX_KEPT_DAYS)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_KEPT_DAYS}.`);
  return days;
}

const dates = (text: string, before: readonly string[] = []): readonly string[] => [...before, date(text)];

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
