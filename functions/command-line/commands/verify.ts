/** `verify`: reads every stored object back, compares it with its commit, and prints what it found. */
import { type Command, InvalidArgumentError } from 'commander';
import { MAX_RETENTION_DAYS } from '../../snapshot/contract.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf, latestDt } from '../../snapshot/utc-day.ts';
import type { Verification, VerifyOptions } from '../../snapshot/verify/verify.ts';
import { isInFuture } from '../dates.ts';
import { type DateOrSpan, date, dateOrSpan, formatOption, sha256, storeOption } from '../options.ts';
import { placeExists } from '../place.ts';
import { keyOption, needlessExcuses, signedFromOption, unsignedOption } from '../signature-options.ts';
import { DEFAULT_STORE, openStore, type Terminal, warn } from '../terminal.ts';
import { printable } from '../text.ts';
import { report } from '../verify-report.ts';

interface VerifyCommandOptions
  extends Omit<VerifyOptions, 'today' | 'latest' | 'since' | 'keys' | 'recompute' | 'stop'> {
  readonly key?: readonly string[];
  readonly deep?: true;
  readonly store?: string;
  readonly since?: DateOrSpan;
  readonly format: 'text' | 'json';
}

export const examples = [
  ['verify --fail-on-missing --since 30d', 'end with 12 if a day since 30 days ago is missing'],
  ['verify --dt 2026-11-23', 'verify one day'],
  ['verify --deep', 'also recompute each day from its raw response'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Read every stored object back and compare it with its commit')
    .addHelpText(
      'after',
      `
Ends with the first that applies:
   9  an object is damaged or missing
  10  a commit is not finished; the next run finishes it
  11  there is nothing to verify
  12  with --fail-on-missing: a day is missing, was refused or, with --deep,
      was not recomputed
   0  otherwise: the store is sound`,
    )
    .addOption(storeOption())
    .option('--dt <date>', 'verify one day only', date)
    .option(
      '--expect <hash>',
      'SHA-256 of any commit, noted elsewhere; the store is damaged if it has no such commit',
      sha256,
    )
    .addOption(keyOption())
    .addOption(signedFromOption())
    .addOption(unsignedOption())
    .option(
      '--kept-days <days>',
      'users, changes and groups may be gone once they are older than this many days, and not before',
      keptDays,
    )
    .option('--removed <date>', 'users, changes and groups of this day were removed on purpose; can be repeated', dates)
    .option('--deep', 'recompute each day from its raw response, and compare users, changes and counts')
    .option('--fail-on-missing', 'end with 12 if a day is missing, was refused or, with --deep, was not recomputed')
    .option(
      '--since <date>',
      'with --fail-on-missing: only if it is this date or later; 7d is the date 7 days ago',
      dateOrSpan,
    )
    .addOption(formatOption(['text', 'json']));

/** Returns the exit code. */
export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const {
    store: place = DEFAULT_STORE,
    format,
    since,
    key: keys,
    deep,
    ...options
  } = parsed.opts<VerifyCommandOptions>();
  const now = terminal.now();
  const today = dtOf(now);
  const asked = {
    ...options,
    ...(keys && { keys }),
    today,
    latest: latestDt(now),
    ...(since && { since: since(today) }),
  };
  refuseContradictions(asked);
  const { verify } = await import('../../snapshot/verify/verify.ts');
  const deeply = deep && { recompute: (await import('../../snapshot/verify/deep/recompute.ts')).recompute };
  const store = await openStore(place, terminal);
  const verification = await verify(store, { ...asked, ...deeply });
  const exists = await placeExists(place);
  terminal.out.write(
    format === 'json'
      ? `${printable(JSON.stringify(verification))}\n`
      : report({ place, exists, ...asked }, verification),
  );
  for (const warning of [...needlessRemovals(asked, verification), ...needlessExcuses(asked, verification)])
    warn(terminal, warning);
  return verification.code;
}

/** Warns of dates of `--removed` that excuse nothing. Most likely another day was meant. */
function needlessRemovals({ dt, removed = [] }: VerifyOptions, { days, status }: Verification): string[] {
  if (status === 'nothing') return [];
  return [...new Set(removed)].flatMap((one) => {
    if (dt !== undefined && dt !== one) return [];
    const day = days.find((verified) => verified.dt === one);
    if (!day) return [`--removed ${one}: there is no snapshot of this day`];
    return day.status === 'sound' ? [`--removed ${one}: nothing was removed from this day. It is complete`] : [];
  });
}

/** @throws SettingsError if the options contradict each other, or name days in the future */
function refuseContradictions(asked: VerifyOptions): void {
  const { dt, since, failOnMissing, removed = [], today } = asked;
  const problems: string[] = [];
  if (since !== undefined && failOnMissing !== true) problems.push('--since requires --fail-on-missing');
  if (since !== undefined && isInFuture(since, today)) problems.push(`--since: ${since} is in the future`);
  if (since !== undefined && dt !== undefined && dt < since)
    problems.push(`--dt: ${dt} is before --since ${since}, so it can't count as missing`);
  for (const one of removed) if (one > today) problems.push(`--removed: ${one} is in the future`);
  if (problems.length > 0) throw new SettingsError(problems.join('; '));
}

function keptDays(text: string): number {
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MAX_RETENTION_DAYS)
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_RETENTION_DAYS}.`);
  return days;
}

const dates = (text: string, before: readonly string[] = []): readonly string[] => [...before, date(text)];
