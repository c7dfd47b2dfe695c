/** Finds what is missing or cut off when a page is printed on A4. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import type { Browser } from 'playwright-core';
import { overflow } from './layout.ts';
import { withPage } from './opened-page.ts';
import { textsOf } from './visible-text.ts';

/** The size of A4 in points, and the width between its margins in CSS pixels. */
const A4 = { width: 595, height: 842, contentPixels: 688 };
/** A PDF holds such text character by character in reading order. Other scripts are stored as they are drawn. */
const PLAIN = /^[\x20-\x7e]+$/;

export async function printFaults(browser: Browser, file: string): Promise<string[]> {
  const print = { media: 'print' } as const;
  const { texts, pdf } = await withPage(browser, file, {}, async (page) => {
    await page.emulateMedia(print);
    return { texts: await textsOf(page), pdf: await page.pdf({ preferCSSPageSize: true, tagged: true }) };
  });
  const outside = await withPage(browser, file, { width: A4.contentPixels }, async (page) => {
    await page.emulateMedia(print);
    return overflow(page);
  });
  const { text, faults } = await read(pdf);
  const missing = texts.visible.filter((shown) => PLAIN.test(shown) && !text.includes(withoutSpace(shown)));
  return [
    ...texts.hidden.map((shown) => `isn't printed: ${shown}`),
    ...outside.map((fault) => `on A4: ${fault}`),
    ...missing.map((shown) => `is missing in the PDF: ${shown}`),
    ...faults,
  ];
}

const withoutSpace = (text: string): string => text.replace(/\s/g, '');

/** @returns the text of the PDF, and what is outside of its pages */
async function read(pdf: Uint8Array): Promise<{ text: string; faults: string[] }> {
  const task = getDocument({ data: new Uint8Array(pdf), verbosity: 0 });
  const document = await task.promise;
  const faults: string[] = [];
  let text = '';
  for (let number = 1; number <= document.numPages; number++) {
    const page = await document.getPage(number);
    const [, , width = 0, height = 0] = page.view;
    if (Math.abs(width - A4.width) > 1 || Math.abs(height - A4.height) > 1)
      faults.push(`page ${number} is ${Math.round(width)} × ${Math.round(height)} points`);
    for (const item of (await page.getTextContent()).items) {
      if (!('str' in item)) continue;
      text += item.str;
      const [x = 0, y = 0] = item.transform.slice(4).map(Number);
      if (item.str.trim() !== '' && (x < 0 || x + item.width > width || y < 0 || y > height))
        faults.push(`is outside of page ${number}: ${item.str}`);
    }
  }
  await task.destroy();
  return { text: withoutSpace(text), faults };
}
