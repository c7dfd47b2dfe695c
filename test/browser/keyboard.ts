/** Finds what a keyboard can't do with the searchable tables of a page. */
import type { Browser, Locator, Page } from 'playwright-core';
import { withPage } from './opened-page.ts';

/** Searches each searchable table for its last row and sorts it by each column, with the keyboard only. */
export const keyboardFaults = (browser: Browser, file: string): Promise<string[]> =>
  withPage(browser, file, {}, async (page) => {
    const faults: string[] = [];
    for (const table of await page.locator('table[data-searchable]').all()) {
      const id = (await table.getAttribute('id')) ?? '';
      for (const fault of [...(await searchFaults(page, table)), ...(await sortingFaults(page, table))])
        faults.push(`${id}: ${fault}`);
    }
    return faults;
  });

/** Presses Tab until the element has the focus, for at most one round through the page. */
async function tabTo(page: Page, target: Locator): Promise<boolean> {
  const stops = await page.locator('a, button, input, select, textarea, summary, [tabindex]').count();
  // The browser itself takes the focus between the last element and the first.
  for (let step = 0; step < 2 * stops + 5; step++) {
    await page.keyboard.press('Tab');
    if (await hasFocus(target)) return true;
  }
  return false;
}

const hasFocus = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => element === document.activeElement);

async function searchFaults(page: Page, table: Locator): Promise<string[]> {
  const tools = table.locator('xpath=ancestor::*[@class="table"]').locator('.tools');
  const input = tools.locator('input[type=search]');
  if ((await input.count()) !== 1) return ['has no search field'];
  if (!(await tabTo(page, input))) return ['Tab never reaches the search field'];
  const faults: string[] = [];
  const rows = table.locator('tbody tr');
  const all = await rows.count();
  const word = (await rows.last().innerText()).match(/[a-z0-9@.]{3,}/i)?.[0] ?? '';
  await page.keyboard.type(word);
  const shown = await rows.filter({ visible: true }).allInnerTexts();
  const wanted = (await rows.allTextContents()).filter((text) => text.toLowerCase().includes(word.toLowerCase()));
  if (shown.length !== wanted.length)
    faults.push(`a search for ${word} shows ${shown.length} of ${wanted.length} rows`);
  const status = await tools.getByRole('status').innerText();
  if (!status.startsWith(`${shown.length.toLocaleString('en')} of ${all.toLocaleString('en')} `))
    faults.push(`announces ${shown.length} of ${all} rows as "${status}"`);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  if ((await rows.filter({ visible: true }).count()) !== all) faults.push('an empty search hides rows');
  return faults;
}

async function sortingFaults(page: Page, table: Locator): Promise<string[]> {
  const faults: string[] = [];
  for (const [column, header] of (await table.locator('thead th').all()).entries()) {
    const name = (await header.innerText()).trim();
    const button = header.locator('button');
    if ((await button.count()) !== 1) {
      faults.push(`${name} has no button`);
      continue;
    }
    if (!(await tabTo(page, button))) return [...faults, `Tab never reaches ${name}`];
    const cells = async () => await table.locator(`tbody tr > :nth-child(${column + 1})`).allTextContents();
    const original = await cells();
    const kind = (await header.getAttribute('data-kind')) ?? 'text';
    for (const [key, order] of KEYS) {
      await page.keyboard.press(key);
      if ((await header.getAttribute('aria-sort')) !== order) faults.push(`${key} doesn't sort ${name} ${order}`);
      if (!(await hasFocus(button))) faults.push(`${name} loses the focus`);
      if ((await table.locator('[aria-sort]').count()) !== (order ? 1 : 0))
        faults.push(`${name}: two columns say sorted`);
      if (!isSorted(await cells(), original, kind, order))
        faults.push(`${name} isn't in ${order ?? 'its first'} order`);
    }
  }
  return faults;
}

const KEYS = [
  ['Enter', 'ascending'],
  ['Space', 'descending'],
  ['Enter', null],
] as const;

/** What the order of a column's cells must be, computed in another way than the page does. Empty cells come last in both orders. */
function isSorted(cells: readonly string[], original: readonly string[], kind: string, order: string | null): boolean {
  if (order === null) return cells.join('\n') === original.join('\n');
  const texts = cells.map((text) => text.trim());
  const filled = texts.filter((text) => text !== '');
  if (texts.slice(0, filled.length).includes('')) return false;
  const { compare } = new Intl.Collator('en', { numeric: true });
  const number = (text: string) => Number(text.replaceAll(',', ''));
  const difference = (one: string, other: string) =>
    kind === 'number' ? number(one) - number(other) : kind === 'date' ? Number(one > other) || -1 : compare(one, other);
  return filled.slice(1).every((text, index) => {
    const before = filled[index] ?? '';
    return text === before || (order === 'ascending' ? difference(before, text) <= 0 : difference(before, text) >= 0);
  });
}
