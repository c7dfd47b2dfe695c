/** Who is an administrator, and since when. */
import type { Element } from 'hast';
import type { AdministratorStay, Limited, ListedUser } from '../../snapshot/overview/overview.ts';
import type { Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import {
  changeDayText,
  dayText,
  inexactText,
  marked,
  nameText,
  personText,
  sourceText,
  startOf,
  stateText,
} from '../page/wording.ts';
import { plural } from '../text.ts';
import { administratorStays, uncertainDays } from './administrator-stays.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { orSentence, paragraph, section } from './section.ts';

export function administrators(input: ReportInput): Element {
  const { users, stays } = input.overview;
  return section(
    'administrators',
    'Administrators',
    paragraph(`${plural(input.newest.admin_count, 'administrator')} on ${sourceText(input.newest)}.`),
    users === null
      ? paragraph('They cannot be listed: the users of this day have expired or were removed.')
      : current(input, users.administrators),
    orSentence(
      stays.items.length === 0,
      'The recorded changes show no administrator in the period.',
      administratorStays(input),
    ),
    uncertainDays(input),
  );
}

function current(input: ReportInput, { items, total }: Limited<ListedUser>): Element {
  const stays = new Map(input.overview.stays.items.flatMap((stay) => (stay.until === null ? [[stay.id, stay]] : [])));
  return table({
    id: 'administrators-table',
    caption: `Administrators on ${sourceText(input.newest)}`,
    columns: [
      { title: 'Administrator', cell: personText },
      { title: 'Name', cell: nameText },
      { title: 'State', cell: ({ state }) => stateText(state) },
      { title: 'Last active', cell: ({ last_active }) => dayText(last_active) ?? 'never', kind: 'date' },
      { title: 'Administrator since', cell: ({ id }) => sinceText(input, stays.get(id)) },
    ],
    rows: items,
    isSearchable: true,
    ...(total > items.length && {
      cut: { total, rest: restBy(input.commands.query('select * from current_admins order by email')) },
    }),
  });
}

/** Unknown if the list of stays is cut. */
function sinceText({ overview }: ReportInput, stay: AdministratorStay | undefined): Content {
  if (!stay) return 'not listed here';
  const inexact = inexactText(startOf(stay));
  const day = changeDayText(startOf(stay), `before ${overview.days[0]?.dt}`);
  return inexact === null ? day : [day, ' ', marked(`(not exact: ${inexact})`)];
}
