/** An SVG with two plots: time and memory against users. */
import * as Plot from '@observablehq/plot';
import type { Element } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { s } from 'hastscript';
import { drawSvg, WIDTH } from '../../functions/command-line/page/plot-svg.ts';
import { countText, type Point } from './figure.ts';

const HEIGHT = 300;
const LEGEND = 60;
const MARGINS = { marginLeft: 56, marginRight: 36, marginTop: 36, marginBottom: 40 };
/** At least 3:1 on white and on near-black. Each has a dash pattern of its own. */
const STROKES = [
  { stroke: '#0072b2', strokeDasharray: '' },
  { stroke: '#d55e00', strokeDasharray: '7 3' },
  { stroke: '#009e73', strokeDasharray: '2 2.5' },
  { stroke: '#c26a9b', strokeDasharray: '9 2 2 2' },
];
const STYLE = `
  .page { fill: #ffffff; } svg { color: #1f2328; }
  @media (prefers-color-scheme: dark) { .page { fill: #0d1117; } svg { color: #e6edf3; } }
`;

/** @param points at least two sizes of each program */
export function plotOf(points: readonly Point[]): string {
  const programs = [...new Set(points.map(({ program }) => program))];
  const [width, height] = [2 * WIDTH, LEGEND + HEIGHT];
  const drawn = s(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      ariaLabelledBy: ['title'],
      fontFamily: "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif",
      fontSize: 14,
    },
    [
      s('title', { id: 'title' }, 'Time and memory against users'),
      s('style', STYLE),
      s('rect', { className: 'page', width, height, rx: 8 }),
      ...programs.flatMap(legendEntry),
      under(0, panel('seconds', points, programs)),
      under(WIDTH, panel('megabytes', points, programs)),
    ],
  );
  return `${toHtml(drawn, { space: 'svg', closeSelfClosing: true })}\n`;
}

/** A panel under the legend. */
const under = (x: number, drawn: Element): Element => s('g', { transform: `translate(${x} ${LEGEND})` }, drawn);

function legendEntry(program: string, index: number): Element[] {
  const [x, y] = [24 + (index % 2) * WIDTH, 24 + 24 * Math.floor(index / 2)];
  return [
    s('line', { x1: x, x2: x + 36, y1: y - 5, y2: y - 5, strokeWidth: 2, ...STROKES[index % STROKES.length] }),
    s('text', { x: x + 46, y, fill: 'currentColor' }, program),
  ];
}

const TITLES = { seconds: 'seconds', megabytes: 'peak memory in MB' };

/** Both axes are logarithmic. */
function panel(figure: 'seconds' | 'megabytes', points: readonly Point[], programs: readonly string[]): Element {
  const title = `${TITLES[figure]} against users`;
  const users = [...new Set(points.map((point) => point.users))];
  const powers = powersAround(points.map((point) => point[figure]));
  return drawSvg(
    { id: figure, title, description: `A line for each of ${programs.join('; ')}. Both axes are logarithmic.` },
    {
      ...MARGINS,
      height: HEIGHT,
      x: { type: 'log', domain: [Math.min(...users), Math.max(...users)] },
      y: { type: 'log', domain: [powers[0], powers.at(-1)] },
      marks: [
        Plot.gridY(powers, { stroke: 'currentColor', strokeOpacity: 0.2 }),
        Plot.axisY(powers, { label: null, tickSize: 0, tickFormat: (value: number) => value.toLocaleString('en') }),
        Plot.axisX(users, { label: null, tickFormat: (count: number) => countText(count) }),
        Plot.text([TITLES[figure]], {
          frameAnchor: 'top-left',
          dx: -50,
          dy: -30,
          textAnchor: 'start',
          lineAnchor: 'top',
        }),
        Plot.text(['users'], { frameAnchor: 'bottom-right', dy: 34, textAnchor: 'end', lineAnchor: 'bottom' }),
        ...programs.flatMap((program, index) => {
          const own = points.filter((point) => point.program === program);
          const stroke = STROKES[index % STROKES.length];
          const channels = { x: 'users', y: figure, title: () => program };
          return [
            Plot.line(own, { ...channels, strokeWidth: 2, ...stroke }),
            Plot.dot(own, { ...channels, r: 2.5, fill: stroke?.stroke ?? 'currentColor' }),
          ];
        }),
      ],
    },
  );
}

/** Powers of ten, from the one below all values to the one above. */
function powersAround(values: readonly number[]): number[] {
  const [first, last] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  return Array.from({ length: last - first + 1 }, (_, n) => 10 ** (first + n));
}
