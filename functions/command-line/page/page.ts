/** A whole page as one HTML file: nothing is loaded, and its content security policy allows nothing else. */
import { createHash } from 'node:crypto';
import type { Element } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import { ownText } from '../../snapshot/own-text.ts';
import { sectionsOf } from './sections.ts';

export interface Page {
  /** The title of the window, and the heading of the page unless `body` has an `h1`. */
  readonly title: string;
  /**
   * The elements of `<main>`. Those before the first section are read first, so they hold the verdict. The list of sections follows them.
   * A section is a `section` with an `h2`, or an `h2`. One of both has an id.
   */
  readonly body: readonly Element[];
}

const own = (file: string): string =>
  // A browser reads CRLF as LF, which would change the hash.
  ownText(import.meta.dirname, file).replaceAll('\r\n', '\n');

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** A policy in the page itself can't limit which pages embed it: `frame-ancestors` works only in a header. */
const policyOf = (style: string, script: string): string =>
  [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

export function pageText({ title, body }: Page): string {
  const [style, script] = [own('page.css'), own('page-script.js')];
  const head = h('head', [
    h('meta', { charset: 'utf-8' }),
    h('meta', { httpEquiv: 'Content-Security-Policy', content: policyOf(style, script) }),
    h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    h('meta', { name: 'color-scheme', content: 'light dark' }),
    h('meta', { name: 'referrer', content: 'no-referrer' }),
    h('meta', { name: 'robots', content: 'noindex' }),
    h('title', title),
    h('style', style),
  ]);
  const page = h('html', { lang: 'en' }, [head, h('body', [...contentOf({ title, body }), h('script', script)])]);
  return `<!doctype html>\n${toHtml(page)}\n`;
}

function contentOf({ title, body }: Page): Element[] {
  const { first, rest, links } = sectionsOf(body);
  const heading = first.some(({ tagName }) => tagName === 'h1') ? [] : [h('h1', title)];
  const list = h('nav', { id: 'sections', ariaLabel: 'Sections' }, [
    h(
      'ul',
      links.map(({ id, title }) => h('li', [h('a', { href: `#${id}` }, title)])),
    ),
  ]);
  const isLong = links.length > 1;
  return [
    ...(isLong ? [h('a', { className: 'skip', href: '#sections' }, 'Skip to the list of sections')] : []),
    h('main', [...heading, ...first, ...(isLong ? [list] : []), ...rest]),
  ];
}
