/** Which files each table reads, as Athena would, and DuckDB's words for its columns. */
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
 * The files that Athena would read: in a partition of a date up to today, or right in the folder; hidden ones never.
 * @param today the UTC date
 * @throws StoreError if one isn't a regular file: DuckDB opens them by path, and would wait at a pipe for ever
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
/** DuckDB would take partitions from any folder above as well, and `id=7` up there for the column. It skips files by this all the same. */
const DT_OF_FILE = String.raw`regexp_extract(filename, 'dt=([0-9-]{10})[/\\][^/\\]+$', 1) as dt`;

/**
 * The longest line that is read, which DuckDB reserves twice for each thread. A record of Anodot has at most 2^20 characters; as the row
 * within a line of the change feed its backslashes may be doubled twice.
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

/** The pattern that fits this path alone. */
export const globOf = (path: string): string => path.replaceAll(/[*?[]/g, '[$&]');
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const SCALARS: { readonly [type: string]: string } = { string: 'VARCHAR', bigint: 'BIGINT', boolean: 'BOOLEAN' };

/** DuckDB's word for a type of Hive. */
export function duckType(type: string): string {
  const [, kind = '', inner = ''] = /^(array|map|struct)<(.*)>$/.exec(type) ?? [];
  if (kind === 'array') return `${duckType(inner)}[]`;
  if (kind === 'map') return `MAP(${partsOf(inner).map(duckType).join(', ')})`;
  if (kind === 'struct') return `STRUCT(${partsOf(inner).map(duckField).join(', ')})`;
  const scalar = SCALARS[type];
  if (scalar === undefined) throw new Error(`no type of DuckDB stands for ${type}`);
  return scalar;
}

function duckField(field: string): string {
  const colon = field.indexOf(':');
  return `${quoted(field.slice(0, colon))} ${duckType(field.slice(colon + 1))}`;
}

/** The parts between the commas that stand in no inner type. */
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
