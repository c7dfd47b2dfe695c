import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { h } from 'hastscript';
import { visit } from 'unist-util-visit';
import { describe, expect, test } from 'vitest';
import { pageText } from '../../../../../functions/command-line/page/page.ts';
import { elementsOf, parsed, textsOf } from './parsed-page.ts';

const hashOf = (text = '') => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function policyOf(html: string): string {
  let policy = '';
  visit(parsed(html), 'element', ({ properties }) => {
    if (String(properties['httpEquiv']) === 'Content-Security-Policy') policy = String(properties['content']);
  });
  return policy;
}

const PAGE = pageText({
  title: 'Users',
  body: [
    h('p', 'Complete.'),
    h('section', { id: 'groups' }, [h('h2', 'Groups ', h('em', 'now'))]),
    h('section', [h('h2', { id: 'roles' }, 'Roles')]),
  ],
});

describe('a page', () => {
  test('has a policy that allows exactly its own style and its own script', () => {
    const [[style], [script]] = [textsOf(parsed(PAGE), 'style'), textsOf(parsed(PAGE), 'script')];
    expect(style).toContain('prefers-color-scheme');
    expect(script).toContain('addEventListener');
    expect(policyOf(PAGE)).toBe(
      `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`,
    );
  });

  test('has one style and one script, whose text ends at neither tag nor comment', () => {
    for (const name of ['style', 'script']) {
      expect(textsOf(parsed(PAGE), name)).toHaveLength(1);
      expect(textsOf(parsed(PAGE), name)[0]).not.toMatch(/<\/(?:style|script)|<!--|\r/);
    }
  });

  test('has no attribute that loads anything, holds style or holds script', () => {
    visit(parsed(PAGE), 'element', ({ properties }) => {
      expect(Object.keys(properties).filter((name) => /^(?:style|src|srcSet|action|on.*)$/i.test(name))).toEqual([]);
    });
  });

  test('names its language and its sections, after what comes first', () => {
    expect(PAGE).toMatch(/^<!doctype html>\n<html lang="en"><head><meta charset="utf-8">/);
    expect(PAGE).toContain(
      '<main><h1>Users</h1><p>Complete.</p><nav id="sections" aria-label="Sections"><ul><li><a href="#groups">Groups now</a></li><li><a href="#roles">Roles</a></li></ul></nav><section',
    );
  });

  test('keeps its own heading if it has one', () => {
    const html = pageText({ title: 'Users of Acme', body: [h('h1', 'Access report')] });
    expect(textsOf(parsed(html), 'h1')).toEqual(['Access report']);
    expect(textsOf(parsed(html), 'title')).toEqual(['Users of Acme']);
  });

  test('has no list of sections if it has only one', () => {
    const html = pageText({ title: 'Users', body: [h('section', { id: 'one' }, [h('h2', 'One')])] });
    expect(elementsOf(parsed(html))).not.toContain('nav');
  });

  test('takes its title as text, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/[\0\r\ud800-\udfff]/.test(text)),
        (title) => {
          const tree = parsed(pageText({ title, body: [] }));
          expect(textsOf(tree, 'title')).toEqual([title]);
          expect(elementsOf(tree)).toEqual(elementsOf(parsed(pageText({ title: 'Users', body: [] }))));
        },
      ),
      { numRuns: 20 },
    );
  });
});
