/** `review open`: freezes the users of a day, and writes the sheet on which reviewers decide. */
import { type Command, InvalidArgumentError } from 'commander';
import { orAborted } from '../../snapshot/deadline.ts';
import { DEFAULT_DORMANT_DAYS } from '../../snapshot/review/dormant-days.ts';
import type { ExceptionList } from '../../snapshot/review/exceptions.ts';
import type { PeopleList } from '../../snapshot/review/people.ts';
import type { Population } from '../../snapshot/review/population.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf, latestDt } from '../../snapshot/utc-day.ts';
import { reportNoSnapshot } from '../no-snapshot.ts';
import { type DateOrSpan, date, dateOrSpan, formatOption, listOf, NOTHING_CODE, storeOption } from '../options.ts';
import { IMPORTERS, type ImporterName } from '../review/importers.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';

/** The folder that is being written is removed. */
export const cleansUp = true;

export const examples = [
  ['review open --since 2026-08-31', 'the newest snapshot, with what changed since the end of August'],
  [
    'review open --people people.csv --for vanta',
    "marks who isn't on the company's list, and also writes the CSV that Vanta imports",
  ],
] as const;

interface OpenOptions {
  readonly dt?: string;
  readonly out?: string;
  readonly since?: DateOrSpan;
  readonly dormantDays: number;
  readonly exceptions?: string;
  readonly people?: string;
  readonly for?: readonly ImporterName[];
  readonly store?: string;
  readonly format: 'text' | 'json';
}

function dayCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Expected a number of days from 1 to 9999.');
  return Number(text);
}

/** The option can be repeated, and takes a list. */
const importers = (list: string, before: readonly ImporterName[] = []): readonly ImporterName[] => {
  const named = listOf(IMPORTERS)(list);
  return IMPORTERS.filter((name) => named.includes(name) || before.includes(name));
};

export const define = (command: Command): Command =>
  command
    .description('Freeze the users of a day, and write a sheet to decide about each')
    .addHelpText(
      'after',
      `
Writes a folder with these files. Only its owner can read it.
  review.xlsx, review.csv  the sheet; fill in one of the two
  population.html          what the review covers, for auditors
  review.json              what "review close" compares with; don't edit it
In each row, fill in decision (keep, revoke or revoke-admin), reviewer and
decided_at, and a remark if you like.
Ends with ${NOTHING_CODE} if there is no snapshot.`,
    )
    .option('--dt <date>', 'the day to review (default: the newest with a snapshot)', date)
    .option('--out <folder>', 'a new or empty folder for the review (default: ./review-<date>)')
    .option(
      '--since <date>',
      'show what changed since the snapshot of this date; 90d is the date 90 days ago',
      dateOrSpan,
    )
    .option('--dormant-days <days>', 'a user without activity for longer is dormant', dayCount, DEFAULT_DORMANT_DAYS)
    .option('--exceptions <file>', 'CSV of break-glass and service accounts, with a reason for each')
    .option('--people <file>', "CSV of the company's people, to mark users who aren't on it")
    .option('--for <list>', `also write the CSV that a platform imports: ${IMPORTERS.join(', ')}`, importers)
    .addOption(storeOption())
    .addOption(formatOption(['text', 'json']));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const options = parsed.opts<OpenOptions>();
  const { store: place = DEFAULT_STORE, out, format } = options;
  const openedAt = terminal.now();
  const { openReview } = await import('../review/open-review.ts');
  const { refuseFolder } = await import('../review/new-folder.ts');
  if (out !== undefined) await refuseFolder(out, place);
  const store = await openStore(place, terminal);
  const lists = await readLists(options);
  const work = readRows(store, options, lists, openedAt);
  const population = await orAborted(work, terminal.interrupt);
  if (!population) return reportNoSnapshot({ place, format }, terminal);
  const folder = out ?? `./review-${population.manifest.dt}`;
  await refuseFolder(folder, place);
  const { dormantDays, for: importers = [] } = options;
  const { exceptions } = lists;
  const { Commands } = await import('../account-report/commands.ts');
  const commands = new Commands(terminal.program, place);
  const location = store.location;
  const review = { population, exceptions, dormantDays, folder, importers, openedAt, location, commands };
  const opened = await openReview(review, () => terminal.interrupt.throwIfAborted());
  const { openText } = await import('../review/review-text.ts');
  const asked = { program: terminal.program, place, folder };
  await print(terminal, [format === 'json' ? `${JSON.stringify(opened)}\n` : openText(asked, opened)]);
  for (const note of opened.notes) warn(terminal, note);
  return 0;
}

interface Lists {
  readonly people: PeopleList | undefined;
  readonly exceptions: ExceptionList | undefined;
}

/** The files that the options name. @throws SettingsError if one can't be used */
async function readLists({ people, exceptions }: OpenOptions): Promise<Lists> {
  const { readInputFile } = await import('../review/input-file.ts');
  const { parsePeople } = await import('../../snapshot/review/people.ts');
  const { parseExceptions } = await import('../../snapshot/review/exceptions.ts');
  return {
    people: people === undefined ? people : parsePeople(await readInputFile('--people', people), people),
    exceptions:
      exceptions === undefined
        ? exceptions
        : parseExceptions(await readInputFile('--exceptions', exceptions), exceptions),
  };
}

async function readRows(
  store: Store,
  { dt, since, dormantDays }: OpenOptions,
  { people, exceptions }: Lists,
  now: Date,
): Promise<Population | undefined> {
  const { readPopulation } = await import('../../snapshot/review/population.ts');
  return readPopulation(store, {
    latest: latestDt(now),
    dormantDays,
    ...(dt !== undefined && { dt }),
    ...(since !== undefined && { since: since(dtOf(now)) }),
    ...(people && { people }),
    ...(exceptions && { exceptions }),
  });
}
