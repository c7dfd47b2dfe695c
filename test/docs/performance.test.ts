import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FULL } from '../bench/figure.ts';
import { PROGRAMS } from '../bench/figures/account-sizes.ts';
import { FIGURES } from '../bench/figures.ts';
import { HEADER, wantedCells } from '../bench/table.ts';
import { ROOT, readPage } from './page.ts';

const [, measured = ''] = /<!-- measured -->\n([\s\S]*)<!-- end -->/.exec(readPage('docs/performance.md').source) ?? [];
const rows = measured
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));

test('the table of docs/performance.md has every figure that the benchmark measures, with its limit and its aim', () => {
  const [header, , ...lines] = rows;
  expect(header).toEqual([...HEADER]);
  expect(lines.map((cells) => cells.slice(0, 3))).toEqual(
    FIGURES.flatMap((figure) => figure.rows(FULL)).map((row) => wantedCells(row)),
  );
});

test('docs/performance.md has a measured value for every figure', () => {
  expect(rows.slice(2).filter(([, , , median = '']) => !/^(?:\*\*)?\d/.test(median))).toEqual([]);
});

test('docs/performance.md names the machine', () => {
  expect(measured).toMatch(/^Measured on \d{4}-\d\d-\d\d: .+ cores, \d+ GB of memory, .+, Node\.js 24\./m);
});

test('no two figures of the benchmark have the same name', () => {
  const names = FIGURES.flatMap((figure) => figure.rows(FULL).map(({ name }) => name));
  expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
});

test('the plot of docs/performance.md has a line for each program', () => {
  const svg = readFileSync(join(ROOT, 'docs/performance.svg'), 'utf8');
  expect(PROGRAMS.filter((name) => !svg.includes(`>${name}</text>`))).toEqual([]);
});
