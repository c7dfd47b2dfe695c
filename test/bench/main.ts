/**
 * Measures the product as whole processes, compared with peers that do the work that the row names. `npm run bench` runs it.
 *
 * - `npm run bench` measures all figures in about half an hour and prints the table of docs/performance.md.
 * - `npm run bench -- --quick` takes about a minute: smaller accounts, shorter histories, fewer rounds.
 * - `npm run bench -- command days` measures only these figures.
 * - `npm run bench -- --write` also writes docs/performance.md and docs/performance.svg.
 *
 * The exit code is 1 if the product and a peer wrote different rows, or if a count or a size in bytes is over its limit. A busy machine
 * changes times and memory: these fail only with `--strict`.
 */
import { parseArgs } from 'node:util';
import { FULL, type Point, QUICK } from './figure.ts';
import { FIGURES } from './figures.ts';
import { writePage } from './page.ts';
import { isOver, type Line, machineText, tableOf } from './table.ts';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, write: { type: 'boolean' }, strict: { type: 'boolean' } },
});
const known = FIGURES.map(({ name }) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}. Expected ${known.join(', ')}`);
if (options.write && (options.quick || names.length > 0)) throw new Error('the page shows all figures at full size');

const size = options.quick ? QUICK : FULL;
const lines: Line[] = [];
const points: Point[] = [];
for (const figure of FIGURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const started = performance.now();
  const { measured, points: more = [] } = await figure.measure(size);
  const rows = figure.rows(size);
  if (rows.length !== measured.length)
    throw new Error(`${figure.name} measured ${measured.length} of ${rows.length} rows`);
  lines.push(...rows.flatMap((row, n) => (measured[n] ? [{ row, measured: measured[n] }] : [])));
  points.push(...more);
  process.stderr.write(`${figure.name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
}
process.stdout.write(`${machineText()}\n\n${tableOf(lines)}`);
if (options.write) await writePage(lines, points, new Date().toISOString().slice(0, 10));
const over = lines.filter(isOver);
for (const { row } of over) process.stdout.write(`over the limit: ${row.name}\n`);
if (over.some(({ row }) => row.isCount || options.strict)) process.exitCode = 1;
