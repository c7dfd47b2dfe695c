/** Who is dormant or was never active, and for how long. */
import type { Element } from 'hast';
import type { Limited, ListedUser } from '../../snapshot/overview/overview.ts';
import { table } from '../page/table.ts';
import { dayText, nameText, personText, sourceText, stateText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { orSentence, paragraph, section } from './section.ts';

export function dormant(input: ReportInput): Element {
  const { newest, overview } = input;
  const { states } = newest;
  return section(
    'dormant',
    'Dormant and never active',
    paragraph(
      `${plural(states.dormant, 'user is', 'users are')} dormant and ${plural(states.never_active, 'was', 'were')} never active, on ${sourceText(newest)}. Quiet days are counted from the last activity, or from the creation of a user who was never active.`,
    ),
    overview.users === null
      ? paragraph('They cannot be listed: the users of this day have expired or were removed.')
      : orSentence(overview.users.dormant.total === 0, 'There are none.', dormantTable(input, overview.users.dormant)),
  );
}

function dormantTable({ newest, commands }: ReportInput, { items, total }: Limited<ListedUser>): Element {
  return table({
    id: 'dormant-table',
    caption: `Dormant and never active users on ${sourceText(newest)}, longest first`,
    columns: [
      { title: 'User', cell: personText },
      { title: 'Name', cell: nameText },
      { title: 'State', cell: ({ state }) => stateText(state) },
      { title: 'Administrator', cell: ({ is_admin }) => (is_admin ? 'administrator' : null) },
      { title: 'Last active', cell: ({ last_active }) => dayText(last_active) ?? 'never', kind: 'date' },
      { title: 'Created', cell: ({ created_at }) => dayText(created_at) ?? 'unknown', kind: 'date' },
      { title: 'Quiet days', cell: ({ quiet_days }) => quiet_days ?? 'unknown', kind: 'number' },
    ],
    rows: items,
    isSearchable: true,
    ...(total > items.length && {
      cut: { total, rest: restBy(commands.query('select * from dormant_users order by quiet_days desc')) },
    }),
  });
}
