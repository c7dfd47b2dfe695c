/** The tables and views that can be queried, with their columns. Needs no DuckDB. */
import { TABLES } from '../../snapshot/tables/tables.ts';
import { VIEWS } from '../../snapshot/tables/views.ts';
import { fold } from '../fold.ts';
import { widthOf } from '../text.ts';
import type { QueryResult, Row } from './result.ts';

/** A table or view. The types of its columns are spelled as in Athena's SQL. */
export interface Entry {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly comment: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const headlineOf = (comment: string): string => /^[^.:]*/.exec(comment)?.[0] ?? '';

/** Spells a Hive type as Athena's SQL does. The types of views are already spelled so. */
const sqlType = (hive: string): string =>
  hive
    .replaceAll('string', 'varchar')
    .replaceAll('struct<', 'row<')
    .replaceAll(/[<>:,]/g, (sign) => ({ '<': '(', '>': ')', ':': ' ', ',': ', ' })[sign] ?? sign);

export const ENTRIES: readonly Entry[] = [
  ...TABLES.map(({ name, comment, columns, partitioned }) => ({
    name,
    kind: 'table' as const,
    comment: headlineOf(comment),
    columns: [...columns, ...(partitioned ? [{ name: 'dt', type: 'string' }] : [])].map((column) => ({
      name: column.name,
      type: sqlType(column.type),
    })),
  })),
  ...VIEWS.map(({ name, comment, columns }) => ({
    name,
    kind: 'view' as const,
    comment: headlineOf(comment),
    columns,
  })),
];

/** One row for each table and view. */
export const CATALOGUE: QueryResult = {
  names: ['name', 'kind', 'comment', 'columns'],
  async *batches() {
    yield ENTRIES.map(({ columns, ...entry }): Row => [...Object.values(entry), { json: JSON.stringify(columns) }]);
  },
};

const INDENT = '    ';

/** One paragraph for each table and view, in lines of this width. */
export function* catalogueText(width: number): Generator<string> {
  let gap = '';
  for (const { name, kind, comment, columns } of ENTRIES) {
    yield fold(`${gap}${name} (${kind}): ${comment}\n`, width);
    gap = '\n';
    let line = INDENT;
    for (const [i, column] of columns.entries()) {
      const text = `${column.name} ${column.type}${i === columns.length - 1 ? '' : ','}`;
      if (line !== INDENT && widthOf(line + text) > width) {
        yield `${fold(line.trimEnd(), width)}\n`;
        line = INDENT;
      }
      line += `${text} `;
    }
    yield `${fold(line.trimEnd(), width)}\n`;
  }
}
