import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { lineOf, type Shown } from '../support/fault-line.ts';
import { ROWS, type Row } from './rows.ts';

/** Writes test/faults/README.md from what the tests have shown since `dist/faults` was last removed; `--check` only compares. */

const README = new URL('README.md', import.meta.url);
const SHOWN = new URL('../../dist/faults/', import.meta.url);
const INTRODUCTION = new URL('introduction.md', import.meta.url);

const shown: Shown[] = readdirSync(SHOWN).flatMap((name) =>
  readFileSync(new URL(name, SHOWN), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line)),
);

const isRow = (name: string): name is Row => name in ROWS;
const sections = Object.keys(ROWS)
  .filter(isRow)
  .map((row) => {
    const lines = [...new Set(shown.filter((one) => one.row === row).map(lineOf))].sort();
    if (lines.length === 0) process.exitCode = 1;
    if (lines.length === 0) process.stderr.write(`${row} is shown by no test: ${ROWS[row]}\n`);
    const head = '| done | happened | before | shown by |\n|---|---|---|---|';
    return `### ${row}: ${ROWS[row]}\n\n${head}\n${lines.join('\n')}\n`;
  });
const table = `${readFileSync(INTRODUCTION, 'utf8').trimEnd()}\n\n${sections.join('\n')}`;
if (!process.argv.includes('--check')) writeFileSync(README, table);
else if (readFileSync(README, 'utf8') !== table) {
  process.stderr.write('test/faults/README.md is stale: npm run faults\n');
  process.exitCode = 1;
}
