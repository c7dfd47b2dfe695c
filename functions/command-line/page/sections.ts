/** The sections of a page, for the list that links to them. */
import type { Element, ElementContent } from 'hast';

export interface Sections {
  /** What comes before the first section. */
  readonly first: readonly Element[];
  readonly rest: readonly Element[];
  readonly links: readonly { readonly id: string; readonly title: string }[];
}

export function sectionsOf(body: readonly Element[]): Sections {
  const start = body.findIndex(({ tagName }) => tagName === 'section' || tagName === 'h2');
  const from = start === -1 ? body.length : start;
  return { first: body.slice(0, from), rest: body.slice(from), links: body.flatMap(linksOf) };
}

function linksOf(element: Element): { id: string; title: string }[] {
  const heading = headingOf(element);
  const id = heading?.properties['id'] ?? element.properties['id'];
  return heading && typeof id === 'string' ? [{ id, title: textOf(heading) }] : [];
}

function headingOf(element: Element): Element | undefined {
  if (element.tagName === 'h2') return element;
  if (element.tagName !== 'section') return undefined;
  return element.children.filter((child) => child.type === 'element').find(({ tagName }) => tagName === 'h2');
}

const textOf = (node: ElementContent): string =>
  node.type === 'text' ? node.value : node.type === 'element' ? node.children.map(textOf).join('') : '';
