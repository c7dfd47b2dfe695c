/** Draws lines over days: gaps stay gaps, a value alone is a dot, and each line ends at its label. */
import * as Plot from '@observablehq/plot';
import type { Element } from 'hast';
import { DAY_MILLISECONDS } from '../../snapshot/utc-day.ts';
import { widthOf } from '../text.ts';
import { dateAxis, missingBands, type Period } from './plot-frame.ts';
import { distinctLabels } from './plot-label.ts';
import { countTicks, spread, timeOf } from './plot-scale.ts';
import { daysWithoutValue, type Line, type Lines, peakOf } from './plot-series.ts';
import { drawSvg, type SvgText, WIDTH } from './plot-svg.ts';

const HEIGHT = 260;
const TOP = 28;
const BOTTOM = 40;
/** What a letter of a wide font takes, and how much more a capital does. */
const COLUMN = 8;
const CAPITAL = 3;
/** `customer-read-only` fits. */
const LABEL_COLUMNS = 18;
const LABEL_HEIGHT = 15;
const LEADER = 22;

/** At least 3:1 on white and on near-black, by Okabe and Ito as far as that allows. Each has a dash pattern of its own. */
const STROKES: readonly { readonly stroke: string; readonly strokeDasharray?: string }[] = [
  { stroke: '#0072b2' },
  { stroke: '#d55e00', strokeDasharray: '7 3' },
  { stroke: '#009e73', strokeDasharray: '2 2.5' },
  { stroke: '#c26a9b', strokeDasharray: '9 2 2 2' },
  { stroke: '#a87900', strokeDasharray: '4 2' },
  { stroke: '#8a6fd1', strokeDasharray: '12 3' },
  { stroke: '#3a8fb7', strokeDasharray: '6 2 2 2 2 2' },
  { stroke: '#808080', strokeDasharray: '3 3' },
];

interface Axes extends Period {
  readonly top: number;
  /** How many of what is counted a unit of the view box is. */
  readonly pixelY: number;
}

/** @param lines at least one value */
export function drawLines(text: SvgText, lines: Lines, unit: string): Element {
  const [first = '', last = first] = [lines.days[0], lines.days.at(-1)];
  const counts = countTicks(Math.max(...lines.lines.map(peakOf)));
  const labels = distinctLabels(
    lines.lines.map(({ name }) => name),
    LABEL_COLUMNS,
  );
  const top = counts.at(-1) ?? 1;
  const marginLeft = Math.max(26, 12 + COLUMN * top.toLocaleString('en').length);
  const marginRight = LEADER + 4 + Math.max(...labels.map(spaceOf));
  const alone = first === last ? DAY_MILLISECONDS : 0;
  const [from, to] = [timeOf(first) - alone, timeOf(last) + alone];
  const pixel = (to - from) / (WIDTH - marginLeft - marginRight);
  const axes = { from, to, pixel, top, pixelY: top / (HEIGHT - TOP - BOTTOM) };
  return drawSvg(text, {
    height: HEIGHT,
    marginLeft,
    marginRight,
    marginTop: TOP,
    marginBottom: BOTTOM,
    x: { type: 'utc', domain: [from, to] },
    y: { domain: [0, top] },
    marks: [
      missingBands(daysWithoutValue(lines), axes, top),
      ...grid(counts, unit, marginLeft),
      dateAxis(first, last),
      ...lines.lines.flatMap((line, index) => lineMarks(line, labels[index] ?? '', index, lines.days)),
      ...labelMarks(lines.lines, labels, axes),
    ],
  });
}

const spaceOf = (label: string) => COLUMN * widthOf(label) + CAPITAL * (label.match(/[A-Z]/g)?.length ?? 0);

const strokeOf = (index: number) => STROKES[index % STROKES.length] ?? { stroke: 'currentColor' };

const grid = (counts: readonly number[], unit: string, left: number): Plot.Markish[] => [
  Plot.gridY(counts, { stroke: 'currentColor', strokeOpacity: 0.2 }),
  Plot.axisY(counts, { tickSize: 0, tickFormat: (count: number) => count.toLocaleString('en'), label: null }),
  Plot.text([unit], { frameAnchor: 'top-left', dx: -left + 2, dy: -TOP + 4, textAnchor: 'start', lineAnchor: 'top' }),
  Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.7 }),
];

function lineMarks({ values }: Line, label: string, index: number, days: readonly string[]): Plot.Markish[] {
  const points = days.map((dt, day) => ({ time: timeOf(dt), value: values[day] ?? null }));
  const isGap = (day: number) => (values[day] ?? null) === null;
  const alone = points.filter((_, day) => !isGap(day) && isGap(day - 1) && isGap(day + 1));
  const { stroke } = strokeOf(index);
  const title = () => label;
  return [
    Plot.line(points, { x: 'time', y: 'value', strokeWidth: 2, strokeLinecap: 'butt', title, ...strokeOf(index) }),
    Plot.dot(alone, { x: 'time', y: 'value', r: 2.5, fill: stroke, title }),
  ];
}

/** Labels right of the lines, at the height of the last value or near it, each with a sample of its line that leads to it. */
function labelMarks(lines: readonly Line[], labels: readonly string[], { to, top, pixel, pixelY }: Axes) {
  const named = lines.flatMap((line, index) => {
    const value = line.values.findLast((found) => found !== null);
    return value === undefined || value === null
      ? []
      : [{ label: labels[index] ?? '', index, value, reachesEnd: line.values.at(-1) !== null }];
  });
  const wanted = named.map(({ value }) => value);
  const heights = spread(wanted, LABEL_HEIGHT * pixelY, 0, top);
  const ends = named.map((end, place) => ({ ...end, y: heights[place] ?? 0, x: to + LEADER * pixel }));
  return [
    ...ends.map(({ value, reachesEnd, index, x, y }) =>
      Plot.line(
        [
          [to + 3 * pixel, reachesEnd ? value : y],
          [x - 3 * pixel, y],
        ],
        { strokeWidth: 2, ...strokeOf(index) },
      ),
    ),
    Plot.text(ends, { x: 'x', y: 'y', text: 'label', textAnchor: 'start' }),
  ];
}
