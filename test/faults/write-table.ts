import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { lineOf, type Shown } from '../support/fault-line.ts';
import { ROWS, type Row } from './rows.ts';

/** Writes test/faults/README.md from what the tests have shown since `dist/faults` was last removed. With `--check`, only compares it. */

const README = new URL('README.md', import.meta.url);
const SHOWN = new URL('../../dist/faults/', import.meta.url);
const INTRODUCTION = new URL('introduction.md', import.meta.url);
const HEAD = '| done | happened | before | shown by |\n|---|---|---|---|';

const isRow = (name: string): name is Row => name in ROWS;

/** Whether the line's test file skips tests on some machines. Such lines stay in the table if no test shows them here. */
const maySkip = (line: string): boolean => {
  const file = /\(\.\.\/(\S+\.test\.ts)\) \|$/.exec(line)?.[1];
  return (
    file !== undefined && /skipIf|ctx\.skip|\bskip\(/.test(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
  );
};

const shown: Shown[] = readdirSync(SHOWN).flatMap((name) =>
  readFileSync(new URL(name, SHOWN), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line)),
);
const linesOf = (row: Row): string[] => [...new Set(shown.filter((one) => one.row === row).map(lineOf))].sort();
const problems = Object.keys(ROWS).flatMap((row) =>
  isRow(row) && linesOf(row).length === 0 ? `${row} is shown by no test: ${ROWS[row]}` : [],
);

if (process.argv.includes('--check')) {
  const all = new Set(shown.map(lineOf));
  const stale = readFileSync(README, 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('.test.ts) |') && !all.has(line) && !maySkip(line));
  problems.push(...stale.map((line) => `stale, run npm run faults: ${line}`));
} else {
  const sections = Object.keys(ROWS)
    .filter(isRow)
    .map((row) => `### ${row}: ${ROWS[row]}\n\n${HEAD}\n${linesOf(row).join('\n')}\n`);
  writeFileSync(README, `${readFileSync(INTRODUCTION, 'utf8').trimEnd()}\n\n${sections.join('\n')}`);
}
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
