/** Values of the account in a page: always text, whatever they hold. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { shownText } from './shown-text.ts';

/** What a cell or a sentence is made of. A text is escaped when the page is written. A number is written as a count. */
export type Content = string | number | null | Element | readonly Content[];

/** A date isn't wrapped at its hyphens. */
const DATE = /(\b\d{4}-\d{2}-\d{2}\b)/;

const COUNT = new Intl.NumberFormat('en');

/** The content as children of an element. */
export function nodesOf(content: Content): (Element | string)[] {
  if (content === null || content === '') return [];
  if (typeof content === 'number') return [COUNT.format(content)];
  if (typeof content === 'string') return content.split(DATE).flatMap(datePart);
  return 'type' in content ? [content] : content.flatMap(nodesOf);
}

/** Every second part is a date. */
const datePart = (part: string, index: number): (Element | string)[] =>
  part === '' ? [] : [index % 2 === 1 ? h('time', part) : part];

/** So many characters without a gap may be wrapped. Without style, they would widen the page. No short end is left alone. */
const UNBROKEN = /[\x21-\x7e]{30}(?=[\x21-\x7e]{8})/g;

function breakable(text: string): (Element | string)[] {
  const [start = '', ...rest] = text.length > 30 ? text.replace(UNBROKEN, '$&\n').split('\n') : [text];
  return [start, ...rest.flatMap((piece) => [h('wbr'), piece])];
}

/**
 * A value that comes from the account, such as a name or a role. Its direction doesn't reach its neighbours, an invisible character is
 * shown by its name, such as ⟨U+202E⟩, and a long value is cut.
 */
export function accountText(text: string | null): Element {
  const { parts, cutFrom } = shownText(text ?? '');
  const value = h(
    'bdi',
    parts.flatMap(({ text, isName }) => (isName ? [h('mark', { dir: 'ltr' }, text)] : breakable(text))),
  );
  if (cutFrom === undefined) return value;
  return h('span', [value, h('small', `… (the beginning of ${COUNT.format(cutFrom)} characters)`)]);
}

/** A command or a query, which is wrapped between its words. */
export const commandText = (text: string): Element =>
  h(
    'code',
    text.split(/( )/).map((word) => (word === ' ' ? word : h('span', word))),
  );
