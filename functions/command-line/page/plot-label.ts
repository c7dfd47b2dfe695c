/** Labels of a plot: one short line that cannot break the SVG, reach its neighbors or hide another label. */
import { cut, legible, widthOf } from '../text.ts';

/** Far more than any label shows. Segmenting a longer text would only take time. */
const LONGEST = 400;
/** What XML does not allow, besides control characters. Lone surrogates have become U+FFFD by then. */
const ILLEGAL = /[\ufffe\uffff]/g;
/** Marks on top of a letter, from the third. */
const STACKED_MARKS = /(\p{M}{2})\p{M}+/gu;
const VISIBLE = /[^\s\p{Default_Ignorable_Code_Point}]/u;

/** A value of the account as a label of at most `width` columns. */
export function plotLabel(text: string, width: number): string {
  const line = legible(text.slice(0, LONGEST).toWellFormed().replace(ILLEGAL, '\ufffd')).replace(/\s+/g, ' ').trim();
  return VISIBLE.test(line) ? cut(line.replace(STACKED_MARKS, '$1'), width) : '(no name)';
}

/** Labels of which no two are equal. Texts with the same beginning are cut in the middle, and numbered if that isn't enough. */
export function distinctLabels(texts: readonly string[], width: number): string[] {
  const beginnings = texts.map((text) => plotLabel(text, width));
  const taken = new Set<string>();
  return texts.map((text, index) => {
    const beginning = beginnings[index] ?? '';
    const isRepeated = beginnings.indexOf(beginning) !== beginnings.lastIndexOf(beginning);
    let label = isRepeated ? withEnd(text, width) : beginning;
    for (let count = 2; taken.has(label); count += 1)
      label = `${plotLabel(text, width - ` (${count})`.length)} (${count})`;
    taken.add(label);
    return label;
  });
}

/** The text, or its beginning and its end if it is too long. */
function withEnd(text: string, width: number): string {
  const line = plotLabel(text, LONGEST);
  if (widthOf(line) <= width) return line;
  const end = [...line.slice(-Math.floor(width / 2))].reduceRight(
    (kept, character) => (widthOf(character + kept) <= width / 2 ? character + kept : kept),
    '',
  );
  return `${plotLabel(line, width - widthOf(end))}${end}`;
}
