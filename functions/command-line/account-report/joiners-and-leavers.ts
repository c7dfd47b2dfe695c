/** Who joined and who left, by day, with the counts of the whole period. */
import type { Element } from 'hast';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { RecordedChange } from '../../snapshot/overview/overview.ts';
import { table } from '../page/table.ts';
import { changeText, personText } from '../page/wording.ts';
import { restBy } from './commands.ts';
import { MOST_DAYS, type ReportInput } from './report-input.ts';
import { orSentence, paragraph, section } from './section.ts';

export function joinersAndLeavers(input: ReportInput): Element {
  const { days, joiners } = input.overview;
  const compared = days.filter((day) => day.changes !== null);
  const total = (kind: 'joined' | 'left') => compared.reduce((sum, day) => sum + (day.changes?.[kind] ?? 0), 0);
  const [joined, left] = [total('joined'), total('left')];
  return section(
    'joiners',
    'Joiners and leavers',
    orSentence(
      compared.length === 0,
      'There is no earlier snapshot to compare with, so it is not known who joined or left.',
      paragraph(
        `${joined.toLocaleString('en')} joined and ${left.toLocaleString('en')} left, in the snapshots of ${compared[0]?.dt} to ${compared.at(-1)?.dt}. Each is counted on the day of the first snapshot that shows it.`,
      ),
      orSentence(
        joined + left === 0,
        'Nobody joined or left in the snapshots that were compared.',
        dailyTable(input, compared),
        peopleTable(input, joiners.items, joiners.total),
      ),
    ),
  );
}

function dailyTable({ overview, commands }: ReportInput, compared: readonly Manifest[]): Element {
  const rows = compared.filter(({ changes }) => changes !== null && changes.joined + changes.left > 0);
  return table({
    id: 'joiners-days',
    caption: 'Joiners and leavers by day, newest day first. Days without any are left out',
    columns: [
      { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
      { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
      { title: 'Compared with', cell: ({ previous_dt }) => previous_dt, kind: 'date' },
      { title: 'Joined', cell: ({ changes }) => changes?.joined ?? null, kind: 'number' },
      { title: 'Left', cell: ({ changes }) => changes?.left ?? null, kind: 'number' },
      { title: 'Users', cell: ({ user_count }) => user_count, kind: 'number' },
    ],
    rows: rows.slice(-MOST_DAYS).reverse(),
    ...(rows.length > MOST_DAYS && {
      cut: { total: rows.length, rest: restBy(commands.command('status', '--since', overview.since)) },
    }),
  });
}

function peopleTable({ overview, commands }: ReportInput, rows: readonly RecordedChange[], total: number): Element {
  return table({
    id: 'joiners-people',
    caption: 'Who joined and who left, newest first',
    columns: [
      { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
      { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
      { title: 'User', cell: ({ change }) => personText(change) },
      { title: 'What', cell: ({ change }) => changeText(change.change) },
    ],
    rows,
    isSearchable: true,
    ...(total > rows.length && {
      cut: { total, rest: restBy(commands.command('changes', '--since', overview.since, '--only', 'joined,left')) },
    }),
  });
}
