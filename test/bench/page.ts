/** docs/performance.md and its plot: the part of the page that is measured is replaced, the rest is written by hand. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plotOf } from './plot.ts';
import { TOP } from './processes.ts';
import { keptResults } from './results.ts';
import { tableOf } from './table.ts';

const PAGE = join(TOP, 'docs/performance.md');
const MEASURED = /(?<=<!-- measured -->\n)[\s\S]*(?=<!-- end -->)/;

/** Writes the last results of all figures. */
export async function writePage(names: readonly string[]): Promise<void> {
  const page = await readFile(PAGE, 'utf8');
  if (!MEASURED.test(page)) throw new Error(`${PAGE} has no place for the table`);
  const results = await keptResults(names);
  const dates = [...new Set(results.map(({ date }) => date))].sort();
  const table = tableOf(results.flatMap(({ lines }) => lines));
  const measured = `\nMeasured on ${dates.join(' and ')}: ${results[0]?.machine}.\n\n${table}\n`;
  await writeFile(
    PAGE,
    page.replace(MEASURED, () => measured),
  );
  await writeFile(join(TOP, 'docs/performance.svg'), plotOf(results.flatMap(({ points }) => points)));
}
