/** `changes`: prints what changed, day by day, without holding more than a piece of a feed. */
import type { Command } from 'commander';
import type { Change } from '../../snapshot/changes/change.ts';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { CHANGES, type ChangeKind } from '../../snapshot/contract.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { csvLine, inert, onOneLine } from '../../snapshot/format/cell-text.ts';
import { addDays, dtOf } from '../../snapshot/utc-day.ts';
import { date, formatOption, listOf, storeOption } from '../options.ts';
import { Table } from '../table.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';
import { JsonList, plural } from '../text.ts';

const FORMATS = ['text', 'json', 'csv'] as const;

interface ChangesOptions {
  readonly store?: string;
  readonly since?: string;
  readonly until?: string;
  readonly only?: readonly ChangeKind[];
  readonly format: (typeof FORMATS)[number];
}

export const define = (command: Command): Command =>
  command
    .description('Show what changed from snapshot to snapshot')
    .addOption(storeOption())
    .option('--since <date>', 'snapshots of this date and later', date)
    .option('--until <date>', 'snapshots of this date and earlier', date)
    .option('--only <list>', 'kinds of change, such as admin_granted,joined', listOf(CHANGES))
    .addOption(formatOption(FORMATS));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { err } = terminal;
  const {
    store: place = DEFAULT_STORE,
    since = '',
    until = '9999-12-31',
    only,
    format,
  } = parsed.opts<ChangesOptions>();
  refuseEmptyPeriod(since, until, dtOf(terminal.now()));
  const { readChanges, readManifests } = await import('../../snapshot/changes/read-changes.ts');
  const store = await openStore(place, terminal);
  const manifests = await readManifests(store);
  if (manifests.length === 0) throw new SettingsError(`--store: there is no snapshot in ${place}`);
  const days = manifests.filter(({ dt }) => dt >= since && dt <= until);
  if (days.length === 0) warn(terminal, `no snapshot is in this period: ${extent(manifests)}`);
  const expired = new Set<string>();
  let count = 0;
  async function* feed(): AsyncGenerator<Change> {
    count = 0;
    for (const day of days) {
      const changes = await readChanges(store, day);
      if (!changes) expired.add(day.dt);
      for await (const change of changes ?? []) {
        if (only && !only.includes(change.change)) continue;
        count++;
        yield change;
      }
    }
  }
  await print(terminal, PRINTERS[format](feed));
  if (format === 'text')
    err.write(`${plural(count, 'change')} in ${plural(days.length, 'snapshot')}${uncompared(days)}\n`);
  if (expired.size > 0) warn(terminal, `the changes of ${[...expired].join(', ')} have expired or were removed`);
  return 0;
}

/** @throws SettingsError if no snapshot can be in the period: an empty answer would read as if nothing had changed */
function refuseEmptyPeriod(since: string, until: string, today: string): void {
  if (since > until) throw new SettingsError(`--since ${since} is later than --until ${until}`);
  if (since > addDays(today, 1))
    // in the time zones east of UTC it may be tomorrow already
    throw new SettingsError(`--since ${since} is in the future: today is ${today} in UTC`);
}

/** The first and the last day, which aren't the period's, so that an empty answer doesn't read as if nothing had changed. */
function extent(manifests: readonly Manifest[]): string {
  const [first, last] = [manifests[0]?.dt, manifests.at(-1)?.dt];
  return first === last ? `the only one is of ${first}` : `the first is of ${first}, the last of ${last}`;
}

/** The days without an earlier snapshot to compare with, which the feed says nothing about. */
function uncompared(days: readonly Manifest[]): string {
  const without = days.filter(({ changes }) => changes === null).map(({ dt }) => dt);
  return without.length === 0 ? '' : `; nothing to compare with on ${without.join(', ')}`;
}

const COLUMNS = ['dt', 'previous_dt', 'id', 'email', 'change', 'before', 'after'] as const;

/** Prints a feed, which can be read more than once, piece by piece. */
type Printer = (feed: () => AsyncIterable<Change>) => AsyncGenerator<string>;

const PRINTERS: { readonly [format in ChangesOptions['format']]: Printer } = {
  async *json(feed) {
    const list = new JsonList();
    for await (const change of feed()) yield list.element(JSON.stringify(change));
    yield list.end();
  },
  async *csv(feed) {
    yield csvLine(COLUMNS);
    for await (const change of feed()) yield csvLine(COLUMNS.map((column) => inert(change[column] ?? '')));
  },
  async *text(feed) {
    const table = new Table();
    for await (const change of feed()) table.measure(cellsOf(change));
    for await (const change of feed()) yield table.row(cellsOf(change));
  },
};

const cellsOf = (change: Change): string[] =>
  [change.dt, change.change, change.email ?? change.id, detail(change)].map(onOneLine);

/** What a change is about, in a few words. */
function detail({ change, before, after }: Change): string {
  if (change === 'joined' || change === 'left') return '';
  if (change === 'disabled' || change === 'enabled') return before && after ? '' : fromTo(before, after);
  return change.endsWith('_changed') ? fromTo(before, after) : words(before ?? after);
}

const fromTo = (before: string | null, after: string | null): string => `${words(before)} -> ${words(after)}`;

/** The value of a JSON text as people read it. */
function words(text: string | null): string {
  const value: unknown = text === null ? null : JSON.parse(text);
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return parts.filter((part) => part !== null && part !== '').join(' ') || '(none)';
}
