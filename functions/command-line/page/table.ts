/** Tables of a page: real ones, which read without script and without style. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import type { Content } from './content.ts';

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  /** Default: text. Numbers are aligned to the right, and sorted as numbers. */
  readonly kind?: 'text' | 'number' | 'date';
}

export interface PageTable<Row> {
  /** Unique in the page, for links and for the search field. */
  readonly id: string;
  /** What a screen reader announces. */
  readonly caption: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** How many rows there would be without a limit, and how to get the rest. */
  readonly cut?: { readonly total: number; readonly rest: Content };
  /** Offers search and sorting if script runs. Default: false */
  readonly isSearchable?: boolean;
}

/** @returns the table, or a sentence if it has no rows */
export function table<Row>({ id, caption, columns, rows }: PageTable<Row>): Element {
  return h('table', { id }, [
    h('caption', caption),
    h('thead', [
      h(
        'tr',
        columns.map(({ title }) => h('th', { scope: 'col' }, title)),
      ),
    ]),
    h(
      'tbody',
      rows.map((row) =>
        h(
          'tr',
          columns.map(({ cell }) => h('td', cell(row) as Parameters<typeof h>[2])),
        ),
      ),
    ),
  ]);
}
