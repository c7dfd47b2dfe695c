/** The texts of a page that a person can see, and those that they can't. */
import type { Page } from 'playwright-core';

export interface Texts {
  readonly visible: readonly string[];
  readonly hidden: readonly string[];
}

/** Leaves out what the script adds, and the link that appears when it has the focus. */
export const textsOf = (page: Page): Promise<Texts> =>
  page.evaluate(() => {
    const visible: string[] = [];
    const hidden: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = (node.textContent ?? '').replace(/\s+/g, ' ').trim();
      const parent = node.parentElement;
      // A plot's title and description are for screen readers and tooltips.
      if (text === '' || !parent || parent.closest('script, style, .tools, .skip, svg title, svg desc')) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()];
      const [left, top] = [window.scrollX, window.scrollY];
      const isShown =
        parent.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
        boxes.some(({ width, height }) => width > 0 && height > 4) &&
        boxes.every((box) => box.right + left > 0 && box.bottom + top > 0);
      (isShown ? visible : hidden).push(text);
    }
    return { visible, hidden };
  });
