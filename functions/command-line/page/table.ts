/** Tables of a page: real ones, which read without script and without style. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { plural } from '../text.ts';
import { type Content, nodesOf } from './content.ts';

export interface TableColumn<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  /** Default: text. Numbers are aligned to the right, and sorted as numbers. Dates are ISO dates or times. */
  readonly kind?: 'text' | 'number' | 'date';
  /** Whether the cell names its row. A screen reader announces it with each cell of the row. At most one column. */
  readonly isRowHeader?: boolean;
}

export interface PageTable<Row> {
  /** Unique in the page, for links and for the search field. */
  readonly id: string;
  /** The table's name: what it shows and the day it comes from. Unique in the page, without a full stop. */
  readonly caption: string;
  /** Hides the caption from sight, because the heading before the table says the same. Without style it is shown. */
  readonly hasHiddenCaption?: boolean;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  /** What is printed in place of a table without rows. Default: the caption and "none". */
  readonly empty?: Content;
  /** How many rows there would be without a limit, and how to get the rest. */
  readonly cut?: { readonly total: number; readonly rest: Content };
  /** Offers search and sorting if script runs. Default: false */
  readonly isSearchable?: boolean;
}

/** @returns the table, or a sentence if it has no rows */
export function table<Row>(options: PageTable<Row>): Element {
  const { id, caption, hasHiddenCaption, rows, columns, empty, cut, isSearchable } = options;
  if (rows.length === 0) return h('p', { id, className: 'empty' }, nodesOf(empty ?? `${caption}: none.`));
  const captionId = `${id}-caption`;
  return h('div', { className: 'table' }, [
    ...(cut ? [h('p', { className: 'cut' }, nodesOf([limitOf(rows.length, cut.total), ' ', cut.rest]))] : []),
    // A keyboard can scroll only what has the focus.
    h('div', { className: 'scroll', role: 'region', ariaLabelledBy: captionId, tabIndex: 0 }, [
      h('table', { id, dataSearchable: isSearchable ? '' : null }, [
        h('caption', { id: captionId, className: hasHiddenCaption ? 'hidden' : null }, [h('span', nodesOf(caption))]),
        h('thead', [h('tr', columns.map(headerOf))]),
        h(
          'tbody',
          rows.map((row) =>
            h(
              'tr',
              columns.map((column) => cellOf(column, row)),
            ),
          ),
        ),
      ]),
    ]),
  ]);
}

const limitOf = (shown: number, total: number): string =>
  `Shows ${shown.toLocaleString('en')} of ${plural(total, 'row')}.`;

const headerOf = <Row>({ title, kind }: TableColumn<Row>): Element =>
  h('th', { scope: 'col', className: kind, dataKind: kind }, title);

const cellOf = <Row>({ cell, kind, isRowHeader }: TableColumn<Row>, row: Row): Element =>
  isRowHeader
    ? h('th', { scope: 'row', className: kind }, partsOf(cell(row), kind))
    : h('td', { className: kind }, partsOf(cell(row), kind));

/** A cell of kind date is never wrapped, so its date needs no element. */
const partsOf = (content: Content, kind: TableColumn<unknown>['kind']) =>
  kind === 'date' && typeof content === 'string' ? [content] : nodesOf(content);
