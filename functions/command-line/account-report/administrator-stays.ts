/** The timeline of administrators: who was one, from which snapshot to which, and how that ended. */
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { AdministratorStay, UncertainDay } from '../../snapshot/overview/overview.ts';
import { addDays, daysBetween } from '../../snapshot/utc-day.ts';
import type { Content } from '../page/content.ts';
import { type Span, timelinePlot } from '../page/plots.ts';
import { table } from '../page/table.ts';
import { changeDayText, endOf, inexactText, marked, nameText, personText, startOf } from '../page/wording.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { paragraph } from './section.ts';

/** Administrators in the plot. The table has all of them. */
const MOST_BARS = 40;
const MOST_UNCERTAIN = 100;

export function administratorStays(input: ReportInput): Content {
  const { overview, commands } = input;
  const { stays, days } = overview;
  const first = days[0]?.dt ?? '';
  return [
    days.length < 2 ? null : timeline(input),
    paragraph(
      `A date is that of the first snapshot that shows the change. If days before it have no snapshot, the change may have happened on any of them. Changes before ${first} are not part of this report.`,
    ),
    table<AdministratorStay>({
      id: 'stays-table',
      caption: 'Who was an administrator, from when to when',
      columns: [
        { title: 'User', cell: personText },
        { title: 'Name', cell: nameText },
        { title: 'From', cell: (stay) => changeDayText(startOf(stay), `before ${first}`) },
        { title: 'To', cell: (stay) => changeDayText(endOf(stay), 'now') },
        { title: 'Ended', cell: ({ ended }) => (ended === null ? null : ENDS[ended]) },
        { title: 'Not exact', cell: noteCell },
      ],
      rows: stays.items,
      isSearchable: true,
      ...(stays.total > stays.items.length && {
        cut: {
          total: stays.total,
          rest: restBy(commands.query('select * from admin_history order by first_dt, email')),
        },
      }),
    }),
  ];
}

function noteCell(stay: AdministratorStay): Content {
  const [start, end] = [inexactText(startOf(stay)), inexactText(endOf(stay))];
  const notes = [...(start === null ? [] : [`start: ${start}`]), ...(end === null ? [] : [`end: ${end}`])];
  return notes.length === 0 ? null : marked(notes.join('. '));
}

const ENDS = { left: 'left the account', revoked: 'role revoked', unknown: 'not recorded' } as const;

/** Days on which the manifest counts another number of administrators than the stays show. */
export function uncertainDays({ overview }: ReportInput): Content {
  const days = overview.uncertain_stays;
  if (days.length === 0) return null;
  return table<UncertainDay>({
    id: 'uncertain-table',
    caption: 'Days on which the changes do not account for every administrator, newest first',
    columns: [
      { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
      { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
      { title: 'Administrators by the manifest', cell: ({ administrators }) => administrators, kind: 'number' },
      { title: 'Administrators by the changes', cell: ({ shown }) => shown, kind: 'number' },
    ],
    rows: days.slice(-MOST_UNCERTAIN).reverse(),
    ...(days.length > MOST_UNCERTAIN && { cut: { total: days.length, rest: 'Older days are left out.' } }),
  });
}

function timeline({ overview }: ReportInput): Content {
  const { stays, days } = overview;
  const [since, until] = [days[0]?.dt ?? '', days.at(-1)?.dt ?? ''];
  const ids = new Set([...new Set(stays.items.map(({ id }) => id))].slice(0, MOST_BARS));
  const shown = stays.items.filter(({ id }) => ids.has(id));
  const stored = new Set(days.map(({ dt }) => dt));
  const isWhole = shown.length === stays.total;
  return [
    timelinePlot({
      id: 'stays-plot',
      title: `Administrators, ${since} to ${until}`,
      description: `One bar for each uninterrupted time as an administrator, ${plural(ids.size, 'user')}. A bar ends on the last snapshot with the role. The table gives the first one without it.`,
      since,
      until,
      hasTable: true,
      spans: shown.map((stay) => spanOf(stay, days)),
      missing: daysBetween(since, addDays(until, 1)).filter((dt) => !stored.has(dt)),
    }),
    isWhole ? null : paragraph(`The plot shows the first ${ids.size} of them.`),
  ];
}

/** A bar ends on the last snapshot before the one in which the user no longer was an administrator. */
function spanOf(stay: AdministratorStay, days: readonly Manifest[]): Span {
  const { from, until } = stay;
  const last = until === null ? days.at(-1) : days.findLast(({ dt }) => dt < until.dt);
  const start = from?.dt ?? days[0]?.dt ?? '';
  return {
    label: stay.email || stay.id,
    from: start,
    to: last === undefined || last.dt < start ? start : last.dt,
    continuesBefore: from === null,
    continuesAfter: until === null,
  };
}
