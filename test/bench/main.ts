/**
 * Measures the product as whole processes, compared with peers that do the work that the row names. `npm run bench` runs it.
 *
 * - `npm run bench` measures all figures in about an hour and prints the table of docs/performance.md.
 * - `npm run bench -- --quick` takes about a minute: smaller accounts, shorter histories, fewer rounds.
 * - `npm run bench -- command days` measures only these figures.
 * - `npm run bench -- --rounds 1` measures everything once.
 * - `npm run bench -- --write` also writes docs/performance.md and docs/performance.svg. If it names figures, the others are taken from
 *   their last measurement at full size, which is kept in `dist/bench/`.
 *
 * The exit code is 1 if the product and a peer wrote different rows, or if a count or a size in bytes is over its limit. A busy machine
 * changes times and memory: these fail only with `--strict`.
 */
import { parseArgs } from 'node:util';
import { FULL, QUICK, type Size } from './figure.ts';
import { FIGURES } from './figures.ts';
import { writePage } from './page.ts';
import { keep, type Result, resultOf } from './results.ts';
import { isOver, machineText, tableOf } from './table.ts';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    strict: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const known = FIGURES.map(({ name }) => name);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}. Expected ${known.join(', ')}`);
if (options.write && options.quick) throw new Error('docs/performance.md shows figures at full size');

const rounds =
  options.rounds === undefined ? {} : { rounds: Number(options.rounds), longRounds: Number(options.rounds) };
const size: Size = { ...(options.quick ? QUICK : FULL), ...rounds };
const results: Result[] = [];
for (const figure of FIGURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const started = performance.now();
  const result = resultOf(figure, size, await figure.measure(size));
  if (!options.quick) await keep(figure.name, result);
  results.push(result);
  process.stderr.write(`${figure.name}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
}
const lines = results.flatMap((result) => result.lines);
process.stdout.write(`${machineText()}\n\n${tableOf(lines)}`);
if (options.write) await writePage(known);
const over = lines.filter(isOver);
for (const { row } of over) process.stdout.write(`over the limit: ${row.name}\n`);
if (over.some(({ row }) => row.isCount || options.strict)) process.exitCode = 1;
