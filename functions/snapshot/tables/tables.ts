/** The tables over a store's objects, derived from the schemas of rows and documents. */

import * as z from 'zod';
import { CHANGE } from '../changes/change.ts';
import { MANIFEST } from '../commits/manifest.ts';
import { RUN_DOCUMENT } from '../commits/run-document.ts';
import { FOLDERS } from '../contract.ts';
import { GROUP_ROW } from '../group.ts';
import { USER_COLUMNS, USER_ROW } from '../user.ts';
import { hiveType } from './hive-type.ts';

/** A column and its Hive type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A table over the objects of one folder of the store. */
export interface Table {
  readonly name: string;
  readonly comment: string;
  /** Relative to the store's root. */
  readonly folder: string;
  readonly format: 'json' | 'csv';
  /** Whether each day has a folder, `dt=2026-11-23`. Then `dt` is the partition key instead of a column. */
  readonly partitioned: boolean;
  readonly columns: readonly Column[];
}

/** The characters that structure a CSV table. */
export interface CsvSigns {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
}

/** The escape is a control character that the CSV never contains, since Athena's reader would alter cells with the escape in them. */
export const CSV_SIGNS: CsvSigns = { separator: ',', quote: '"', escape: '\u007f' };

/** One column for each field of the rows or documents that a schema describes. */
const columnsOf = (schema: z.ZodObject): Column[] =>
  Object.entries(z.toJSONSchema(schema).properties ?? {}).map(([name, field]) => ({ name, type: hiveType(field) }));

/** The store's objects as tables. Columns are named after the JSON keys. `users_csv` is read by position, as text. */
export const TABLES: readonly Table[] = [
  {
    name: 'users',
    comment: 'All users, exact, one row per user and day. Use only days that are in snapshots',
    folder: 'users/json/',
    format: 'json',
    partitioned: true,
    columns: columnsOf(USER_ROW),
  },
  {
    name: 'users_csv',
    comment:
      'The CSV for people: all text, lists joined with ";". Use only days for which snapshots.objects names a csv',
    folder: 'users/csv/',
    format: 'csv',
    partitioned: true,
    columns: USER_COLUMNS.map((name) => ({ name, type: 'string' })),
  },
  {
    name: 'user_changes',
    comment: 'What changed since an earlier day, one row per change',
    folder: FOLDERS.changes,
    format: 'json',
    partitioned: true,
    columns: columnsOf(CHANGE.omit({ dt: true })),
  },
  {
    name: 'groups',
    comment: 'Group names, one row per group and day. Use only days for which snapshots.groups is published',
    folder: 'groups/json/',
    format: 'json',
    partitioned: true,
    columns: columnsOf(GROUP_ROW),
  },
  {
    name: 'snapshots',
    comment: 'The manifests, one row per published day. Each proves that its day is complete, with counts and hashes',
    folder: FOLDERS.manifests,
    format: 'json',
    partitioned: false,
    columns: columnsOf(MANIFEST),
  },
  {
    name: 'snapshot_runs',
    comment: 'How each run ended, or that it is in progress',
    folder: FOLDERS.runs,
    format: 'json',
    partitioned: false,
    columns: columnsOf(RUN_DOCUMENT),
  },
];
