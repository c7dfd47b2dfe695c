/** Prints the result of a query in each format, batch by batch. Nothing in it can steer a terminal. */
import { csvLine, inert, onOneLine } from '../../snapshot/format/cell-text.ts';
import { Table } from '../table.ts';
import { JsonList, widthOf } from '../text.ts';
import { type Cell, isNumber, jsonText, plainText } from './cells.ts';
import type { QueryFormat, QueryResult, Row } from './result.ts';

/** The maximum width of a column without a terminal. A longer cell pushes the cells after it to the right. */
const WIDEST = 80;

/** @param columns the terminal's width. 0 if there is no terminal */
type Printer = (result: QueryResult, columns: number) => AsyncIterable<string>;

export const PRINTERS: { readonly [format in QueryFormat]: Printer } = {
  /** A table that fits the terminal, with cells cut. If not even the column names fit, the same as `line`. */
  text: (result, columns) => printed(result, (first) => tableOf(result.names, first, columns) ?? linesOf(result.names)),
  line: (result) => printed(result, () => linesOf(result.names)),
  async *json({ names, batches }) {
    const keys = names.map((name) => `${jsonText(name)}:`);
    const list = new JsonList();
    const element = (row: Row) => list.element(`{${row.map((value, i) => keys[i] + jsonText(value)).join(',')}}`);
    for await (const rows of batches()) yield rows.map(element).join('');
    yield list.end();
  },
  csv: ({ names, batches }) =>
    printed({ names, batches }, () => ({
      header: csvLine(names.map(inert)),
      row: (row) => csvLine(row.map(cellText)),
    })),
  markdown: ({ names, batches }) =>
    printed({ names, batches }, () => ({
      header: `${markdownLine(names.map(unmarked))}${markdownLine(names.map(() => '---'))}`,
      row: (row) => markdownLine(row.map((value) => unmarked(plainText(value)))),
    })),
};

/** How a result is laid out: what precedes the rows, and the text of each row. */
interface Layout {
  readonly header: string;
  row(row: Row): string;
}

/** @param layOut receives the first batch, to measure it */
async function* printed({ batches }: QueryResult, layOut: (first: readonly Row[]) => Layout): AsyncGenerator<string> {
  let layout: Layout | undefined;
  for await (const rows of batches()) {
    const laidOut: Layout = layout ?? layOut(rows);
    yield (layout ? '' : laidOut.header) + rows.map(laidOut.row).join('');
    layout = laidOut;
  }
}

/** A table, as wide as the first rows need. Undefined if it doesn't fit the terminal. */
function tableOf(names: readonly string[], first: readonly Row[], columns: number): Layout | undefined {
  const table = new Table(columns > 0 ? {} : { widest: WIDEST });
  const titles = names.map(onOneLine);
  const whole = [...titles]; // column names and numbers are never cut: the beginning of a number is another number
  table.measure(titles);
  for (const row of first) {
    table.measure(row.map(text));
    for (const [i, value] of row.entries()) {
      if (isNumber(value) && text(value).length > widthOf(whole[i] ?? '')) whole[i] = text(value);
    }
  }
  if (columns > 0 && !table.fit(columns, whole)) return undefined;
  const numeric = (row: Row) => new Set([...row.keys()].filter((i) => isNumber(row[i] ?? null)));
  const numbers = first.map(numeric).reduce((all, one) => all.union(one), new Set<number>());
  return {
    header: table.row(titles, numbers) + table.rule(),
    row: (row) => table.row(row.map(text), numeric(row)),
  };
}

/** A line for each column, and an empty line between two rows. */
function linesOf(names: readonly string[]): Layout {
  const titles = names.map(onOneLine);
  const width = Math.max(...titles.map(widthOf));
  const labels = titles.map((title) => `${' '.repeat(width - widthOf(title))}${title}:`);
  let gap = '';
  return {
    header: '',
    row: (row) => {
      const lines = row.map((value, i) => `${labels[i]} ${text(value)}`.trimEnd());
      const before = gap;
      gap = '\n';
      return `${before}${lines.join('\n')}\n`;
    },
  };
}

const text = (value: Cell): string => onOneLine(plainText(value));

/** A number can't be a formula, and keeps its sign. */
const cellText = (value: Cell): string => (isNumber(value) ? plainText(value) : inert(plainText(value)));

/** What would be a table's border, a link, a tag, an emphasis or a formula. An underscore within a word is none of them. */
const MARKUP = /[\\`*[\]<>|~&$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const unmarked = (shown: string): string => onOneLine(shown).replace(MARKUP, '\\$&');
const markdownLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
