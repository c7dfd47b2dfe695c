/** An SVG that Observable Plot draws, as a hast tree. It needs neither style nor script, and loads nothing. */
import * as Plot from '@observablehq/plot';
import type { Element, ElementContent, Nodes } from 'hast';
import { fromDom } from 'hast-util-from-dom';
import { s } from 'hastscript';
import { parseHTML } from 'linkedom';

export interface SvgText {
  /** Unique in the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** Units of the view box. At 360 pixels, the text of a figure this wide still has about 10 pixels. */
export const WIDTH = 440;
export const FONT_SIZE = 13;

/** The image scales to the width it gets. Without a style sheet it isn't enlarged: its height is fixed. */
export function drawSvg({ id, title, description }: SvgText, options: Plot.PlotOptions): Element {
  const { document } = parseHTML('<html></html>');
  const drawn: Nodes = fromDom(Plot.plot({ ...options, document, width: WIDTH }));
  if (drawn.type !== 'element') throw new TypeError('Observable Plot drew no SVG');
  const [titleId, descriptionId] = [`${id}-title`, `${id}-description`];
  return s(
    'svg',
    {
      role: 'img',
      ariaLabelledBy: [titleId, descriptionId],
      viewBox: drawn.properties['viewBox'],
      width: '100%',
      height: options.height,
      preserveAspectRatio: 'xMinYMin meet',
      fill: 'currentColor',
      fontFamily: 'system-ui, sans-serif',
      fontSize: FONT_SIZE,
      textAnchor: 'middle',
    },
    [s('title', { id: titleId }, title), s('desc', { id: descriptionId }, description), ...plain(drawn).children],
  );
}

/** The element without style sheets, classes and names of its parts: an image has one name. */
function plain(element: Element): Element {
  const properties = Object.fromEntries(
    Object.entries(element.properties).filter(([name]) => name !== 'className' && !name.startsWith('aria')),
  );
  const children = element.children.flatMap((child): ElementContent[] => {
    if (child.type !== 'element') return [child];
    return child.tagName === 'style' ? [] : [plain(child)];
  });
  return { ...element, properties, children };
}
