/** docs/performance.md and its plot: the part of the page that is measured is replaced, the rest is written by hand. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Point } from './figure.ts';
import { plotOf } from './plot.ts';
import { TOP } from './processes.ts';
import { type Line, machineText, tableOf } from './table.ts';

const PAGE = join(TOP, 'docs/performance.md');
const MEASURED = /(?<=<!-- measured -->\n)[\s\S]*(?=<!-- end -->)/;

export async function writePage(lines: readonly Line[], points: readonly Point[], date: string): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  if (!MEASURED.test(page)) throw new Error(`${PAGE} has no place for the table`);
  const measured = `\nMeasured on ${date}: ${machineText()}.\n\n${tableOf(lines)}\n`;
  await writeFile(
    PAGE,
    page.replace(MEASURED, () => measured),
  );
  await writeFile(join(TOP, 'docs/performance.svg'), plotOf(points));
}
