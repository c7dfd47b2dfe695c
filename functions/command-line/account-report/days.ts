/** Days without a snapshot, and days on which something else went wrong. */
import type { Element } from 'hast';
import type { DayStatus } from '../../snapshot/status/day-status.ts';
import { addDays } from '../../snapshot/utc-day.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import { isNotable } from './completeness.ts';
import { MOST_ROWS, type ReportInput } from './report-input.ts';
import { bulletList, orSentence, paragraph, section } from './section.ts';

interface DayRange {
  readonly days: readonly DayStatus[];
  readonly first: DayStatus;
}

export function days({ overview, commands }: ReportInput): Element {
  const { status, since } = overview;
  const ranges = rangesOf(status.days.filter(isNotable));
  return section(
    'days',
    'Days without a snapshot',
    orSentence(
      ranges.length === 0,
      `Each of the ${plural(status.days.length, 'day')} has a snapshot.`,
      table({
        id: 'days-table',
        caption: 'Days without a snapshot, and days whose snapshot was followed by a failed run',
        columns: [
          { title: 'Day', cell: dayCell, kind: 'date' },
          { title: 'State', cell: stateCell },
          { title: 'Reason', cell: ({ first }) => reasonCell(first) },
          { title: 'Source', cell: ({ first }) => documentText(first) },
        ],
        rows: ranges.slice(-MOST_ROWS).reverse(),
        ...(ranges.length > MOST_ROWS && {
          cut: { total: ranges.length, rest: restBy(commands.command('status', '--since', since)) },
        }),
      }),
    ),
    status.findings.length === 0
      ? null
      : [
          paragraph('Documents that cannot be read:'),
          bulletList(status.findings.slice(0, MOST_ROWS).map(({ key, message }) => [accountText(key), ` ${message}`])),
        ],
    paragraph('This command lists every day: ', commands.command('status', '--since', since)),
  );
}

/** Each day alone, except consecutive days that are missing for no known reason. */
function rangesOf(notable: readonly DayStatus[]): DayRange[] {
  const groups: { days: DayStatus[]; first: DayStatus }[] = [];
  for (const day of notable) {
    const last = groups.at(-1);
    if (last && isBlank(last.first) && isBlank(day) && isNext(last.days.at(-1), day)) last.days.push(day);
    else groups.push({ days: [day], first: day });
  }
  return groups;
}

const isBlank = ({ state, message }: DayStatus): boolean => state === 'missing' && message === null;
const isNext = (before: DayStatus | undefined, day: DayStatus): boolean =>
  before !== undefined && addDays(before.dt, 1) === day.dt;

const dayCell = ({ first, days: all }: DayRange): string =>
  all.length === 1 ? first.dt : `${first.dt} to ${all.at(-1)?.dt}`;

const stateCell = ({ first, days: all }: DayRange): string =>
  all.length > 1
    ? `${first.state}, ${plural(all.length, 'day')}`
    : first.code !== null && first.state !== 'published'
      ? `${first.state} (code ${first.code})`
      : first.state;

const reasonCell = ({ state, message }: DayStatus): Content =>
  message !== null ? accountText(message) : state === 'missing' ? 'no run started' : null;

const documentText = ({ commit, runs }: DayStatus): Content =>
  commit !== null ? `commit ${commit}` : runs === 0 ? 'no run document' : plural(runs, 'run document');
