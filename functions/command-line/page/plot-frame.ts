/** What all plots over days have in common: the time axis, and bands over days without a snapshot. */
import * as Plot from '@observablehq/plot';
import { rangesOf, rangeText } from '../dates.ts';
import { dateTicks } from './plot-dates.ts';
import { timeOf } from './plot-scale.ts';

/** What a plot covers, in milliseconds since the epoch. `pixel` is how many a unit of the view box is. */
export interface Period {
  readonly from: number;
  readonly to: number;
  readonly pixel: number;
}

/**
 * A band is never too thin to be seen. Its dates are its tooltip.
 * @param missing ascending
 * @param y2 the other end of the vertical axis, which begins with 0
 */
export function missingBands(missing: readonly string[], { from, to, pixel }: Period, y2: number): Plot.Markish {
  const bands = rangesOf(missing).map((range) => {
    const [start, end] = [timeOf(range.first, -0.5), timeOf(range.last, 0.5)];
    const extra = Math.max(0, pixel - (end - start)) / 2;
    return {
      x1: Math.max(from, start - extra),
      x2: Math.min(to, end + extra),
      title: `No snapshot: ${rangeText(range)}`,
    };
  });
  return Plot.rect(bands, { x1: 'x1', x2: 'x2', y1: 0, y2, title: 'title', fill: 'currentColor', fillOpacity: 0.13 });
}

export function dateAxis(first: string, last: string): Plot.Markish {
  const ticks = dateTicks(first, last);
  return Plot.axisX(
    ticks.map(({ dt }) => timeOf(dt)),
    { tickSize: 5, tickFormat: (_: unknown, index: number) => ticks[index]?.label ?? '', label: null },
  );
}
