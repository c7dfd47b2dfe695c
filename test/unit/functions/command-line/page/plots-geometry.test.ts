import fc from 'fast-check';
import type { Element } from 'hast';
import { expect, test } from 'vitest';
import { linePlot, type Series } from '../../../../../functions/command-line/page/plots.ts';
import { addDays } from '../../../../../functions/snapshot/utc-day.ts';
import {
  elementsOf,
  numberOf,
  partsOf,
  rowsOfTable,
  textOf,
  tooltipOf,
  verticalAxis,
} from '../../../../support/drawn.ts';

const FIRST = '2024-02-20';
const NAMES = ['active', 'new', 'dormant', 'never_active', 'disabled', 'six', 'seven', 'eight'];

const plotOf = (series: readonly Series[]): Element =>
  linePlot({ id: 'users', title: 'Users', description: 'Users on each day', unit: 'users', series });

/** The values of up to 8 lines on consecutive days, some of which have no snapshot. */
const VALUES = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 60 }), fc.constantFrom(1, 9, 1000, 2_000_000))
  .chain(([lines, days, most]) => {
    const value = fc.option(fc.integer({ min: 0, max: most }), { freq: 4 });
    return fc.array(fc.array(value, { minLength: days, maxLength: days }), { minLength: lines, maxLength: lines });
  });

const seriesOf = (values: readonly (readonly (number | null)[])[]): Series[] =>
  values.map((line, index) => ({
    name: NAMES[index] ?? '',
    points: line.map((value, day) => ({ dt: addDays(FIRST, day), value })),
  }));

/** What the lines and dots of a plot say: for each name its values, null on days on which nothing is drawn. */
function readBack(figure: Element, days: number): Map<string, (number | null)[]> {
  const { top, topY, zeroY } = verticalAxis(figure);
  const [grid] = elementsOf(figure, 'line').filter((line) => numberOf(line, 'y1') === numberOf(line, 'y2'));
  const [left, right] = grid ? [numberOf(grid, 'x1'), numberOf(grid, 'x2')] : [Number.NaN, Number.NaN];
  const found = new Map<string, (number | null)[]>();
  const read = (name: string | null, x: number, y: number) => {
    if (name === null) return;
    const values = found.get(name) ?? Array.from({ length: days }, () => null);
    const day = days === 1 ? 0 : ((x - left) / (right - left)) * (days - 1);
    expect(Math.abs(day - Math.round(day))).toBeLessThan(0.01);
    values[Math.round(day)] = ((zeroY - y) / (zeroY - topY)) * top;
    found.set(name, values);
  };
  for (const path of elementsOf(figure, 'path'))
    for (const part of partsOf(path)) if (part.length > 1) for (const [x, y] of part) read(tooltipOf(path), x, y);
  for (const dot of elementsOf(figure, 'circle')) read(tooltipOf(dot), numberOf(dot, 'cx'), numberOf(dot, 'cy'));
  return found;
}

test('the lines and dots of any series are where its values are, and nothing is drawn where it has none', () => {
  fc.assert(
    fc.property(VALUES, (values) => {
      const series = seriesOf(values);
      const figure = plotOf(series);
      const days = values[0]?.length ?? 0;
      if (values.flat().every((value) => value === null)) {
        expect(textOf(figure)).toContain('No snapshot in this period.');
        return;
      }
      const found = readBack(figure, days);
      const { top } = verticalAxis(figure);
      values.forEach((line, index) => {
        const drawn = found.get(NAMES[index] ?? '') ?? line.map(() => null);
        line.forEach((value, day) => {
          const seen = drawn[day] ?? null;
          if (value === null || seen === null) expect(seen).toBe(value);
          else expect(Math.abs(seen - value)).toBeLessThanOrEqual(top * 0.00001);
        });
      });
    }),
    { numRuns: 60 },
  );
});

test('every value of any series can be read from its table and the list of missing days', () => {
  fc.assert(
    fc.property(VALUES, (values) => {
      const figure = plotOf(seriesOf(values));
      const missing = new Set(
        values[0]?.map((_, day) => addDays(FIRST, day)).filter((_, day) => values.every((line) => line[day] === null)),
      );
      if (missing.size === values[0]?.length) return;
      const rows = new Map(
        elementsOf(figure, 'table')
          .flatMap(rowsOfTable)
          .map(([dt, ...cells]) => [dt, cells]),
      );
      let cells: string[] = [];
      for (let day = 0; day < (values[0]?.length ?? 0); day += 1) {
        const dt = addDays(FIRST, day);
        if (missing.has(dt)) continue;
        cells = rows.get(dt) ?? cells;
        expect(cells).toEqual(values.map((line) => line[day]?.toLocaleString('en') ?? '–'));
      }
      expect(namedMissing(figure)).toEqual(missing);
    }),
    { numRuns: 40 },
  );
});

function namedMissing(figure: Element): Set<string> {
  const text = elementsOf(figure, 'p').map(textOf).join(' ');
  const days = new Set<string>();
  for (const [, first = '', last = first] of text.matchAll(/(\d{4}-\d\d-\d\d)(?: to (\d{4}-\d\d-\d\d))?/g))
    for (let dt = first; dt <= last; dt = addDays(dt, 1)) days.add(dt);
  return days;
}

test('the labels at the ends of any lines do not overlap and stay inside the image', () => {
  fc.assert(
    fc.property(VALUES, (values) => {
      const figure = plotOf(seriesOf(values));
      const heights = elementsOf(figure, 'text')
        .filter((text) => NAMES.includes(textOf(text)))
        .map((text) => Number(/,([\d.]+)\)$/.exec(String(text.properties['transform']))?.[1]))
        .sort((one, other) => one - other);
      heights.forEach((y, index) => {
        expect(y - (heights[index - 1] ?? -100)).toBeGreaterThan(14.9);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(230);
      });
    }),
    { numRuns: 40 },
  );
});
