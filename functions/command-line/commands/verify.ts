/** `verify`: reads the snapshots back, prints what it found, and ends with the line to quote. */
import type { Command } from 'commander';
import { onOneLine } from '../../snapshot/format/cell-text.ts';
import { addDays, dtOf } from '../../snapshot/utc-day.ts';
import type { Verification, VerifyOptions } from '../../snapshot/verify/verify.ts';
import { date, formatOption, sha256, storeOption } from '../options.ts';
import { Table } from '../table.ts';
import { DEFAULT_STORE, openStore, type Terminal } from '../terminal.ts';
import { plural } from '../text.ts';

interface VerifyCommandOptions extends Omit<VerifyOptions, 'today'> {
  readonly store?: string;
  readonly format: 'text' | 'json';
}

export const define = (command: Command): Command =>
  command
    .description('Read the snapshots back: 0 sound, 9 damaged, 10 interrupted, 11 nothing to verify')
    .addOption(storeOption())
    .option('--dt <date>', 'one day only', date)
    .option('--expect <hash>', 'SHA-256 that a commit of the store must have, noted elsewhere', sha256)
    .addOption(formatOption(['text', 'json']));

/** Returns the exit code: 0 sound, 9 damaged, 10 interrupted, 11 nothing to verify. */
export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, format, ...options } = parsed.opts<VerifyCommandOptions>();
  const { verify } = await import('../../snapshot/verify/verify.ts');
  const store = await openStore(place, terminal.environment);
  const verification = await verify(store, { ...options, today: dtOf(terminal.now()) });
  terminal.out.write(format === 'json' ? `${JSON.stringify(verification)}\n` : report(place, verification));
  return verification.code;
}

function report(place: string, verification: Verification): string {
  const table = new Table({ widths: [10, 11] });
  const missing = verification.missing_days.filter((dt) => !verification.refused_days.includes(dt));
  const lines = [
    ...ranges(missing).map((range) => `missing: ${range}`),
    ...ranges(verification.refused_days).map((range) => `refused: ${range}`),
    ...verification.findings.map(({ level, key, message }) => `${level}: ${key} ${message}`),
    conclusion(place, verification),
  ];
  const days = verification.days.map(({ dt, status, commit, users }) =>
    table.row([dt, status, `${users === null ? '' : `${plural(users, 'user')}, `}commit ${commit}`]),
  );
  return `${days.join('')}${lines.map(onOneLine).join('\n')}\n`; // a key may hold anything that a file's name may
}

/** The line to quote: days, users of the newest day, first and last date, number and hash of the newest commit. */
function conclusion(place: string, { status, days, newest_commit, newest_commit_sha256 }: Verification): string {
  if (status === 'nothing') return `nothing to verify in ${place}`;
  const inOrder = days.toSorted((a, b) => (a.dt < b.dt ? -1 : 1)); // a damaged chain may have them in another
  const [first, last] = [inOrder[0], inOrder.at(-1)];
  const span = first && last ? `${plural(days.length, 'day')} from ${first.dt} to ${last.dt}` : 'no days';
  const users = last ? `, ${last.users === null ? 'users unknown' : plural(last.users, 'user')} on ${last.dt}` : '';
  const newest =
    newest_commit === null ? 'no commit' : `newest commit ${newest_commit}, sha256 ${newest_commit_sha256}`;
  return `${status}: ${span}${users}, ${newest}`;
}

/** Consecutive dates as one range. */
function ranges(dates: readonly string[]): string[] {
  const found: { first: string; last: string }[] = [];
  for (const dt of dates) {
    const before = found.at(-1);
    if (before && addDays(before.last, 1) === dt) before.last = dt;
    else found.push({ first: dt, last: dt });
  }
  return found.map(({ first, last }) => (first === last ? first : `${first} to ${last}`));
}
