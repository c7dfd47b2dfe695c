/** Users over time, by state and by role, with the day and commit of each figure. */
import type { Element } from 'hast';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { ADMIN_ROLE, KNOWN_ROLES, STATES } from '../../snapshot/contract.ts';
import { addDays, daysBetween } from '../../snapshot/utc-day.ts';
import { linePlot, type Series } from '../page/plots.ts';
import { shownText } from '../page/shown-text.ts';
import { type TableColumn, table } from '../page/table.ts';
import { stateText } from '../page/wording.ts';
import { plural } from '../text.ts';
import { restBy } from './commands.ts';
import { MOST_DAYS, type ReportInput } from './report-input.ts';
import { paragraph, section } from './section.ts';

/** Roles with columns of their own. An account may have invented any number of others. */
const MOST_ROLES = 8;

interface Figure {
  readonly name: string;
  readonly of: (day: Manifest) => number;
}

export function usersByState(input: ReportInput): Element {
  const figures = STATES.map(
    (state): Figure => ({ name: sentenceCase(stateText(state)), of: ({ states }) => states[state] }),
  );
  return section(
    'states',
    'Users by state',
    ...plotAndTable(input, 'states', 'Users by state', [
      { name: 'Users', of: ({ user_count }) => user_count },
      ...figures,
    ]),
    paragraph(
      'Dormant: last active more than 90 days before the snapshot. New: never active, and created in those 90 days. Never active: created earlier. Disabled users count as disabled only.',
    ),
  );
}

export function usersByRole(input: ReportInput): Element {
  const { shown, total } = rolesOf(input.overview.days);
  const figures = shown.map((role): Figure => ({ name: shownName(role), of: ({ roles }) => roles[role] ?? 0 }));
  return section(
    'roles',
    'Users by role',
    ...plotAndTable(input, 'roles', 'Users by role', figures),
    paragraph(
      `${ADMIN_ROLE} is the administrator role. A user can have several roles.`,
      total > shown.length
        ? [
            ` The page shows ${shown.length} of ${total} roles. The manifests have the others: `,
            input.commands.query('select dt, roles from snapshots order by dt'),
            '.',
          ]
        : null,
    ),
  );
}

/** Documented roles, then the others by how many users they had at most. */
function rolesOf(days: readonly Manifest[]) {
  const most = new Map<string, number>();
  for (const { roles } of days)
    for (const [role, count] of Object.entries(roles)) most.set(role, Math.max(count, most.get(role) ?? 0));
  const rank = (role: string) => (role === ADMIN_ROLE ? 2 : KNOWN_ROLES.includes(role) ? 1 : 0);
  const sorted = [...most].sort(([a, x], [b, y]) => rank(b) - rank(a) || y - x || (a < b ? -1 : 1));
  return { shown: sorted.slice(0, MOST_ROLES).map(([role]) => role), total: most.size };
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A role as a heading, with its invisible characters named. */
const shownName = (role: string): string =>
  shownText(role)
    .parts.map(({ text }) => text)
    .join('');

function plotAndTable({ overview, commands }: ReportInput, id: string, title: string, figures: readonly Figure[]) {
  const { days } = overview;
  const [first, last] = [days[0]?.dt ?? '', days.at(-1)?.dt ?? ''];
  const byDay = new Map(days.map((day) => [day.dt, day]));
  const dates = daysBetween(first, addDays(last, 1));
  const series = figures.map(
    ({ name, of }): Series => ({
      name,
      points: dates.map((dt) => {
        const day = byDay.get(dt);
        return { dt, value: day ? of(day) : null };
      }),
    }),
  );
  const rows = days.filter((day, i) => {
    const before = days[i - 1];
    return !before || i === days.length - 1 || figures.some(({ of }) => of(day) !== of(before));
  });
  const columns: TableColumn<Manifest>[] = [
    { title: 'Day', cell: ({ dt }) => dt, kind: 'date' },
    { title: 'Commit', cell: ({ commit }) => String(commit), kind: 'number' },
    ...figures.map(({ name, of }): TableColumn<Manifest> => ({ title: name, cell: of, kind: 'number' })),
  ];
  return [
    days.length < 2
      ? null
      : linePlot({
          id: `${id}-plot`,
          title: `${title}, ${first} to ${last}`,
          description: `${title} in ${plural(days.length, 'snapshot')} from ${first} to ${last}. The table after it has the same figures.`,
          series,
          unit: 'users',
          hasTable: true,
        }),
    table({
      id: `${id}-table`,
      caption: `${title}: days on which a figure changed, with the first and the newest`,
      columns,
      rows: rows.slice(-MOST_DAYS).reverse(),
      ...(rows.length > MOST_DAYS && {
        cut: { total: rows.length, rest: restBy(commands.query('select * from daily_counts order by dt')) },
      }),
    }),
  ];
}
