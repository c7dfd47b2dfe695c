/** A whole page as one HTML file: nothing is loaded, and its content security policy allows nothing else. */
import type { Element } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';

export interface Page {
  readonly title: string;
  /** The elements of `<main>`. */
  readonly body: readonly Element[];
}

export const pageText = ({ title, body }: Page): string =>
  `<!doctype html>\n${toHtml(h('html', { lang: 'en' }, [h('head', [h('meta', { charset: 'utf-8' }), h('title', title)]), h('body', [h('main', [...body])])]))}\n`;
