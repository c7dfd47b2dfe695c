import { once } from 'node:events';
import stringWidth from 'string-width';
import type { Change } from '../../snapshot/changes/change.ts';
import { readChanges, readManifests } from '../../snapshot/changes/read-changes.ts';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import type { ChangeKind } from '../../snapshot/contract.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { csvLine, inert, onOneLine } from '../../snapshot/format/csv.ts';
import { DEFAULT_STORE, openStore, plural, printable, type Terminal } from '../terminal.ts';

export interface ChangesOptions {
  readonly store?: string;
  readonly since?: string;
  readonly until?: string;
  readonly only?: readonly ChangeKind[];
  readonly format: 'text' | 'json' | 'csv';
}

const COLUMNS = ['dt', 'previous_dt', 'id', 'email', 'change', 'before', 'after'] as const;

/** Prints what changed, day by day, and holds no more than a piece of a feed. Returns the exit code. */
export async function changesCommand(options: ChangesOptions, { environment, out, err }: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, since = '', until = '9999-12-31', only, format } = options;
  const store = await openStore(place, environment);
  const manifests = await readManifests(store);
  if (manifests.length === 0) throw new SettingsError(`--store: there is no snapshot in ${place}`);
  const days = manifests.filter(({ dt }) => dt >= since && dt <= until);
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
  for await (const text of PRINTERS[format](feed)) if (!out.write(text)) await once(out, 'drain');
  if (format === 'text')
    err.write(`${plural(count, 'change')} in ${plural(days.length, 'snapshot')}${uncompared(days)}\n`);
  if (expired.size > 0) err.write(`Warning: the changes of ${[...expired].join(', ')} have expired or were removed\n`);
  return 0;
}

/** The days that had nothing to be compared with: of them the feed says nothing. */
function uncompared(days: readonly Manifest[]): string {
  const without = days.filter(({ changes }) => changes === null).map(({ dt }) => dt);
  return without.length === 0 ? '' : `; nothing to compare with on ${without.join(', ')}`;
}

/** The text that a feed is printed as, piece by piece; the feed can be read more than once. */
type Printer = (feed: () => AsyncIterable<Change>) => AsyncGenerator<string>;

const PRINTERS: { readonly [format in ChangesOptions['format']]: Printer } = {
  async *json(feed) {
    let before = '[\n';
    for await (const change of feed()) {
      yield before + printable(JSON.stringify(change));
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  },
  async *csv(feed) {
    yield csvLine(COLUMNS);
    for await (const change of feed()) yield csvLine(COLUMNS.map((column) => inert(change[column] ?? '')));
  },
  async *text(feed) {
    const widths = [0, 0, 0];
    for await (const change of feed()) {
      const cells = cellsOf(change);
      for (const [i, width] of widths.entries()) widths[i] = Math.max(width, stringWidth(cells[i] ?? ''));
    }
    const padded = (cell: string, i: number) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell)));
    for await (const change of feed()) yield `${cellsOf(change).map(padded).join('  ').trimEnd()}\n`;
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

/** The value of a JSON text as a person reads it. */
function words(text: string | null): string {
  const value: unknown = text === null ? null : JSON.parse(text);
  const parts = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  return parts.filter((part) => part !== null && part !== '').join(' ') || '(none)';
}
