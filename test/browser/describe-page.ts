/** The tests that every page passes. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessFaults } from './accessible.ts';
import { startChromium } from './chromium.ts';
import { keyboardFaults } from './keyboard.ts';
import { layoutFaults } from './layout.ts';
import { loadingFaults } from './loading.ts';
import { printFaults } from './print.ts';
import { readingFaults } from './readable.ts';

/** @param write writes the page and returns the path of its file */
export function describePage(name: string, write: () => Promise<string>): void {
  describe(name, () => {
    let browser: Browser;
    let file: string;
    beforeAll(async () => {
      [browser, file] = await Promise.all([startChromium(), write()]);
    });
    afterAll(() => browser?.close());

    test('opens from the disk without a request, a message in the console or an error', async () => {
      expect(await loadingFaults(browser, file)).toEqual([]);
    });

    test('shows the same text without script, without style and with the policy of Jenkins', async () => {
      expect(await readingFaults(browser, file)).toEqual([]);
    });

    test('passes every rule of axe-core in light and dark, with and without script', async () => {
      expect(await accessFaults(browser, file)).toEqual([]);
    });

    test('fits into 360, 800 and 1600 pixels', async () => {
      expect(await layoutFaults(browser, file)).toEqual([]);
    });

    test('is complete when it is printed on A4', async () => {
      expect(await printFaults(browser, file)).toEqual([]);
    });

    test('can be searched and sorted with the keyboard', async () => {
      expect(await keyboardFaults(browser, file)).toEqual([]);
    });
  });
}
