/** Breaks lines between words to fit the terminal, so that a table or a message stays readable in a narrow one. */
import { widthOf } from './text.ts';

/** The indent of the rest of a broken line, so that it can't pass for a line of its own. */
const INDENT = 4;

/** A word that is wider than the terminal, such as a hash, stays whole: the terminal breaks it, and it can still be copied. */
export const fold = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => foldLine(line, columns))
    .join('\n');

function foldLine(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const lines: string[] = [];
  let current = '';
  for (const word of line.match(/ *[^ ]+/g) ?? []) {
    if (current.trim() === '' || widthOf(current + word) <= columns) current += word;
    else {
      lines.push(current);
      const rest = word.trimStart();
      const indent = Math.max(1, Math.min(INDENT, columns - widthOf(rest))); // less if only that makes the word fit
      current = ' '.repeat(indent) + rest;
    }
  }
  return [...lines, current].join('\n');
}
