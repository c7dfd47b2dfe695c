/** Prints the answer to a query as text, JSON, CSV or Markdown, piece by piece; nothing in it can steer a terminal. */
import { csvLine, inert, onOneLine } from '../../snapshot/format/cell-text.ts';
import { Table } from '../table.ts';
import { JsonList } from '../text.ts';
import type { Answer, QueryFormat } from './answer.ts';
import { type Cell, isNumber, jsonText, plainText } from './cells.ts';

/** The widest that a column gets; a longer cell only pushes the cells after it. */
const WIDEST = 80;

export const PRINTERS: { readonly [format in QueryFormat]: (answer: Answer) => Generator<string> } = {
  *text({ names, rows }) {
    const lines = function* () {
      yield names.map(onOneLine);
      for (const row of rows()) yield row.map((value) => onOneLine(plainText(value)));
    };
    const table = new Table({ widest: WIDEST });
    for (const cells of lines()) table.measure(cells);
    const right = numeric(rows());
    let rule = table.rule();
    for (const cells of lines()) {
      yield table.row(cells, right) + rule;
      rule = '';
    }
  },
  *json({ names, rows }) {
    const keys = names.map((name) => `${jsonText(name)}:`);
    const list = new JsonList();
    for (const row of rows()) yield list.element(`{${row.map((value, i) => keys[i] + jsonText(value)).join(',')}}`);
    yield list.end();
  },
  *csv({ names, rows }) {
    yield csvLine(names.map(inert));
    for (const row of rows()) yield csvLine(row.map(cellText));
  },
  *markdown({ names, rows }) {
    yield `${markdownLine(names.map(unmarked))}${markdownLine(names.map(() => '---'))}`;
    for (const row of rows()) yield markdownLine(row.map((value) => unmarked(plainText(value))));
  },
};

/** The columns that hold only numbers: their digits are aligned. */
function numeric(rows: Iterable<readonly Cell[]>): ReadonlySet<number> {
  const [numbers, others] = [new Set<number>(), new Set<number>()];
  for (const row of rows)
    for (const [i, value] of row.entries()) if (value !== null) (isNumber(value) ? numbers : others).add(i);
  return numbers.difference(others);
}

/** A number can't be a formula; its sign stays. */
const cellText = (value: Cell): string => (isNumber(value) ? plainText(value) : inert(plainText(value)));

/** What would be a table's border, a link, a tag, an emphasis or a formula; an underscore within a word is none of them. */
const MARKUP = /[\\`*[\]<>|~&$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
const unmarked = (text: string): string => onOneLine(text).replace(MARKUP, '\\$&');
const markdownLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
