import fc from 'fast-check';
import type { Element } from 'hast';
import { expect, test } from 'vitest';
import { type Span, timelinePlot } from '../../../../../functions/command-line/page/plots.ts';
import { addDays, DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';
import { elementsOf, numberOf, partsOf, rowsOfTable, textOf, tooltipOf } from '../../../../support/drawn.ts';

const SINCE = '2026-09-01';
const UNTIL = '2026-11-26';
const span = (label: string, from: string, to: string, open = ''): Span => ({
  ...{ label, from, to },
  continuesBefore: open.includes('<'),
  continuesAfter: open.includes('>'),
});
const plotOf = (spans: readonly Span[], missing: string[] = [], hasTable = false, since = SINCE): Element =>
  timelinePlot({
    id: 'admins',
    title: 'Administrators',
    description: 'Who',
    until: UNTIL,
    ...{ since, spans, missing, hasTable },
  });
const barsOf = (figure: Element) => elementsOf(figure, 'path').filter((path) => tooltipOf(path) !== null);
const labelsOf = (figure: Element) =>
  elementsOf(figure, 'text')
    .map(textOf)
    .filter((text) => text.includes('@'));

/** First and last day of a bar, by the length of the axis. Arrows are outside. */
function daysOf(figure: Element, bar: Element, since = SINCE): { from: string; to: string; arrows: string } {
  const axis = elementsOf(figure, 'line').find((line) => numberOf(line, 'y1') === numberOf(line, 'y2'));
  const [left, right] = axis ? [numberOf(axis, 'x1'), numberOf(axis, 'x2')] : [Number.NaN, Number.NaN];
  const days = (Date.parse(UNTIL) - Date.parse(since)) / DAY_MILLISECONDS + 1;
  const xs = partsOf(bar).flatMap((points) => points.map(([x]) => x));
  const inside = xs.filter((x) => x > left - 0.01 && x < right + 0.01).map((x) => ((x - left) / (right - left)) * days);
  const arrows = `${xs.some((x) => x < left - 1) ? '<' : ''}${xs.some((x) => x > right + 1) ? '>' : ''}`;
  return {
    from: addDays(since, Math.round(Math.min(...inside))),
    to: addDays(since, Math.round(Math.max(...inside)) - 1),
    arrows,
  };
}

test('without a span there is a sentence and no image', () => {
  expect(textOf(plotOf([]))).toBe('AdministratorsNobody in this period.');
});

test('each bar covers exactly its days, and ends in an arrow where it continues', () => {
  const day = fc.integer({ min: 0, max: 86 }).map((days) => addDays(SINCE, days));
  const any = fc.tuple(day, day, fc.constantFrom('', '<', '>', '<>')).map(([one, other, open]) => {
    const [from = one, to = other] = [one, other].sort();
    return span('ana@sample.example', open.includes('<') ? SINCE : from, open.includes('>') ? UNTIL : to, open);
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), (spans) => {
      const figure = plotOf(spans);
      expect(barsOf(figure).map((bar) => daysOf(figure, bar))).toEqual(
        spans.map(({ from, to, continuesBefore, continuesAfter }) => ({
          ...{ from, to },
          arrows: `${continuesBefore ? '<' : ''}${continuesAfter ? '>' : ''}`,
        })),
      );
    }),
    { numRuns: 50 },
  );
});

test('spans with the same label share a row', () => {
  const figure = plotOf([
    span('li@sample.example', SINCE, '2026-09-20', '<'),
    span('ana@sample.example', SINCE, UNTIL, '<>'),
    span('li@sample.example', '2026-10-05', UNTIL, '>'),
  ]);
  expect(labelsOf(figure)).toEqual(['li@sample.example', 'ana@sample.example']);
  const [tops, others] = [0, 1].map((row) => new Set(barsOf(figure).map((bar) => partsOf(bar)[0]?.[row]?.[1])));
  expect([tops?.size, others?.size]).toEqual([2, 2]);
  expect(textOf(figure)).toContain('An arrow is a bar that began before the period or continues after it.');
});

test('days without a snapshot are bands inside the period, and are named', () => {
  const figure = plotOf([span('a@b', SINCE, UNTIL)], ['2026-10-02', '2026-10-01', '2020-01-01', '2026-11-03']);
  expect(elementsOf(figure, 'rect').map(tooltipOf)).toEqual([
    'No snapshot: 2026-10-01 to 2026-10-02',
    'No snapshot: 2026-11-03',
  ]);
  expect(textOf(figure)).toContain('3 days without a snapshot (gray): 2026-10-01 to 2026-10-02, 2026-11-03.');
  expect(textOf(figure)).not.toContain('An arrow');
});

test('one day of ten years is still seen', () => {
  const figure = plotOf([span('a@b', '2020-05-05', '2020-05-05')], ['2021-01-01'], true, '2016-11-26');
  const xs = barsOf(figure)
    .flatMap(partsOf)
    .flat()
    .map(([x]) => x);
  expect(Math.max(...xs) - Math.min(...xs)).toBeCloseTo(2, 1);
  expect(numberOf(elementsOf(figure, 'rect')[0] ?? figure, 'width')).toBeCloseTo(1, 1);
});

test('of many rows the first 40 are drawn, in images that fit on a page, and a sentence names the number of all', () => {
  const figure = plotOf(Array.from({ length: 57 }, (_, index) => span(`${index}@sample.example`, SINCE, UNTIL)));
  expect(elementsOf(figure, 'svg').map((svg) => [labelsOf(svg).length, tooltipOf(svg)])).toEqual([
    [20, 'Administrators, rows 1 to 20'],
    [20, 'Administrators, rows 21 to 40'],
  ]);
  expect(textOf(figure)).toContain('Shown are the first 40 of 57.');
  expect(elementsOf(figure, 'table').flatMap(rowsOfTable)).toHaveLength(40);
});

test('the spans are in a table, unless the page has one elsewhere', () => {
  const spans = [
    span('li@sample.example', SINCE, '2026-09-20', '<'),
    span('li@sample.example', '2026-10-05', UNTIL, '>'),
  ];
  expect(elementsOf(plotOf(spans), 'table').flatMap(rowsOfTable)).toEqual([
    ['li@sample.example', 'before 2026-09-01', '2026-09-20'],
    ['li@sample.example', '2026-10-05', '2026-11-26 or later'],
  ]);
  expect(elementsOf(plotOf(spans, [], true), 'table')).toEqual([]);
});
