/** `report`: writes the account over time as one HTML file, for people who write no SQL. */
import type { Command } from 'commander';
import { SettingsError } from '../../snapshot/errors.ts';
import { onOneLine } from '../../snapshot/format/cell-text.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { isInFuture } from '../dates.ts';
import { type DateOrSpan, dateOrSpan, formatOption, NOTHING_CODE, storeOption } from '../options.ts';
import { placeExists } from '../place.ts';
import { refuseOut } from '../refuse-out.ts';
import { printFailure } from '../report.ts';
import { DEFAULT_STORE, openStore, print, type Terminal } from '../terminal.ts';

interface ReportCommandOptions {
  readonly store?: string;
  readonly out: string;
  readonly since?: DateOrSpan;
  readonly format: 'text' | 'json';
}

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
Ends with ${NOTHING_CODE} and writes no file if the period has no snapshot.`,
    )
    .option('--out <file>', 'the file to write', DEFAULT_OUT)
    .addOption(storeOption())
    .option('--since <date>', 'from this date; 7d is the date 7 days ago (default: 90d)', dateOrSpan)
    .addOption(formatOption(['text', 'json']));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const options = parsed.opts<ReportCommandOptions>();
  const { store: place = DEFAULT_STORE, out: file, since = dateOrSpan(DEFAULT_SINCE), format } = options;
  const now = terminal.now();
  const today = dtOf(now);
  const first = since(today);
  if (isInFuture(first, today)) throw new SettingsError(`--since ${first} is in the future: today is ${today} in UTC`);
  await refuseOut({ option: '--out', path: file, store: place });
  const { writeReport } = await import('../account-report/write-report.ts');
  const store = await openStore(place, terminal);
  const written = await writeReport(store, { now, since: first, file, place, program: terminal.program });
  if (!written) return nothing(place, first, format, terminal);
  await print(terminal, [format === 'json' ? written.json : written.text]);
  return 0;
}

/** There is no snapshot to report on. An empty page would look as if there were no users. */
async function nothing(
  place: string,
  since: string,
  format: ReportCommandOptions['format'],
  { out, err }: Terminal,
): Promise<number> {
  const message = (await placeExists(place))
    ? `no snapshot in ${place} since ${since}. No file was written`
    : `nothing in ${place}: there is no such folder. No file was written`;
  err.write(`${onOneLine(message)}\n`);
  if (format === 'json') printFailure(out, { name: 'NoSnapshot', code: NOTHING_CODE, message });
  return NOTHING_CODE;
}
