import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateTicks } from '../../../../../functions/command-line/page/plot-dates.ts';
import { distinctLabels, plotLabel } from '../../../../../functions/command-line/page/plot-label.ts';
import { countTicks, spread } from '../../../../../functions/command-line/page/plot-scale.ts';
import { datesText } from '../../../../../functions/command-line/page/wording.ts';
import { widthOf } from '../../../../../functions/command-line/text.ts';
import { addDays, DAY_MILLISECONDS } from '../../../../../functions/snapshot/utc-day.ts';

const LAST = '2026-11-26';
const ticksOf = (days: number) => dateTicks(addDays(LAST, 1 - days), LAST);

test.each([
  [1, '26 Nov/2026'],
  [7, '20 Nov/2026, 22 Nov, 24 Nov, 26 Nov'],
  [30, '28 Oct/2026, 4 Nov, 11 Nov, 18 Nov, 25 Nov'],
  [90, 'Sep/2026, Oct, Nov'],
  [400, 'Jan/2026, Apr, Jul, Oct'],
  [3650, '2018, 2020, 2022, 2024, 2026'],
])('the time axis of %i days has the labels %s', (days, labels) => {
  expect(
    ticksOf(days)
      .map(({ label }) => label.replace('\n', '/'))
      .join(', '),
  ).toBe(labels);
});

test('the time axis of any period has 1 to 6 labels, which are inside it and far apart', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8000 }), fc.integer({ min: 0, max: 5000 }), (days, back) => {
      const [first, last] = [addDays(LAST, 1 - days - back), addDays(LAST, -back)];
      const dts = dateTicks(first, last).map(({ dt }) => dt);
      expect(dts.length).toBeGreaterThan(0);
      expect(dts.length).toBeLessThanOrEqual(6);
      expect(dts.every((dt) => first <= dt && dt <= last)).toBe(true);
      dts.forEach((dt, index) => {
        const before = dts[index - 1];
        if (before === undefined) return;
        expect((Date.parse(dt) - Date.parse(before)) / DAY_MILLISECONDS / days).toBeGreaterThan(0.13);
      });
    }),
    { numRuns: 50 },
  );
});

test('consecutive days are named by their first and last', () => {
  const days = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-03'];
  expect(datesText(days)).toBe('2026-02-27 to 2026-03-01, 2026-03-03');
});

test('the ticks of any count are whole, at most six, and reach it', () => {
  fc.assert(
    fc.property(fc.nat(1e9), (peak) => {
      const ticks = countTicks(peak);
      expect(ticks[0]).toBe(0);
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(ticks.every(Number.isInteger)).toBe(true);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(peak);
      expect(ticks.at(-2)).toBeLessThan(Math.max(1, peak));
    }),
  );
});

test('labels that would overlap move apart, and others stay where they are', () => {
  expect(spread([50, 10, 90], 15, 0, 100)).toEqual([50, 10, 90]);
  expect(spread([50, 50], 10, 0, 100)).toEqual([45, 55]);
  expect(spread([1, 0, 100], 10, 0, 100)).toEqual([10, 0, 100]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 8 }), (wanted) => {
      const places = spread(wanted, 15, 0, 200);
      const sorted = places.toSorted((one, other) => one - other);
      for (const [index, place] of sorted.entries())
        expect(place - (sorted[index - 1] ?? -15)).toBeGreaterThanOrEqual(14.999);
      expect(Math.max(0, ...places)).toBeLessThanOrEqual(200.001);
      for (const [one, place] of places.entries())
        for (const [other, next] of places.entries())
          if ((wanted[one] ?? 0) < (wanted[other] ?? 0)) expect(place).toBeLessThan(next);
    }),
  );
});

test.each([
  ['a\n\tb  c', 'a b c'],
  ['\u202eabc\u2066', 'abc'],
  ['a\ud800b\uffff', 'a\ufffdb\ufffd'],
  ['', '(no name)'],
  ['\u200b\u2060', '(no name)'],
  [`e${'\u0301'.repeat(900)}`, 'e\u0301\u0301'],
  ['customer-administrators', 'customer-admi…'],
])('%j is the label %j', (text, label) => {
  expect(plotLabel(text, 14)).toBe(label);
});

test('texts that begin alike have labels that differ', () => {
  expect(distinctLabels(['custom-role-of-team-1', 'custom-role-of-team-2', 'user'], 15)).toEqual([
    'custom-…-team-1',
    'custom-…-team-2',
    'user',
  ]);
  expect(distinctLabels(['x'.repeat(40), 'x'.repeat(50), 'y'], 10)).toEqual(['xxxx…xxxxx', 'xxxxx… (2)', 'y']);
});

test('any labels are distinct and not too wide', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 12 }), (texts) => {
      const labels = distinctLabels(texts, 15);
      expect(new Set(labels).size).toBe(texts.length);
      for (const label of labels) expect(widthOf(label)).toBeLessThanOrEqual(15);
    }),
  );
});
