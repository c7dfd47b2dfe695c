/** `report`: writes the account over time as one HTML file, for people who write no SQL. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { isInFuture } from '../dates.ts';
import { reportNoSnapshot } from '../no-snapshot.ts';
import { type DateOrSpan, dateOrSpan, formatOption, NOTHING_CODE, storeOption } from '../options.ts';
import { refuseOut } from '../refuse-out.ts';
import { DEFAULT_STORE, openStore, print, type Terminal } from '../terminal.ts';

interface ReportCommandOptions {
  readonly store?: string;
  readonly out: string;
  readonly since?: DateOrSpan;
  readonly format: 'text' | 'json';
}

/** The file that is being written is completed or removed. */
export const cleansUp = true;

const DEFAULT_OUT = './report.html';
const DEFAULT_SINCE = '90d';

export const examples = [
  ['report --since 30d', 'writes the last 30 days to report.html'],
  ['report --store s3://bucket/prefix --out q4.html', 'reads a bucket, and writes the last 90 days to q4.html'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Write one HTML file that shows the account over time')
    .addHelpText(
      'after',
      `
The page shows users by state and role, joiners and leavers, administrators,
changes, dormant users, groups, and days without a snapshot. It opens in any
browser, without a network or script. It holds personal data, so only its owner
can read it. An existing file is replaced.
In JSON, missing_days includes refused_days.
Ends with ${NOTHING_CODE} and writes no file if the period has no snapshot.`,
    )
    .option('--out <file>', 'the file to write', DEFAULT_OUT)
    .addOption(storeOption())
    .option('--since <date>', 'from this date; 7d is the date 7 days ago (default: 90d)', dateOrSpan)
    .addOption(formatOption(['text', 'json']));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const options = parsed.opts<ReportCommandOptions>();
  const { store: place = DEFAULT_STORE, out: file, since = dateOrSpan(DEFAULT_SINCE), format } = options;
  const { program, interrupt } = terminal;
  const now = terminal.now();
  const today = dtOf(now);
  const first = since(today);
  if (isInFuture(first, today)) throw new SettingsError(`--since ${first} is in the future: today is ${today} in UTC`);
  await refuseOut({ option: '--out', path: file, store: place });
  const { writeReport } = await import('../account-report/write-report.ts');
  const store = await openStore(place, terminal);
  const written = await writeReport(store, { now, since: first, file, place, program, interrupt });
  if (!written) return reportNoSnapshot({ place, since: first, format }, terminal);
  await print(terminal, [format === 'json' ? written.json : written.text]);
  return 0;
}
