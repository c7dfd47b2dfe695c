/** Shows that each check of a page reports a page that fails it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessFaults } from './accessible.ts';
import { startChromium } from './chromium.ts';
import { keyboardFaults } from './keyboard.ts';
import { layoutFaults } from './layout.ts';
import { loadingFaults } from './loading.ts';
import { printFaults } from './print.ts';
import { readingFaults } from './readable.ts';
import { writtenPage } from './written-page.ts';

type Check = (browser: Browser, file: string) => Promise<string[]>;

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser?.close());

const page = (body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Users</title>${head}</head><body>${body}</body></html>`;

const faultsOf = async (check: Check, text: string): Promise<string> =>
  (await check(browser, await writtenPage(text))).join('\n');

const FINE = page('<main><h1>Users</h1><p>All is well.</p></main>');
const STRICT = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">`;
const LONG = 'x'.repeat(500);
const SEARCHABLE = `<div class="table"><div><table id="t" data-searchable><caption>Users</caption>
<thead><tr><th>Name</th></tr></thead><tbody><tr><td>Ada</td></tr></tbody></table></div></div>`;
const TOOLS = `<div class="table"><div class="tools"><label>Search <input type="search"></label> <span role="status"></span></div>
<table id="t" data-searchable><caption>Users</caption><thead><tr><th><button>Name</button></th></tr></thead>
<tbody><tr><td>Grace</td></tr><tr><td>Ada</td></tr></tbody></table></div>`;

const FAULTY: Readonly<
  Record<string, readonly (readonly [what: string, check: Check, text: string, found: string])[]>
> = {
  'the check of what a page loads reports': [
    [
      'a picture from elsewhere',
      loadingFaults,
      page('<img src="http://127.0.0.1:9/x.png" alt="">'),
      'requests http://127.0.0.1:9/x.png',
    ],
    ['a file beside the page', loadingFaults, page('', '<link rel="stylesheet" href="page.css">'), 'page.css'],
    [
      'what its policy refuses',
      loadingFaults,
      page('<p style="color: red">Red</p>', STRICT),
      'logs Applying inline style violates',
    ],
    ['a message in the console', loadingFaults, page('<script>console.log("hello")</script>'), 'logs hello'],
    ['an error in a script', loadingFaults, page('<script>nothing()</script>'), 'throws nothing is not defined'],
    ['a dialog', loadingFaults, page('<svg onload="alert(1)"></svg>'), 'opens a dialog: 1'],
  ],
  'the check of what can be read reports': [
    [
      'text that a script adds',
      readingFaults,
      page('<p>Users</p><script>document.body.append("more")</script>'),
      'lacks without script: more',
    ],
    [
      'text that only script shows',
      readingFaults,
      page('<p hidden id="a">Ada</p><script>a.hidden = false</script>'),
      'hides without script: Ada',
    ],
    [
      'text that is never shown',
      readingFaults,
      page('<p>Users</p><p style="display: none">Ada</p>'),
      'hides with script and style: Ada',
    ],
    [
      'text outside of the window',
      readingFaults,
      page('<p>Users</p><p class="a">Ada</p>', '<style>.a{position:absolute;left:-9999px}</style>'),
      'hides with script and style: Ada',
    ],
    ['a page without text', readingFaults, page(''), 'shows no text'],
  ],
  'the check with axe-core reports': [
    [
      'a picture without a description',
      accessFaults,
      page('<main><h1>Users</h1><img src="data:," width="9" height="9"></main>'),
      'image-alt',
    ],
    [
      'pale text in dark only',
      accessFaults,
      page(
        '<main><h1>Users</h1></main>',
        '<style>@media (prefers-color-scheme: dark) { body { color: #333; background: #222 } }</style>',
      ),
      'dark: color-contrast',
    ],
    ['a page without landmarks', accessFaults, page('<p>Users</p>'), 'region'],
  ],
  'the check of the layout reports': [
    ['a page that is too wide', layoutFaults, page('<p style="width: 2000px">Users</p>'), 'at 1600 px: the page is'],
    [
      'a page that is too wide on a telephone',
      layoutFaults,
      page('<p style="width: 500px">Users</p>'),
      'at 360 px: the page is',
    ],
    [
      'text that leaves its cell',
      layoutFaults,
      page(`<table style="table-layout: fixed; width: 300px"><tr><td>${LONG}</td><td>b</td></tr></table>`),
      'leaves its box: xxx',
    ],
    [
      'text that is cut off sideways',
      layoutFaults,
      page(`<div style="overflow: hidden"><p>${LONG}</p></div>`),
      'is cut off: xxx',
    ],
    [
      'text that is cut off at the bottom',
      layoutFaults,
      page('<div style="overflow: clip; height: 20px">Ada<br>Grace<br>Mary</div>'),
      'is cut off: Mary',
    ],
  ],
  'the check of the print reports': [
    [
      'text that is not printed',
      printFaults,
      page('<p>Users</p><p class="a">Ada</p>', '<style>@media print {.a {display: none}}</style>'),
      "isn't printed: Ada",
    ],
    [
      'text that is cut off on paper',
      printFaults,
      page(`<p style="overflow: hidden">${LONG}</p>`, '<style>@page {size: A4}</style>'),
      'on A4: is cut off: xxx',
    ],
    [
      'text beyond the edge of the paper',
      printFaults,
      page(
        '<p>Users</p><p class="a">Ada</p>',
        '<style>@page {size: A4} @media print {.a {position: absolute; left: 5000px}}</style>',
      ),
      'is missing in the PDF: Ada',
    ],
    ['another size of paper', printFaults, page('<p>Users</p>', '<style>@page {size: A3}</style>'), 'page 1 is 842'],
  ],
  'the check with the keyboard reports': [
    ['a table without a search field', keyboardFaults, page(SEARCHABLE), 't: has no search field'],
    ['a header without a button', keyboardFaults, page(SEARCHABLE), 't: Name has no button'],
    ['a search that does nothing', keyboardFaults, page(TOOLS), 't: a search for Ada shows 2 of 1 rows'],
    ['a count that is not announced', keyboardFaults, page(TOOLS), 't: announces 2 of 2 rows as ""'],
    ['a button that does nothing', keyboardFaults, page(TOOLS), "t: Enter doesn't sort Name ascending"],
    [
      'a field that Tab passes over',
      keyboardFaults,
      page(TOOLS.replace('type="search"', 'type="search" tabindex="-1"')),
      't: Tab never reaches the search field',
    ],
  ],
};

describe.each(Object.entries(FAULTY))('%s', (_, cases) => {
  test.each(cases)('%s', async (_, check, text, found) => {
    expect(await faultsOf(check, text)).toContain(found);
  });
});

test.each([loadingFaults, readingFaults, accessFaults, layoutFaults, printFaults, keyboardFaults] as const)(
  'a plain page passes %o',
  async (check) => {
    expect(await faultsOf(check, FINE.replace('<title>', '<style>@page {size: A4}</style><title>'))).toBe('');
  },
);
