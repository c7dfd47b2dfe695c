/** The statements that prepare DuckDB: the tables and views of a store, and access to nothing else. */
import type { Store } from '../../snapshot/store/store.ts';
import { sqlOf, VIEWS } from '../../snapshot/tables/views.ts';
import { MACROS } from './macros.ts';
import type { MemoryLimits } from './memory.ts';
import { type filesOf, globOf, literal, quoted, tableSql } from './tables.ts';

export interface Setup {
  readonly store: Store;
  readonly tables: readonly Awaited<ReturnType<typeof filesOf>>[];
  readonly limits: MemoryLimits;
  /** Of the files that may be read. */
  readonly paths: readonly string[];
  /** Of the one file that may be written. */
  readonly target: string | undefined;
}

export const INSTANCE_OPTIONS = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' };

/** As in Athena: times are in UTC, and dividing integers gives an integer. Nothing is written to disk, even if memory runs out. */
const SETTINGS = [`set TimeZone = 'UTC'`, `set integer_division = true`, `set temp_directory = ''`];

export function setupSql({ store, tables, limits, paths, target }: Setup): string[] {
  const allowed = [...paths, ...paths.map(globOf), ...(target === undefined ? [] : [target])];
  return [
    ...SETTINGS,
    `set memory_limit = '${Math.floor(limits.databaseBytes / 2 ** 20)}MiB'`,
    `set threads = ${limits.threads}`,
    `set allowed_paths = [${allowed.map(literal).join(', ')}]`,
    'set enable_external_access = false',
    ...MACROS.map((macro) => `create macro ${macro}`),
    ...tables.map((table) => tableSql(table, store)),
    ...VIEWS.map(({ name }) => `create view ${quoted(name)} as ${sqlOf(name)}`),
    'set lock_configuration = true',
  ];
}
