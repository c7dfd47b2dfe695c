/** Finds text that leaves its box, is cut off or makes the whole page scroll sideways. */
import type { Browser, Page } from 'playwright-core';
import { type View, withPage } from './opened-page.ts';

const WIDTHS = [360, 800, 1600];

export async function layoutFaults(browser: Browser, file: string, widths = WIDTHS): Promise<string[]> {
  const views: View[] = [...widths.map((width) => ({ width })), { width: 800, options: { forcedColors: 'active' } }];
  const faults: string[] = [];
  for (const view of views)
    for (const fault of await withPage(browser, file, view, overflow)) faults.push(`at ${view.width} px: ${fault}`);
  return faults;
}

/** Also used in print, which has no scroll regions. */
export const overflow = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > window.innerWidth) faults.push(`the page is ${root.scrollWidth} px wide`);
    /** Layout rounds to fractions of a pixel. */
    const SLACK = 1;
    const isInline = (element: Element) =>
      element instanceof SVGElement
        ? !(element instanceof SVGSVGElement)
        : getComputedStyle(element).display === 'inline';
    const boxOf = (element: Element): Element =>
      isInline(element) && element.parentElement ? boxOf(element.parentElement) : element;
    const clips = (value: string) => value === 'hidden' || value === 'clip';
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!parent || !node.textContent?.trim() || parent.closest('.skip') || !parent.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const { left, right, top, bottom } = range.getBoundingClientRect();
      const box = boxOf(parent).getBoundingClientRect();
      const text = node.textContent.trim().slice(0, 40);
      if (left < box.left - SLACK || right > box.right + SLACK) faults.push(`leaves its box: ${text}`);
      for (let outer: Element | null = boxOf(parent); outer && outer !== document.body; outer = outer.parentElement) {
        const style = getComputedStyle(outer);
        const edge = outer.getBoundingClientRect();
        if (clips(style.overflowX) && (left < edge.left - SLACK || right > edge.right + SLACK))
          faults.push(`is cut off: ${text}`);
        if (clips(style.overflowY) && (top < edge.top - SLACK || bottom > edge.bottom + SLACK))
          faults.push(`is cut off: ${text}`);
        // A reader can scroll to the rest.
        if (style.overflowX === 'auto' || style.overflowX === 'scroll') break;
      }
    }
    return faults;
  });
