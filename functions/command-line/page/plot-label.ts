/** Labels of a plot: one short line that cannot break the SVG, reach its neighbors or hide another label. */
import { cut, legible } from '../text.ts';

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

/** Labels of which no two are equal, though the texts may be cut to the same beginning. */
export function distinctLabels(texts: readonly string[], width: number): string[] {
  const taken = new Set<string>();
  return texts.map((text) => {
    let label = plotLabel(text, width);
    for (let count = 2; taken.has(label); count += 1) {
      const suffix = ` (${count})`;
      label = `${plotLabel(text, width - suffix.length)}${suffix}`;
    }
    taken.add(label);
    return label;
  });
}
