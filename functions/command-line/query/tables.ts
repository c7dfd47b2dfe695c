/** Maps each table to the files that Athena would read, and to DuckDB's types and readers. */
import { join } from 'node:path';
import { Folder } from '../../snapshot/store/folder/folder.ts';
import type { Store } from '../../snapshot/store/store.ts';
import type { Column, Table } from '../../snapshot/tables/tables.ts';

/** A table and the files that it reads, as keys of the store. */
export interface TableFiles {
  readonly table: Table;
  readonly keys: readonly string[];
}

/**
 * The files that Athena would read: in partitions up to today, or directly in the folder of a table without partitions. Hidden files are skipped.
 * @param today the UTC date
 * @throws StoreError if one isn't a regular file: DuckDB opens files by path, and would wait for a pipe forever
 */
export async function filesOf(table: Table, store: Store, today: string): Promise<TableFiles> {
  const listed = await store.list(table.folder);
  const keys = listed.filter((key) => isRead(key.slice(table.folder.length), table, today));
  const folder = new Folder(store.location);
  await Promise.all(keys.map((key) => folder.call(`look at ${key}`, () => folder.lookAtFile(key))));
  return { table, keys };
}

export const pathOf = (store: Store, key: string): string => join(store.location, ...key.split('/'));

function isRead(name: string, { partitioned }: Table, today: string): boolean {
  const [, dt, file = ''] = (partitioned ? /^dt=(\d{4}-\d\d-\d\d)\/([^/]+)$/ : /^()([^/]+)$/).exec(name) ?? [];
  return dt !== undefined && dt <= today && /^[^._]/.test(file);
}

/** The table as a view over its files. */
export function tableSql({ table, keys }: TableFiles, store: Store): string {
  const columns = [...table.columns, ...(table.partitioned ? [DT] : [])];
  if (keys.length === 0) {
    const none = columns.map(({ name, type }) => `cast(null as ${duckType(type)}) as ${quoted(name)}`);
    return `create view ${quoted(table.name)} as select ${none.join(', ')} where false`;
  }
  const own = table.columns.map(({ name }) => quoted(name));
  return `create view ${quoted(table.name)} as
    select ${[...own, ...(table.partitioned ? [DT_OF_FILE] : [])].join(', ')}
    from ${reader(
      table,
      keys.map((key) => pathOf(store, key)),
    )}`;
}

const DT: Column = { name: 'dt', type: 'string' };
/** Hive partitioning in DuckDB would also match parent folders: a folder `id=7` would replace the column. DuckDB still prunes files by this. */
const DT_OF_FILE = String.raw`regexp_extract(filename, 'dt=([0-9-]{10})[/\\][^/\\]+$', 1) as dt`;

/**
 * The longest line that is read. DuckDB reserves twice as much for each thread. A record from Anodot has at most 2^20 characters. In a
 * line of the change feed, its backslashes may be doubled twice.
 */
export const LINE_BYTES = 16 << 20;

function reader({ format, columns }: Table, paths: readonly string[]): string {
  const files = `[${paths.map((path) => literal(globOf(path))).join(', ')}]`;
  const types = columns.map(({ name, type }) => `${literal(name)}: ${literal(duckType(type))}`);
  const options = `columns = {${types.join(', ')}}, filename = true, hive_partitioning = false`;
  return format === 'json'
    ? `read_json(${files}, ${options}, format = 'newline_delimited', maximum_object_size = ${LINE_BYTES})`
    : `read_csv(${files}, ${options}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"',
        force_not_null = [${columns.map(({ name }) => literal(name)).join(', ')}], max_line_size = ${LINE_BYTES})`;
}

/** The pattern that matches only this path. */
export const globOf = (path: string): string => path.replaceAll(/[*?[]/g, '[$&]');
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const SCALARS: { readonly [type: string]: string } = { string: 'VARCHAR', bigint: 'BIGINT', boolean: 'BOOLEAN' };

/** The DuckDB type for a Hive type. */
export function duckType(type: string): string {
  const [, kind = '', inner = ''] = /^(array|map|struct)<(.*)>$/.exec(type) ?? [];
  if (kind === 'array') return `${duckType(inner)}[]`;
  if (kind === 'map') return `MAP(${partsOf(inner).map(duckType).join(', ')})`;
  if (kind === 'struct') return `STRUCT(${partsOf(inner).map(duckField).join(', ')})`;
  const scalar = SCALARS[type];
  if (scalar === undefined) throw new Error(`no DuckDB type for ${type}`);
  return scalar;
}

function duckField(field: string): string {
  const colon = field.indexOf(':');
  return `${quoted(field.slice(0, colon))} ${duckType(field.slice(colon + 1))}`;
}

/** The parts separated by commas outside inner types. */
function partsOf(inner: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of inner) {
    if (character === '<') depth++;
    if (character === '>') depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + character);
  }
  return parts;
}
