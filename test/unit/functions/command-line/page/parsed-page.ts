/** Reads HTML as a browser does, for the tests of pages. */
import type { Nodes } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { visit } from 'unist-util-visit';

/** The names of a document's elements in order. */
export function elementsOf(tree: Nodes): string[] {
  const names: string[] = [];
  visit(tree, 'element', ({ tagName }) => void names.push(tagName));
  return names;
}

/** The text of the elements with this name. */
export function textsOf(tree: Nodes, name: string): string[] {
  const texts: string[] = [];
  visit(tree, 'element', (element) => {
    if (element.tagName === name) texts.push(textOf(element));
  });
  return texts;
}

export function textOf(tree: Nodes): string {
  let all = '';
  visit(tree, 'text', ({ value }) => {
    all += value;
  });
  return all;
}

export const parsed = (html: string) => fromHtml(html);
