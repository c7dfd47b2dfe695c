import fc from 'fast-check';
import type { Element } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { linePlot, type Series, timelinePlot } from '../../../../../functions/command-line/page/plots.ts';
import { addDays } from '../../../../../functions/snapshot/utc-day.ts';
import { elementsOf, partsOf, rowsOfTable, textOf, tooltipOf, verticalAxis } from '../../../../support/drawn.ts';

const FIRST = '2026-11-01';
const series = (name: string, ...values: (number | null)[]): Series => ({
  name,
  points: values.map((value, day) => ({ dt: addDays(FIRST, day), value })),
});
const plotOf = (...all: Series[]): Element =>
  linePlot({ id: 'users', title: 'Users by state', description: 'Each day', unit: 'users', series: all });
const linesOf = (figure: Element) => elementsOf(figure, 'path').filter((path) => tooltipOf(path) !== null);
const bandsOf = (figure: Element) => elementsOf(figure, 'rect').map(tooltipOf);

test('without a day there is a sentence and no image', () => {
  for (const figure of [plotOf(), plotOf(series('active')), plotOf(series('active', null, null))]) {
    expect(elementsOf(figure, 'svg')).toEqual([]);
    expect(textOf(figure)).toBe('Users by stateNo snapshot in this period.');
  }
});

test('one day is a dot', () => {
  const figure = plotOf(series('active', 5));
  expect(elementsOf(figure, 'circle').map(tooltipOf)).toEqual(['active']);
  expect(elementsOf(figure, 'table').flatMap(rowsOfTable)).toEqual([['2026-11-01', '5']]);
});

test('a date without a point is a gap like one whose value is null, with a band and by name', () => {
  const { points } = series('active', 1, 2, null, 4, 5, null, null, 8, 9);
  const figures = [points, points.filter(({ value }) => value !== null)].map((points) =>
    plotOf({ name: 'active', points }),
  );
  for (const figure of figures) {
    expect(
      linesOf(figure)
        .flatMap(partsOf)
        .map(({ length }) => length),
    ).toEqual([2, 2, 2]);
    expect(bandsOf(figure)).toEqual(['No snapshot: 2026-11-03', 'No snapshot: 2026-11-06 to 2026-11-07']);
    expect(textOf(figure)).toContain('3 days without a snapshot (gray): 2026-11-03, 2026-11-06 to 2026-11-07.');
  }
});

test('the vertical axis has whole numbers from zero, also if all values are zero', () => {
  expect(verticalAxis(plotOf(series('active', 0, 0)))).toMatchObject({ top: 1 });
  expect(verticalAxis(plotOf(series('active', 3, 12)))).toMatchObject({ top: 15 });
  expect(verticalAxis(plotOf(series('active', 100_000, 99_999)))).toMatchObject({ top: 100_000 });
});

test('the table has the first day, the days on which a value changed, and the last', () => {
  const figure = plotOf(series('active', 1, 1, 2, 2, 2), series('new', 0, 0, 0, 0, 0));
  expect(elementsOf(figure, 'table').flatMap(rowsOfTable)).toEqual([
    ['2026-11-01', '1', '0'],
    ['2026-11-03', '2', '0'],
    ['2026-11-05', '2', '0'],
  ]);
});

test('a page that has the values in a table of its own gets no second one', () => {
  const all = [series('active', 1, 2)];
  const figure = linePlot({
    id: 'users',
    title: 'Users',
    description: 'Each day',
    unit: 'users',
    series: all,
    hasTable: true,
  });
  expect(elementsOf(figure, 'table')).toEqual([]);
  expect(elementsOf(figure, 'svg')).toHaveLength(1);
});

test('of more than 8 series there are the 7 with the highest peaks, and the sum of the others', () => {
  const many = Array.from({ length: 10 }, (_, index) => series(`role ${index}`, index, index === 9 ? 0 : index + 1));
  const figure = plotOf(...many);
  expect(linesOf(figure).map(tooltipOf)).toEqual([
    ...['role 3', 'role 4', 'role 5', 'role 6', 'role 7', 'role 8', 'role 9'],
    'other',
  ]);
  expect(textOf(figure)).toContain('Shown are the 7 with the highest peaks. “other” is the sum of the remaining 3.');
  expect(elementsOf(figure, 'table').flatMap(rowsOfTable)[1]?.at(-1)).toBe('6');
  expect(linesOf(plotOf(...many.slice(0, 8)))).toHaveLength(8);
});

