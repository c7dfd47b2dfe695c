import { CHANGES, COLUMNS, STATES } from '../contract.ts';

/** A column, its type in Hive's words. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** A table over the objects of one folder of the store. */
export interface Table {
  readonly name: string;
  readonly comment: string;
  /** Below the store's root. */
  readonly folder: string;
  readonly format: 'json' | 'csv';
  /** One folder a day, `dt=2026-11-23`, whose date is the partition key `dt`. Without it `dt` is a column like others. */
  readonly partitioned: boolean;
  readonly columns: readonly Column[];
}

/** The signs by which a table of CSV is read. */
export interface CsvSigns {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
}

/** The escape is a control character, which the CSV never holds: with any other sign Athena's reader would alter cells that hold it. */
export const CSV_SIGNS: CsvSigns = { separator: ',', quote: '"', escape: '\u007f' };

const textOf = (...names: readonly string[]): Column[] => names.map((name) => ({ name, type: 'string' }));
const countOf = (...names: readonly string[]): Column[] => names.map((name) => ({ name, type: 'bigint' }));
const structOf = (...fields: readonly Column[]): string =>
  `struct<${fields.map(({ name, type }) => `${name}:${type}`).join(',')}>`;

const USER_TYPES: { readonly [name: string]: string } = {
  roles: 'array<string>',
  disabled: 'boolean',
  groups: 'array<string>',
};

const MANIFEST_COLUMNS: readonly Column[] = [
  ...countOf('schema_version'),
  ...textOf('dt'),
  ...countOf('commit'),
  ...textOf('run_id', 'trigger', 'scheduled_at', 'observed_at', 'published_at', 'source', 'owner_organization'),
  ...countOf('user_count', 'admin_count'),
  { name: 'states', type: structOf(...countOf(...STATES)) },
  { name: 'roles', type: 'map<string,bigint>' },
  ...textOf('previous_dt'),
  { name: 'changes', type: structOf(...countOf(...CHANGES)) },
  {
    name: 'drift',
    type: structOf(
      ...['unknown_fields', 'unknown_roles', 'aliases', 'missing_fields'].map((name) => ({
        name,
        type: 'array<string>',
      })),
      ...countOf('duplicates', 'lone_surrogates'),
    ),
  },
  ...countOf('csv_cells_altered'),
  ...textOf('groups'),
  { name: 'objects', type: `array<${structOf(...textOf('kind', 'key'), ...countOf('bytes'), ...textOf('sha256'))}>` },
  ...textOf('program_version'),
];

/** What lies in the store, as tables. Columns bear the names of the JSON keys; `users_csv` is read by position, and as text. */
export const TABLES: readonly Table[] = [
  {
    name: 'users',
    comment: 'All users, one row per user and day, exact: a day counts once it stands in snapshots',
    folder: 'users/json/',
    format: 'json',
    partitioned: true,
    columns: COLUMNS.map((name) => ({ name, type: USER_TYPES[name] ?? 'string' })),
  },
  {
    name: 'users_csv',
    comment: 'The same rows for people, all text, lists joined with ;: they count where snapshots.objects names a csv',
    folder: 'users/csv/',
    format: 'csv',
    partitioned: true,
    columns: textOf(...COLUMNS),
  },
  {
    name: 'user_changes',
    comment: 'What changed since an earlier day, one row per change',
    folder: 'changes/',
    format: 'json',
    partitioned: true,
    columns: textOf('previous_dt', 'previous_observed_at', 'observed_at', 'id', 'email', 'change', 'before', 'after'),
  },
  {
    name: 'groups',
    comment: 'The names of groups, one row per group and day: they count where snapshots.groups is published',
    folder: 'groups/json/',
    format: 'json',
    partitioned: true,
    columns: textOf('id', 'name', 'created_at', 'modified_at'),
  },
  {
    name: 'snapshots',
    comment: 'The manifests, one row per published day: it proves the day complete, with counts and hashes',
    folder: 'manifests/',
    format: 'json',
    partitioned: false,
    columns: MANIFEST_COLUMNS,
  },
  {
    name: 'snapshot_runs',
    comment: 'How each run ended, or that it is under way',
    folder: 'runs/',
    format: 'json',
    partitioned: false,
    columns: [
      ...textOf('run_id', 'dt', 'trigger', 'started_at', 'expires_at', 'ended_at', 'status'),
      ...countOf('code'),
      ...textOf('message', 'raw_key'),
      ...countOf('commit'),
      ...textOf('commit_sha256'),
    ],
  },
];
