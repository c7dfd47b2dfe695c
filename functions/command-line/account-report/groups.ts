/** The groups and their members, or why they aren't known. */
import type { Element } from 'hast';
import type { Limited, ListedGroup, Overview } from '../../snapshot/overview/overview.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { marked, sourceText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { orSentence, paragraph, section } from './section.ts';

export function groups(input: ReportInput): Element {
  const { overview } = input;
  const found = overview.users?.groups ?? null;
  return section(
    'groups',
    'Groups',
    paragraph(summary(input), nameNote(overview.names_of_groups)),
    found === null ? null : orSentence(found.total === 0, 'There are no groups.', groupTable(input, found)),
  );
}

function summary({ overview, newest }: ReportInput): string {
  const source = sourceText(newest);
  if (overview.users === null)
    return `Members cannot be counted on ${source}: the users of this day have expired or were removed.`;
  const { groups: found, unknown_groups } = overview.users;
  if (found === null) return `The groups of all users are unknown on ${source}.`;
  const unknown =
    unknown_groups > 0
      ? ` ${plural(unknown_groups, 'user is', 'users are')} not counted: their groups are unknown.`
      : '';
  return `${plural(found.total, 'group')} on ${source}. A user can be in several groups.${unknown}`;
}

const nameNote = (state: Overview['names_of_groups']): Content =>
  NAMES[state] === null ? null : [' ', marked(NAMES[state])];

const NAMES = {
  known: null,
  denied: 'Names of groups are unknown: the token may not read groups.',
  failed: 'Names of groups are unknown: they could not be received.',
  absent: 'Names of groups are unknown: they were not received.',
  expired: 'Names of groups are unknown: they have expired or were removed.',
  damaged: 'Names of groups are unknown: their file is damaged. Run verify.',
} as const satisfies { readonly [state in Overview['names_of_groups']]: string | null };

function groupTable({ newest, commands }: ReportInput, { items, total }: Limited<ListedGroup>): Element {
  return table({
    id: 'groups-table',
    caption: `Groups on ${sourceText(newest)}, by number of members`,
    columns: [
      { title: 'Group', cell: ({ name }) => (name === null ? 'name unknown' : accountText(name)) },
      { title: 'Id', cell: ({ id }) => accountText(id) },
      { title: 'Members', cell: ({ members }) => members, kind: 'number' },
      { title: 'Administrators', cell: ({ administrators }) => administrators, kind: 'number' },
    ],
    rows: items,
    isSearchable: true,
    ...(total > items.length && {
      cut: {
        total,
        rest: restBy(commands.query('select groups, group_names from current_users')),
      },
    }),
  });
}
