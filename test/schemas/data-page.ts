/** Reads the tables of docs/data.md and docs/access-review.md: each field is described there once, for people and for the JSON Schemas. */
import { readFileSync } from 'node:fs';

/** A column or field as the page describes it. */
export interface DescribedField {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}

export const readPage = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8');

/** The lines of a page after a heading, up to the next one of the same level or a higher one. */
export function sectionOf(page: string, heading: string): string[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => levelOf(line) > 0 && line.replace(/^#+ /, '') === heading);
  const level = levelOf(lines[start] ?? '');
  if (level === 0) throw new Error(`the page has no heading "${heading}"`);
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => levelOf(line) > 0 && levelOf(line) <= level);
  return end === -1 ? after : after.slice(0, end);
}

const levelOf = (line: string): number => /^(#+) /.exec(line)?.[1]?.length ?? 0;

/** The cells of the first table after a heading, without its head. */
export function tableOf(page: string, heading: string): string[][] {
  const lines = sectionOf(page, heading);
  const start = lines.findIndex((line) => line.startsWith('|'));
  if (start === -1) throw new Error(`there is no table under "${heading}"`);
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'));
  return lines.slice(start + 2, end === -1 ? undefined : end).map(cellsOf);
}

const cellsOf = (row: string): string[] =>
  row
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim());

/** The fields that a table describes, in its order. */
export const fieldsOf = (page: string, heading: string): DescribedField[] =>
  tableOf(page, heading).map(([name = '', type = '', meaning = '']) => ({
    name: name.replaceAll('`', ''),
    type,
    meaning: plain(meaning),
  }));

/** The text of a cell without its links, which lead nowhere from a schema. For a link within the page, it names the page. */
const plain = (cell: string): string =>
  cell.replaceAll(/\[([^\]]+)\]\(#[^)]+\)/g, '$1 in docs/data.md').replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
