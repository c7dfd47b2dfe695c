/** Reads a plot's data back from the geometry that the browser draws. */
import type { Page } from 'playwright-core';
import { addDays, daysBetween } from '../../functions/snapshot/utc-day.ts';

/** What a plot draws, in units of its view box. Names are those of the tooltips. */
interface Drawn {
  /** The first and the last day, as the caption names them. */
  readonly days: readonly string[];
  /** The ends of the baseline. */
  readonly frame: { readonly left: number; readonly right: number };
  readonly ticks: readonly { readonly value: number; readonly y: number }[];
  readonly paths: readonly { readonly name: string; readonly points: readonly (readonly [x: number, y: number])[] }[];
  readonly boxes: readonly { readonly name: string; readonly left: number; readonly right: number }[];
}

const drawnIn = (page: Page, id: string): Promise<Drawn> =>
  page.locator(`figure#${id}`).evaluate((figure) => {
    const svg = figure.querySelector('svg');
    if (!svg) throw new Error('the figure has no plot');
    const all = <Name extends keyof SVGElementTagNameMap>(name: Name) => [...svg.querySelectorAll(name)];
    const nameOf = (element: Element) => element.querySelector('title')?.textContent ?? '';
    const base = all('line').at(-1);
    const named = [...all('path'), ...all('rect'), ...all('circle')].filter((shape) => nameOf(shape) !== '');
    return {
      days: figure.querySelector('figcaption')?.textContent?.match(/\d{4}-\d{2}-\d{2}/g) ?? [],
      frame: { left: base?.x1.baseVal.value ?? Number.NaN, right: base?.x2.baseVal.value ?? Number.NaN },
      ticks: all('text')
        .filter(({ textContent }) => /^[\d,]+$/.test(textContent ?? ''))
        .map((text) => ({
          value: Number(text.textContent?.replaceAll(',', '')),
          y: text.transform.baseVal.getItem(0).matrix.f,
        })),
      paths: named.map((shape) => ({
        name: nameOf(shape),
        points:
          shape instanceof SVGCircleElement
            ? [[shape.cx.baseVal.value, shape.cy.baseVal.value]]
            : [...(shape.getAttribute('d') ?? '').matchAll(/[ML]([^,]+),([^MLZ]+)/g)].map(([, x, y]) => [
                Number(x),
                Number(y),
              ]),
      })),
      boxes: named.map((shape) => {
        const { x, width } = shape.getBBox();
        return { name: nameOf(shape), left: x, right: x + width };
      }),
    };
  });

const MISSING = /^No snapshot: /;
/** A unit of the view box is far less than a day. */
const SLACK = 0.01;

const daysOf = ({ days: [first = '', last = ''] }: Drawn): string[] => daysBetween(first, addDays(last, 1));

function whole(value: number): number {
  if (Math.abs(value - Math.round(value)) > SLACK) throw new Error(`${value} is between two values`);
  return Math.round(value) || 0; // not -0
}

/** The value of each line on each day. Days in gaps have none. */
export async function readLines(
  page: Page,
  id: string,
): Promise<{ readonly [name: string]: { readonly [dt: string]: number } }> {
  const drawn = await drawnIn(page, id);
  const { frame, ticks, paths } = drawn;
  const days = daysOf(drawn);
  const [zero, top] = [ticks[0], ticks.at(-1)];
  if (zero?.value !== 0 || !top) throw new Error('the vertical axis does not begin with 0');
  const dayAt = (x: number) => days[whole(((x - frame.left) / (frame.right - frame.left)) * (days.length - 1))] ?? '';
  const valueAt = (y: number) => whole(((y - zero.y) / (top.y - zero.y)) * top.value);
  const lines = Map.groupBy(
    paths.filter(({ name }) => !MISSING.test(name)),
    ({ name }) => name,
  );
  return Object.fromEntries(
    [...lines].map(([name, parts]) => [
      name,
      Object.fromEntries(parts.flatMap(({ points }) => points.map(([x, y]) => [dayAt(x), valueAt(y)]))),
    ]),
  );
}

/** The days that a band marks as missing. */
export async function readMissing(page: Page, id: string): Promise<string[]> {
  const drawn = await drawnIn(page, id);
  const days = daysOf(drawn);
  const { left, right } = drawn.frame;
  const step = (right - left) / (days.length - 1);
  return days.filter((_, day) =>
    drawn.boxes.some((box) => MISSING.test(box.name) && box.left < left + day * step && left + day * step < box.right),
  );
}

export interface Bar {
  readonly label: string;
  readonly first: string;
  readonly last: string;
}

/** The days that each bar covers, in order. A bar covers its first and its last day whole. */
export async function readBars(page: Page, id: string): Promise<Bar[]> {
  const drawn = await drawnIn(page, id);
  const days = daysOf(drawn);
  const { left, right } = drawn.frame;
  const dayAt = (x: number) => whole(((Math.min(right, Math.max(left, x)) - left) / (right - left)) * days.length);
  return drawn.boxes
    .filter(({ name }) => !MISSING.test(name))
    .map((box) => ({
      label: box.name.replace(/: [^:]*$/, ''),
      first: days[dayAt(box.left)] ?? '',
      last: days[dayAt(box.right) - 1] ?? '',
    }));
}
