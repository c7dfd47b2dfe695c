/** What can be queried, without DuckDB. */
import { TABLES } from '../../snapshot/tables/tables.ts';
import { VIEWS } from '../../snapshot/tables/views.ts';
import type { Answer } from './answer.ts';

/** The tables and views, one line each. */
export const CATALOGUE: Answer = {
  names: ['name', 'kind', 'comment'],
  rowCount: TABLES.length + VIEWS.length,
  rows: () => [
    ...TABLES.map(({ name, comment }) => [name, 'table', headlineOf(comment)]),
    ...VIEWS.map(({ name, comment }) => [name, 'view', headlineOf(comment)]),
  ],
};

const headlineOf = (comment: string): string => /^[^.:]*/.exec(comment)?.[0] ?? '';
