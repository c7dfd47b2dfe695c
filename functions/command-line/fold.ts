/** Breaks lines between words, so that none is wider than the terminal and a table or a message stays readable in a narrow one. */
import stringWidth from 'string-width';

/** How far the rest of a broken line is indented: it can't be taken for a line of its own. */
const INDENT = 4;

/** A word that is wider than the terminal, such as a hash, stays whole: the terminal breaks it, and it can still be copied. */
export const fold = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => foldLine(line, columns))
    .join('\n');

function foldLine(line: string, columns: number): string {
  if (stringWidth(line) <= columns) return line;
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current.trim() === '' || stringWidth(current + word) <= columns) current += word;
    else {
      lines.push(current);
      current = ' '.repeat(INDENT) + word.trimStart();
    }
  }
  return [...lines, current].join('\n');
}
