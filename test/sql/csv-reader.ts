import type { CsvSigns } from '../../functions/snapshot/tables/tables.ts';

/**
 * How Athena reads a CSV file, after the OpenCSVSerde of Hive: line by line and never across lines, the first line skipped; an escape
 * that escapes nothing vanishes; nothing is null.
 */
export function readAsAthena(file: string, signs: CsvSigns): string[][] {
  const lines = file.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(1).map((line) => cellsOf(line, signs));
}

function cellsOf(line: string, { separator, quote, escape: escaping }: CsvSigns): string[] {
  const cells = [''];
  const append = (text: string) => cells.push((cells.pop() ?? '') + text);
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const [before, character = '', next] = [line[i - 1], line[i], line[i + 1]];
    if (character === escaping) {
      if (quoted && (next === quote || next === escaping)) append(line[++i] ?? '');
    } else if (character === quote) {
      if (quoted && next === quote) append(line[++i] ?? '');
      else {
        // A quote in the midst of a cell is kept, and opens or closes all the same.
        if (i > 2 && before !== separator && next !== undefined && next !== separator) append(quote);
        quoted = !quoted;
      }
    } else if (character === separator && !quoted) cells.push('');
    else append(character);
  }
  return cells;
}