test('each line has a color and a pattern of its own, and its label a sample of both', () => {
  const figure = plotOf(...'abcdefgh'.split('').map((name, index) => series(name, index, 1)));
  const looks = elementsOf(figure, 'g')
    .filter(({ properties }) => COLOR.test(String(properties['stroke'])))
    .map(({ properties }) => [String(properties['stroke']), String(properties['strokeDashArray'])] as const);
  expect(looks).toHaveLength(16);
  for (const which of [0, 1]) expect(new Set(looks.map((look) => look[which])).size).toBe(8);
  for (const [stroke, dashes] of looks)
    expect(looks.filter((look) => look.join() === `${stroke},${dashes}`)).toHaveLength(2);
});

const COLOR = /^#[0-9a-f]{6}$/;

/** The relative luminance of a color, as WCAG defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test('each color has a contrast of at least 3 to 1 on white and on near-black', () => {
  const lines = plotOf(...'abcdefgh'.split('').map((name, index) => series(name, index, 1, null, 2)));
  const bar = { label: 'ana', from: FIRST, to: FIRST, continuesBefore: false, continuesAfter: false };
  const period = { since: FIRST, until: FIRST, missing: [], spans: [bar] };
  const bars = timelinePlot({ id: 'admins', title: 'Administrators', description: 'Who', ...period });
  const colors = [lines, bars].flatMap((figure) =>
    ['g', 'path', 'circle'].flatMap((tag) =>
      elementsOf(figure, tag).flatMap(({ properties }) => [String(properties['stroke']), String(properties['fill'])]),
    ),
  );
  const painted = new Set(colors.filter((color) => !['undefined', 'none', 'currentColor'].includes(color)));
  expect(painted.size).toBe(8);
  for (const color of painted) {
    expect(color).toMatch(COLOR);
    expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThanOrEqual(3);
    expect((luminance(color) + 0.05) / (luminance('#121212') + 0.05)).toBeGreaterThanOrEqual(3);
  }
});

test('an image has a name and a description of its own, also if a page has several plots', () => {
  const figures = ['one', 'two'].map((id) =>
    linePlot({ id, title: `Title ${id}`, description: `About ${id}`, unit: 'users', series: [series('active', 1, 2)] }),
  );
  const { document } = parseHTML(`<html><body>${toHtml(figures)}</body></html>`);
  const ids: string[] = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ['one', 'two']) {
    const image = document.querySelector(`#${id} svg`);
    expect(image?.getAttribute('role')).toBe('img');
    const names = image?.getAttribute('aria-labelledby')?.split(' ') ?? [];
    expect(names.map((name: string) => document.getElementById(name)?.textContent)).toEqual([
      `Title ${id}`,
      `About ${id}`,
    ]);
  }
});

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    '</text></svg><script>alert(1)</script>',
    '\u202egnp.exe',
    '\ud800',
    '\u0000\u001b[2J',
    'W'.repeat(10_000),
  ),
  fc.constantFrom('e\u0301'.repeat(9_000), `e${'\u0301'.repeat(9_000)}`, '\u200b', '', 'url(https://evil.example)'),
);
const PLAIN =
  /^(?:figure|figcaption|svg|title|desc|g|path|line|rect|circle|text|tspan|p|div|table|caption|thead|tbody|tr|th|td|bdi|mark|wbr|span|small|time)$/;
/** Characters that XML does not allow, and those that reorder text. */
const HARMFUL = /[\p{Cc}\ufffe\uffff\p{Bidi_Control}\p{Surrogate}]/u;

test('any name stays text: no element, style, script, link or control character comes of it', () => {
  fc.assert(
    fc.property(fc.array(HOSTILE, { minLength: 1, maxLength: 10 }), (names) => {
      const lines = plotOf(...names.map((name, index) => series(name, index, 1)));
      const spans = names.map((label) => ({
        label,
        from: FIRST,
        to: FIRST,
        continuesBefore: true,
        continuesAfter: true,
      }));
      const period = { since: FIRST, until: FIRST, missing: [], spans, hasTable: true };
      const bars = timelinePlot({ id: 'admins', title: 'Administrators', description: 'Who', ...period });
      const html = toHtml([lines, bars]);
      expect(html).not.toMatch(HARMFUL);
      expect(html.length).toBeLessThan(40_000);
      const { document } = parseHTML(`<html><body>${html}</body></html>`);
      for (const element of document.body.querySelectorAll('*')) {
        expect(element.localName).toMatch(PLAIN);
        for (const name of element.getAttributeNames().map(String))
          expect(name).not.toMatch(/^(?:style|href|xlink:.*|on.*)$/);
      }
      expect(document.querySelectorAll('svg[class], svg [class]')).toHaveLength(0);
      for (const text of [...elementsOf(lines, 'text'), ...elementsOf(bars, 'text')])
        expect(textOf(text).length).toBeLessThan(200);
    }),
    { numRuns: 30 },
  );
});
