/** Prints changes of users as text, JSON or CSV, piece by piece: what `changes` and `diff` share. */
import type { Change } from '../snapshot/changes/change.ts';
import { isOfAdministrator } from '../snapshot/changes/of-administrator.ts';
import { csvLine, inert } from '../snapshot/format/cell-text.ts';
import { cellsOf } from './change-text.ts';
import { Table } from './table.ts';
import { JsonList } from './text.ts';

export const CHANGE_FORMATS = ['text', 'json', 'csv'] as const;
export type ChangeFormat = (typeof CHANGE_FORMATS)[number];

/** The changes of one day, in the order of the feed. Both can be read more than once. */
export interface ChangesOfDay {
  readonly changes: () => AsyncIterable<Change>;
  /** False if none of the changes grants or revokes the administrator role. */
  readonly hasAdministrators: boolean;
  /** Names of groups by id. */
  readonly groupNames: () => Promise<ReadonlyMap<string, string>>;
}

type Printer = (days: readonly ChangesOfDay[]) => AsyncGenerator<string>;

const COLUMNS = ['dt', 'previous_dt', 'id', 'email', 'change', 'before', 'after'] as const;
/** A longer address moves only its own line. */
const WIDEST_CELL = 60;

/** For the help. */
export const ORDER = `As text, each day begins with its administrators, and groups are shown by name.
JSON and CSV keep the order of the change feed, and the ids of groups.`;

export const CHANGE_PRINTERS: { readonly [format in ChangeFormat]: Printer } = {
  async *json(days) {
    const list = new JsonList();
    for (const { changes } of days) for await (const change of changes()) yield list.element(JSON.stringify(change));
    yield list.end();
  },
  async *csv(days) {
    yield csvLine(COLUMNS);
    for (const { changes } of days)
      for await (const change of changes()) yield csvLine(COLUMNS.map((column) => inert(change[column] ?? '')));
  },
  async *text(days) {
    const table = new Table({ widest: WIDEST_CELL });
    for (const { changes, groupNames } of days) {
      const names = await groupNames();
      for await (const change of changes()) table.measure(cellsOf(change, names));
    }
    for (const day of days) {
      const names = await day.groupNames();
      for await (const change of administratorsFirst(day)) yield table.row(cellsOf(change, names));
    }
  },
};

/** Reads the changes twice instead of holding them: a day may have millions. */
async function* administratorsFirst({ changes, hasAdministrators }: ChangesOfDay): AsyncGenerator<Change> {
  if (hasAdministrators) for await (const change of changes()) if (isOfAdministrator(change)) yield change;
  for await (const change of changes()) if (!isOfAdministrator(change)) yield change;
}
