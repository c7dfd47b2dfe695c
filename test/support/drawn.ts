/** Reads a plot back: its elements by tag, its texts, and the geometry of its lines. */
import type { Element, ElementContent, Root } from 'hast';
import { EXIT, visit } from 'unist-util-visit';

export function elementsOf(tree: Element | Root, tagName: string): Element[] {
  const found: Element[] = [];
  visit(tree, 'element', (element) => {
    if (element.tagName === tagName) found.push(element);
  });
  return found;
}

export function textOf(tree: ElementContent): string {
  let text = '';
  visit(tree, 'text', ({ value }) => {
    text += value;
  });
  return text;
}

/** The cells of a table's body, a row each. */
export const rowsOfTable = (table: Element): string[][] =>
  elementsOf(table, 'tr')
    .map((row) => elementsOf(row, 'td').map(textOf))
    .filter(({ length }) => length > 0);

export const numberOf = (element: Element, name: string): number => Number(element.properties[name]);

/** What the tooltip of an element says. */
export function tooltipOf(element: Element): string | null {
  const title = element.children.find((child) => child.type === 'element' && child.tagName === 'title');
  return title ? textOf(title) : null;
}

/** The parts of a path: each begins where the pen is set down. */
export const partsOf = (path: Element): [number, number][][] =>
  String(path.properties['d'])
    .split('M')
    .slice(1)
    .map((part) =>
      part
        .replace(/Z$/, '')
        .split('L')
        .map((point) => {
          const [x = Number.NaN, y = Number.NaN] = point.split(',').map(Number);
          return [x, y];
        }),
    );

const TRANSLATE = /^translate\((.+),(.+)\)$/;

/** The vertical axis: its largest number, and where this and 0 are drawn. By its labels. */
export function verticalAxis(svg: Element): { top: number; topY: number; zeroY: number } {
  let axis = { top: 0, topY: 0, zeroY: 0 };
  visit(svg, 'element', (group) => {
    const labels = group.children.filter((child) => child.type === 'element' && child.tagName === 'text');
    const ticks = labels.map((label) => ({ value: textOf(label), y: placeOf(label)[1] }));
    const [zero, last] = [ticks[0], ticks.at(-1)];
    if (zero?.value !== '0' || !last || !ticks.every(({ value }) => /^[\d,]+$/.test(value))) return;
    axis = { top: Number(last.value.replaceAll(',', '')), topY: last.y, zeroY: zero.y };
    return EXIT;
  });
  return axis;
}

export function placeOf(element: ElementContent): [number, number] {
  const transform = element.type === 'element' ? TRANSLATE.exec(String(element.properties['transform'])) : null;
  return [Number(transform?.[1]), Number(transform?.[2])];
}
