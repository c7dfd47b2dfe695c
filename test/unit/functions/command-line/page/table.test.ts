import fc from 'fast-check';
import { toHtml } from 'hast-util-to-html';
import { h } from 'hastscript';
import { describe, expect, test } from 'vitest';
import { type PageTable, table } from '../../../../../functions/command-line/page/table.ts';
import { elementsOf, parsed, textsOf } from './parsed-page.ts';

interface Row {
  readonly name: string;
  readonly days: number | null;
}

const TABLE: PageTable<Row> = {
  id: 'people',
  caption: 'Users on 2026-11-26, commit 29',
  columns: [
    { title: 'Name', cell: ({ name }) => name, isRowHeader: true },
    { title: 'Days', cell: ({ days }) => days, kind: 'number' },
  ],
  rows: [{ name: 'Ada', days: 1234 }],
};
const htmlOf = (options: Partial<PageTable<Row>>): string => toHtml(table({ ...TABLE, ...options }));

describe('a table', () => {
  test('has a caption, column headers, row headers and a named region that a keyboard can scroll', () => {
    expect(htmlOf({})).toBe(
      '<div class="table"><div class="scroll" role="region" aria-labelledby="people-caption" tabindex="0"><table id="people">' +
        '<caption id="people-caption"><span>Users on <time>2026-11-26</time>, commit 29</span></caption>' +
        '<thead><tr><th scope="col">Name</th><th scope="col" class="number" data-kind="number">Days</th></tr></thead>' +
        '<tbody><tr><th scope="row">Ada</th><td class="number">1,234</td></tr></tbody></table></div></div>',
    );
  });

  test('keeps its caption for screen readers if the heading before it says the same', () => {
    expect(htmlOf({ hasHiddenCaption: true })).toContain('<caption id="people-caption" class="hidden"><span>Users on');
  });

  test('is marked for search and sorting only if it is asked for', () => {
    expect(htmlOf({})).not.toContain('data-searchable');
    expect(htmlOf({ isSearchable: true })).toContain('<table id="people" data-searchable="">');
  });

  test('says first how many rows it leaves out, and how to get them', () => {
    const html = htmlOf({ cut: { total: 100_000, rest: ['Run ', h('code', 'query'), '.'] } });
    expect(html).toMatch(
      /^<div class="table"><p class="cut">Shows 1 of 100,000 rows\. Run <code>query<\/code>\.<\/p><div class="scroll"/,
    );
  });

  test('is a sentence if it has no rows', () => {
    expect(htmlOf({ rows: [] })).toBe(
      '<p id="people" class="empty">Users on <time>2026-11-26</time>, commit 29: none.</p>',
    );
    expect(htmlOf({ rows: [], empty: 'Nobody left.' })).toBe('<p id="people" class="empty">Nobody left.</p>');
  });

  test('takes every text of a cell, a title and a caption as text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !/[\0\r\ud800-\udfff]/.test(value));
    fc.assert(
      fc.property(text, text, text, (name, title, caption) => {
        const tree = parsed(
          htmlOf({ caption, columns: [{ title, cell: (row) => row.name }], rows: [{ name, days: 1 }] }),
        );
        expect(['td', 'th', 'caption'].map((tag) => textsOf(tree, tag))).toEqual([[name], [title], [caption]]);
        expect(elementsOf(tree)).toEqual(
          'html head body div div table caption span thead tr th tbody tr td'.split(' '),
        );
      }),
    );
  });
});
