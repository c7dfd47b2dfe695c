/** Parts that both pages of a review share. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { type Content, nodesOf } from '../page/content.ts';
import { type PageTable, table } from '../page/table.ts';

/** The most rows of a table. The file with the rest is named. */
const MOST_ROWS = 1000;

export const section = (id: string, title: string, ...content: readonly Element[]): Element =>
  h('section', { id }, [h('h2', title), ...content]);

export const paragraph = (...content: readonly Content[]): Element => h('p', nodesOf(content));

/** A table that is cut if it is long. @param file which file has all rows */
export const cutTable = <Row>(options: PageTable<Row>, file: string): Element =>
  table({
    isSearchable: true,
    ...options,
    rows: options.rows.slice(0, MOST_ROWS),
    ...(options.rows.length > MOST_ROWS && { cut: { total: options.rows.length, rest: `All are in ${file}.` } }),
  });

/** Facts with their names. */
export const facts = (id: string, caption: string, rows: readonly (readonly [string, Content])[]): Element =>
  table<readonly [string, Content]>({
    id,
    caption,
    columns: [
      { title: 'What', cell: ([name]) => name, isRowHeader: true },
      { title: 'Value', cell: ([, value]) => value },
    ],
    rows,
  });

export const list = (items: readonly Content[]): Element =>
  h(
    'ul',
    items.map((item) => h('li', nodesOf(item))),
  );

export const code = (text: string): Element => h('code', text);
export const commands = (lines: readonly string[]): Element => h('pre', [h('code', lines.join('\n'))]);
