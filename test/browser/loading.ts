/** Finds what a page loads, logs or tries besides being shown. */
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { withPage } from './opened-page.ts';

/** Opens the page from the disk. @returns requests for anything but the file, messages of the console, errors and dialogs */
export async function loadingFaults(browser: Browser, file: string): Promise<string[]> {
  const faults: string[] = [];
  const own = pathToFileURL(file).href;
  await withPage(
    browser,
    file,
    {},
    // A refused request is logged before the page has loaded. A script that a value smuggles in gets a turn here.
    (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))),
    (page) => {
      page.on('request', (request) => {
        if (request.url() !== own) faults.push(`requests ${request.url()}`);
      });
      page.on('console', (message) => faults.push(`logs ${message.text()}`));
      page.on('pageerror', ({ message }) => faults.push(`throws ${message}`));
      page.on('dialog', (dialog) => {
        faults.push(`opens a dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
    },
  );
  return faults;
}
