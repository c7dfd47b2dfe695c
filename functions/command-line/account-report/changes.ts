/** What changed since the first day of the period, administrators first, and the days whose changes aren't known. */
import type { Element } from 'hast';
import type { RecordedChange, UnknownReason } from '../../snapshot/overview/overview.ts';
import { valuesOf } from '../change-text.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { changeText, marked, personText, sourceText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { bulletList, orSentence, paragraph, section } from './section.ts';

const MOST_UNKNOWN = 100;

const REASONS = {
  'nothing to compare with': 'there is no earlier snapshot to compare with',
  'compared with another day': 'the change feed does not compare with the stored snapshot before it',
  'published again': 'the snapshot that it was compared with was published again later',
  expired: 'the change feed has expired or was removed',
} as const satisfies { readonly [reason in UnknownReason]: string };

export function changes(input: ReportInput): Element {
  const { overview, newest } = input;
  const { items, total } = overview.changes;
  return section(
    'changes',
    'What changed',
    paragraph(
      `${plural(total, 'change')} in the snapshots of ${overview.days[0]?.dt} to ${newest.dt}. Each is listed with the first snapshot that shows it.`,
    ),
    orSentence(items.length === 0, 'Nothing to list.', changesTable(input, items, total)),
    unknownDays(input),
  );
}

function changesTable({ overview, commands }: ReportInput, rows: readonly RecordedChange[], total: number): Element {
  return table({
    id: 'changes-table',
    caption: 'Changes, newest day first, those of administrators first on each day',
    columns: [
      { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
      { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
      { title: 'User', cell: ({ change }) => personText(change) },
      { title: 'What', cell: whatCell },
      { title: 'Before', cell: ({ change }) => valueCell(valuesOf(change, overview.group_names).before) },
      { title: 'After', cell: ({ change }) => valueCell(valuesOf(change, overview.group_names).after) },
    ],
    rows,
    isSearchable: true,
    ...(total > rows.length && {
      cut: { total, rest: restBy(commands.command('changes', '--since', overview.since)) },
    }),
  });
}

const whatCell = ({ change: { change } }: RecordedChange): Content =>
  change === 'admin_granted' || change === 'admin_revoked' ? marked(changeText(change)) : changeText(change);

const valueCell = (value: string): Content => (value === '' ? null : accountText(value));

function unknownDays({ overview }: ReportInput): Content {
  if (overview.unknown_changes.length === 0) return null;
  const shown = overview.unknown_changes.slice(-MOST_UNKNOWN).reverse();
  const omitted = overview.unknown_changes.length - shown.length;
  return [
    paragraph('It is not known what changed on these days:'),
    bulletList([
      ...shown.map((day) => `${sourceText(day)}: ${REASONS[day.reason]}.`),
      ...(omitted > 0 ? [`${plural(omitted, 'earlier day')} more.`] : []),
    ]),
  ];
}
