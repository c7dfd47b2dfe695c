/** Prints the words and the longest sentence of README.md and each page of docs/. Code, tables' rules and links' addresses don't count. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, ROOT } from './files.ts';
import { CODE, proseOf } from './prose.ts';

const words = (text: string) => text.match(/[\p{L}\p{N}■][\p{L}\p{N}■'’./_-]*/gu) ?? [];

interface Sentence {
  readonly line: number;
  readonly text: string;
}

/** A sentence ends with a full stop, a cell, an item or a paragraph. */
function sentences(prose: string): readonly Sentence[] {
  const ends = /(?<=[.?!][)"*_]*)\s+|\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.)\s?)|\|/g;
  let start = 0;
  const found: Sentence[] = [];
  for (const { index, 0: end } of [...prose.matchAll(ends), { index: prose.length, 0: '' }]) {
    found.push({ line: prose.slice(0, start).split('\n').length, text: prose.slice(start, index).trim() });
    start = index + end.length;
  }
  return found;
}

for (const file of projectFiles('README.md', 'docs/*.md')) {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const prose = proseOf(file, source) ?? '';
  const longest = sentences(prose).reduce((a, b) => (words(b.text).length > words(a.text).length ? b : a));
  const text = longest.text.replaceAll(/\s+/g, ' ').replaceAll(new RegExp(`${CODE}+`, 'g'), '`…`');
  console.log(
    `${file}: ${words(prose).length} words, longest sentence ${words(longest.text).length} (line ${longest.line}): ${text}`,
  );
}
