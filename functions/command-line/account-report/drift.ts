/** How the responses differed from Anodot's documentation: now, and when that changed. */
import type { Element } from 'hast';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { accountText, type Content } from '../page/content.ts';
import { table } from '../page/table.ts';
import { sourceText } from '../page/wording.ts';
import { restBy } from './commands.ts';
import type { ReportInput } from './report-input.ts';
import { bulletList, orSentence, paragraph, section } from './section.ts';

type Drift = Manifest['drift'];

const KINDS: readonly (readonly [key: keyof Drift, title: string])[] = [
  ['unknown_fields', 'Undocumented fields'],
  ['unknown_roles', 'Undocumented roles'],
  ['aliases', 'Misspelled names of fields'],
  ['missing_fields', 'Fields that some users lack'],
  ['invalid_fields', 'Fields with invalid values'],
  ['invalid_values', 'Invalid values'],
  ['duplicates', 'Duplicates left out'],
  ['lone_surrogates', 'Replaced half characters'],
];

export function drift(input: ReportInput): Element {
  const { days } = input.overview;
  const changed = days.filter((day, i) => differs(days[i - 1]?.drift, day.drift));
  return section(
    'drift',
    'Differences from the documentation',
    paragraph(
      "Anodot's response may differ from its documentation. No value is lost: what has no column is stored as it came.",
    ),
    orSentence(
      changed.length === 0,
      'There was no difference on any day of the period.',
      latest(input.newest),
      changesTable(input, changed),
    ),
  );
}

const isEmpty = (value: Drift[keyof Drift]): boolean => value === 0 || (Array.isArray(value) && value.length === 0);
const isNone = (drift: Drift): boolean => KINDS.every(([key]) => isEmpty(drift[key]));

/** Before the first day, there was no difference. */
const differs = (before: Drift | undefined, drift: Drift): boolean =>
  before ? JSON.stringify(before) !== JSON.stringify(drift) : !isNone(drift);

function latest(newest: Manifest): Content {
  const found = KINDS.filter(([key]) => !isEmpty(newest.drift[key]));
  if (found.length === 0) return paragraph(`No difference on ${sourceText(newest)}.`);
  return [
    paragraph(`On ${sourceText(newest)}:`),
    bulletList(found.map(([key, title]) => [`${title}: `, valueText(newest.drift[key])])),
  ];
}

function valueText(value: Drift[keyof Drift]): Content {
  if (typeof value === 'number') return value === 0 ? null : value.toLocaleString('en');
  return value.flatMap((name, i) => (i === 0 ? [accountText(name)] : [', ', accountText(name)]));
}

function changesTable({ commands }: ReportInput, changed: readonly Manifest[]): Element {
  const used = KINDS.filter(([key]) => changed.some(({ drift: found }) => !isEmpty(found[key])));
  const rows = changed.slice(-MOST_DAYS).reverse();
  return table<Manifest>({
    id: 'drift-table',
    caption: 'Days on which the differences were not those of the day before, newest first',
    columns: [
      { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
      { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
      ...used.map(([key, title]) => ({ title, cell: ({ drift: found }: Manifest) => valueText(found[key]) })),
    ],
    rows,
    ...(changed.length > rows.length && {
      cut: { total: changed.length, rest: restBy(commands.query('select dt, drift from snapshots order by dt')) },
    }),
  });
}

/** A cell can hold 50 names, so these are fewer than other tables have. */
const MOST_DAYS = 60;
