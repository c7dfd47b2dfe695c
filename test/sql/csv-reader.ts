import type { CsvSigns } from '../../functions/snapshot/tables/tables.ts';

/**
 * Reads a CSV file as Athena does with Hive's OpenCSVSerde: line by line, so that no cell spans lines, without the header. An escape
 * character that escapes nothing is dropped. No cell is null.
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
        // A quote in the middle of a cell is kept, yet it also opens or closes the quotation.
        if (i > 2 && before !== separator && next !== undefined && next !== separator) append(quote);
        quoted = !quoted;
      }
    } else if (character === separator && !quoted) cells.push('');
    else append(character);
  }
  return cells;
}
