/**
 * Makes docs/report.png, the picture of a report in the README: the sample account at the documents' date, from its verdict to its first
 * plot. Only the hashes of the response and the commit differ from one picture to the next.
 * Usage: npm run picture
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as report from '../../functions/command-line/commands/report.ts';
import { NOW } from '../docs/now.ts';
import { snapshotSample } from '../support/sample-terminal.ts';
import { startChromium } from './chromium.ts';
import { indexedPng } from './indexed-png.ts';
import { withPage } from './opened-page.ts';
import { runCommandAt } from './run-command.ts';

const PICTURE = join(import.meta.dirname, '../../docs/report.png');
const WIDTH = 1240;
const MARGIN = 24;
/** The commands and the list of sections take the space of the plot. */
const LEFT_OUT = 'dl ~ p, nav { display: none }';

const folder = await mkdtemp(join(tmpdir(), 'picture-'));
const browser = await startChromium();
try {
  process.chdir(folder);
  await snapshotSample({ store: './sample-snapshots', now: new Date(NOW), quiet: true });
  await runCommandAt(NOW, report, ['--store', './sample-snapshots']);
  const page = await readFile('report.html', 'utf8');
  // The folder of this machine is nobody's business.
  await writeFile('report.html', page.replaceAll(process.cwd(), '.'));
  const options = { deviceScaleFactor: 2, bypassCSP: true };
  await withPage(browser, join(folder, 'report.html'), { width: WIDTH, options }, async (page) => {
    await page.addStyleTag({ content: LEFT_OUT });
    const plot = await page.locator('#states-plot').boundingBox();
    if (!plot) throw new Error('the report has no plot of users by state');
    const height = Math.ceil(plot.y + plot.height + MARGIN);
    const clip = { x: 0, y: 0, width: WIDTH, height };
    await writeFile(PICTURE, await indexedPng(page, await page.screenshot({ fullPage: true, clip })));
  });
} finally {
  await browser.close();
  await rm(folder, { recursive: true });
}
