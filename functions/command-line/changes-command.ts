import stringWidth from 'string-width';
import type { Change } from '../snapshot/changes.ts';
import type { ChangeKind } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import { csvLine, inert, onOneLine } from '../snapshot/format/csv.ts';
import type { Manifest } from '../snapshot/manifest.ts';
import { readChanges, readManifests } from '../snapshot/read-changes.ts';
import type { Store } from '../snapshot/store/store.ts';
import { DEFAULT_STORE, openStore, plural, type Terminal } from './terminal.ts';

export interface ChangesOptions {
  readonly store?: string;
  readonly since?: string;
  readonly until?: string;
  readonly only?: readonly ChangeKind[];
  readonly format: 'text' | 'json' | 'csv';
}

const COLUMNS = ['dt', 'previous_dt', 'id', 'email', 'change', 'before', 'after'] as const;

/** Prints what changed, day by day. Returns the exit code. */
export async function changesCommand(options: ChangesOptions, { environment, out, err }: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, since = '', until = '9999-12-31', only, format } = options;
  const store = await openStore(place, environment);
  const manifests = await readManifests(store);
  if (manifests.length === 0) throw new SettingsError(`--store: there is no snapshot in ${place}`);
  const days = manifests.filter(({ dt }) => dt >= since && dt <= until);
  const printer = PRINTERS[format](out);
  let count = 0;
  for await (const change of feed(store, days)) {
    if (only && !only.includes(change.change)) continue;
    printer.print(change);
    count++;
  }
  printer.end();
  if (format === 'text')
    err.write(`${plural(count, 'change')} in ${plural(days.length, 'snapshot')}${uncompared(days)}\n`);
  return 0;
}

async function* feed(store: Store, days: readonly Manifest[]): AsyncGenerator<Change> {
  for (const day of days) yield* readChanges(store, day);
}

/** The days that had nothing to be compared with: of them the feed says nothing. */
function uncompared(days: readonly Manifest[]): string {
  const without = days.filter(({ changes }) => changes === null).map(({ dt }) => dt);
  return without.length === 0 ? '' : `; nothing to compare with on ${without.join(', ')}`;
}

interface Printer {
  print(change: Change): void;
  end(): void;
}

const PRINTERS: { readonly [format in ChangesOptions['format']]: (out: NodeJS.WritableStream) => Printer } = {
  json: (out) => {
    let separator = '[\n';
    return {
      print: (change) => {
        out.write(separator + JSON.stringify(change));
        separator = ',\n';
      },
      end: () => out.write(separator === '[\n' ? '[]\n' : '\n]\n'),
    };
  },
  csv: (out) => {
    out.write(csvLine(COLUMNS));
    return {
      print: (change) => out.write(csvLine(COLUMNS.map((column) => inert(change[column] ?? '')))),
      end: () => undefined,
    };
  },
  text: (out) => {
    const rows: string[][] = [];
    return {
      print: (change) =>
        rows.push([change.dt, change.change, change.email ?? change.id, detail(change)].map(onOneLine)),
      end: () => out.write(table(rows)),
    };
  },
};

/** What a change is about, in a few words. */
function detail({ change, before, after }: Change): string {
  if (change === 'joined' || change === 'left' || change === 'disabled' || change === 'enabled') return '';
  return [before, after].flatMap((text) => (text === null ? [] : [words(JSON.parse(text))])).join(' -> ');
}

const words = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.values(value)
        .filter((part) => part !== null)
        .join(' ')
    : String(value);

function table(rows: readonly (readonly string[])[]): string {
  const widths = [0, 1, 2].map((column) =>
    rows.reduce((most, row) => Math.max(most, stringWidth(row[column] ?? '')), 0),
  );
  const pad = (cell: string, width = 0) => cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
