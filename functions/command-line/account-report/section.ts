/** The parts that the report's sections are built from. */
import type { Element } from 'hast';
import { h } from 'hastscript';
import { type Content, nodesOf } from '../page/content.ts';

export function section(id: string, title: string, ...content: readonly Content[]): Element {
  return h(
    'section',
    { id, ariaLabelledBy: `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...nodesOf(content),
  );
}

export const paragraph = (...content: readonly Content[]): Element => h('p', nodesOf(content));

export const bulletList = (items: readonly Content[]): Element =>
  h(
    'ul',
    items.map((item) => h('li', nodesOf(item))),
  );

/** Names and values. */
export const factList = (facts: readonly (readonly [name: string, value: Content])[]): Element =>
  h(
    'dl',
    facts.flatMap(([name, value]) => [h('dt', name), h('dd', nodesOf(value))]),
  );

/** What to say if there is nothing of a kind. */
export const orSentence = (isEmpty: boolean, sentence: string, ...content: readonly Content[]): readonly Content[] =>
  isEmpty ? [paragraph(sentence)] : content;
