/** Who joined and who left, by day, with the counts of the whole period. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { RecordedChange } from '../../snapshot/overview/overview.ts';
import { table } from '../page/table.ts';
import { changeText, datesText, personText } from '../page/wording.ts';
import { restBy } from './commands.ts';
import { MOST_DAYS, type ReportInput } from './report-input.ts';
import { orSentence, paragraph, section } from './section.ts';

export function joinersAndLeavers(input: ReportInput): Element {
  const { joiners } = input.overview;
  const { compared, unknown } = comparedDays(input);
  const total = (kind: 'joined' | 'left') => compared.reduce((sum, { changes }) => sum + (changes?.[kind] ?? 0), 0);
  return section(
    'joiners',
    'Joiners and leavers',
    orSentence(
      compared.length === 0,
      'No snapshot could be compared with an earlier one, so it is not known who joined or left.',
      orSentence(
        joiners.total === 0,
        'Nobody joined or left in the snapshots that were compared.',
        paragraph(
          `${total('joined').toLocaleString('en')} joined and ${total('left').toLocaleString('en')} left, in the snapshots of ${compared[0]?.dt} to ${compared.at(-1)?.dt}. Each is counted on the day of the first snapshot that shows it.`,
        ),
        dailyTable(input, compared),
        peopleTable(input, joiners.items, joiners.total),
      ),
      unknown.length === 0
        ? null
        : paragraph(
            `It is not known who joined or left on ${datesText(unknown)}. `,
            h('a', { href: '#changes' }, 'Why'),
            '.',
          ),
    ),
  );
}

/** Days that count in `joiners.total`, and days of which no count is known. If a feed has expired, its manifest still has the counts. */
function comparedDays({ overview: { days, unknown_changes } }: ReportInput) {
  const unknown = unknown_changes.filter(({ reason }) => reason !== 'expired').map(({ dt }) => dt);
  return { compared: days.filter(({ dt }) => !unknown.includes(dt)), unknown };
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
