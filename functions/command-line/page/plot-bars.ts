/** Draws bars over days, a row for each label. An arrow is a bar that continues beyond the plot. */
import * as Plot from '@observablehq/plot';
import type { Element } from 'hast';
import { dateAxis, missingBands, type Period } from './plot-frame.ts';
import { distinctLabels } from './plot-label.ts';
import type { Row, Span } from './plot-rows.ts';
import { timeOf } from './plot-scale.ts';
import { drawSvg, type SvgText, WIDTH } from './plot-svg.ts';

const SIDE = 24;
const TOP = 6;
const BOTTOM = 40;
const ROW_HEIGHT = 30;
const BAR_TOP = 0.58;
const BAR_BOTTOM = 0.86;
const ARROW = 9;
const LABEL_COLUMNS = 44;
/** So that a day is seen in a plot of years. */
const LEAST = 2;

export interface Bars {
  readonly since: string;
  readonly until: string;
  readonly rows: readonly Row[];
  /** Ascending. */
  readonly missing: readonly string[];
}

export function drawBars(text: SvgText, { since, until, rows, missing }: Bars): Element {
  const [from, to] = [timeOf(since, -0.5), timeOf(until, 0.5)];
  const period = { from, to, pixel: (to - from) / (WIDTH - 2 * SIDE) };
  const labels = distinctLabels(
    rows.map(({ label }) => label),
    LABEL_COLUMNS,
  );
  return drawSvg(text, {
    height: TOP + rows.length * ROW_HEIGHT + BOTTOM,
    marginLeft: SIDE,
    marginRight: SIDE,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { type: 'utc', domain: [from, to] },
    y: { domain: [rows.length, 0], axis: null },
    marks: [
      missingBands(missing, period, rows.length),
      Plot.ruleY([rows.length], { stroke: 'currentColor', strokeOpacity: 0.7 }),
      ...rows.flatMap(({ spans }, row) => spans.map((span) => bar(span, row, labels[row] ?? '', period))),
      Plot.text(labels, {
        x: from,
        y: (_: unknown, row: number) => row + BAR_TOP,
        dy: -4,
        lineAnchor: 'bottom',
        textAnchor: 'start',
      }),
      dateAxis(since, until),
    ],
  });
}

/** A bar covers its first and its last day. An open end runs to the edge of the plot and ends in an arrow beyond it. */
function bar(span: Span, row: number, label: string, { from, to, pixel }: Period): Plot.Markish {
  const [start, end] = [timeOf(span.from, -0.5), timeOf(span.to, 0.5)];
  const extra = Math.max(0, LEAST * pixel - (end - start)) / 2;
  const left = span.continuesBefore ? from : Math.max(from, start - extra);
  const right = span.continuesAfter ? to : Math.min(to, end + extra);
  const [top, bottom] = [row + BAR_TOP, row + BAR_BOTTOM];
  const middle = (top + bottom) / 2;
  const corners = [
    [left, top],
    [right, top],
    ...(span.continuesAfter ? [[to + ARROW * pixel, middle]] : []),
    [right, bottom],
    [left, bottom],
    ...(span.continuesBefore ? [[from - ARROW * pixel, middle]] : []),
  ];
  const title = () => `${label}: ${spanText(span)}`;
  return Plot.line(corners, { curve: 'linear-closed', fill: '#0072b2', stroke: 'none', title });
}

const spanText = ({ from, to, continuesBefore, continuesAfter }: Span): string =>
  `${continuesBefore ? 'before ' : ''}${from} to ${to}${continuesAfter ? ' and later' : ''}`;
