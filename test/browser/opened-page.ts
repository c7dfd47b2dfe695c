/** Opens a page file the way a person does: in light or dark, wide or narrow, with or without script and style. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { listenOnLoopback } from '../support/loopback.ts';

/** What Jenkins sends with an HTML report by default. It allows no script and no style in the page. */
export const JENKINS = "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self'";

export interface View {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
  /** Default: true */
  readonly script?: boolean;
  /** Serves the file with this content security policy. Default: the file is opened from the disk. */
  readonly policy?: string;
  readonly options?: BrowserContextOptions;
}

/** @param before runs before the page is opened, for example to listen to its events */
export async function withPage<Result>(
  browser: Browser,
  file: string,
  view: View,
  use: (page: Page) => Promise<Result>,
  before: (page: Page) => void = () => undefined,
): Promise<Result> {
  const { width = 1280, scheme = 'light', script = true, policy, options } = view;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    javaScriptEnabled: script,
    ...options,
  });
  try {
    const page = await context.newPage();
    before(page);
    if (policy === undefined) {
      await page.goto(pathToFileURL(file).href);
      return await use(page);
    }
    return await served(file, policy, async (url) => {
      await page.goto(url);
      return use(page);
    });
  } finally {
    await context.close();
  }
}

async function served<Result>(file: string, policy: string, use: (url: string) => Promise<Result>): Promise<Result> {
  const text = await readFile(file);
  const server = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').setHeader('content-security-policy', policy).end(text),
  );
  const { address, close } = await listenOnLoopback(server);
  try {
    return await use(`http://${address}/`);
  } finally {
    await close();
  }
}
