import stringWidth from 'string-width';
import { csvLine, inert, onOneLine } from '../../snapshot/format/csv.ts';
import { type Cell, jsonText, plainText } from './cells.ts';

export const QUERY_FORMATS = ['text', 'json', 'csv', 'markdown'] as const;
export type QueryFormat = (typeof QUERY_FORMATS)[number];

/** An answer, which can be read more than once. */
export interface Answer {
  readonly names: readonly string[];
  readonly rowCount: number;
  rows(): Iterable<readonly Cell[]>;
}

/** How wide a column gets: a longer cell pushes only what stands behind it. */
const WIDEST = 80;

/** The text that an answer is printed as, piece by piece. */
export const PRINTERS: { readonly [format in QueryFormat]: (answer: Answer) => Generator<string> } = {
  *text({ names, rows }) {
    const lines = function* () {
      yield names.map(onOneLine);
      for (const row of rows()) yield row.map((value) => onOneLine(plainText(value)));
    };
    const widths = names.map(() => 0);
    for (const cells of lines())
      for (const [i, cell] of cells.entries())
        widths[i] = Math.max(widths[i] ?? 0, Math.min(WIDEST, stringWidth(cell)));
    const right = numeric(rows());
    const padded = (cell: string, i: number): string => {
      const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - stringWidth(cell)));
      return right.has(i) ? space + cell : cell + space;
    };
    let rule = `${widths.map((width) => '-'.repeat(width)).join('  ')}\n`;
    for (const cells of lines()) {
      yield `${cells.map(padded).join('  ').trimEnd()}\n${rule}`;
      rule = '';
    }
  },
  *json({ names, rows }) {
    const keys = names.map((name) => `${jsonText(name)}:`);
    let before = '[\n';
    for (const row of rows()) {
      yield `${before}{${row.map((value, i) => keys[i] + jsonText(value)).join(',')}}`;
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  },
  *csv({ names, rows }) {
    yield csvLine(names.map(inert));
    for (const row of rows()) yield csvLine(row.map(cellText));
  },
  *markdown({ names, rows }) {
    yield `${markdownLine(names)}${markdownLine(names.map(() => '---'))}`;
    for (const row of rows())
      yield markdownLine(row.map((value) => onOneLine(plainText(value)).replace(MARKUP, '\\$&')));
  },
};

/** The columns that hold numbers: their digits stand below each other. */
function numeric(rows: Iterable<readonly Cell[]>): ReadonlySet<number> {
  const [numbers, others] = [new Set<number>(), new Set<number>()];
  for (const row of rows)
    for (const [i, value] of row.entries())
      if (value !== null) (typeof value === 'number' || typeof value === 'bigint' ? numbers : others).add(i);
  return numbers.difference(others);
}

/** A number can't be a formula; its sign stays. */
const cellText = (value: Cell): string =>
  typeof value === 'number' || typeof value === 'bigint' ? String(value) : inert(plainText(value));

/** What would be a table's border, a link, a tag or an emphasis. */
const MARKUP = /[\\`*[\]<>|~&]/g;
const markdownLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
