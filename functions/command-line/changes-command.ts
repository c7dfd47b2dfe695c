import stringWidth from 'string-width';
import type { Change } from '../snapshot/changes.ts';
import type { ChangeKind } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import { csvLine, inert, onOneLine } from '../snapshot/format/csv.ts';
import type { Manifest } from '../snapshot/manifest.ts';
import { readChanges, readManifests } from '../snapshot/read-changes.ts';
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
  const expired: string[] = [];
  let count = 0;
  for (const day of days) {
    const changes = await readChanges(store, day);
    if (!changes) expired.push(day.dt);
    for await (const change of changes ?? []) {
      if (only && !only.includes(change.change)) continue;
      printer.print(change);
      count++;
    }
  }
  printer.end();
  if (format === 'text')
    err.write(`${plural(count, 'change')} in ${plural(days.length, 'snapshot')}${uncompared(days)}\n`);
  if (expired.length > 0) err.write(`Warning: the changes of ${expired.join(', ')} have expired or were removed\n`);
  return 0;
}

/** The days that had nothing to be compared with: of them the feed says nothing. */
function uncompared(days: readonly Manifest[]): string {
  const without = days.filter(({ changes }) => changes === null).map(({ dt }) => dt);
  return without.length === 0 ? '' : `; nothing to compare with on ${without.join(', ')}`;
}

/** Control characters that JSON lets stand as they are; one of them, U+009B, steers a terminal. */
const CONTROL = /\p{Cc}/gu;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

interface Printer {
  print(change: Change): void;
  end(): void;
}

const PRINTERS: { readonly [format in ChangesOptions['format']]: (out: NodeJS.WritableStream) => Printer } = {
  json: (out) => {
    let separator = '[\n';
    return {
      print: (change) => {
        out.write(separator + JSON.stringify(change).replace(CONTROL, escaped));
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
