import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Row } from '../faults/rows.ts';
import { lineOf, type Shown } from './fault-line.ts';

/** What the tests have shown, for the table in test/faults/README.md. */

const README = new URL('../faults/README.md', import.meta.url);
const SHOWN = new URL('../../dist/faults/', import.meta.url);
const TESTS = fileURLToPath(new URL('..', import.meta.url));

/**
 * Records what the calling test has shown for a row. Call it after the assertions. Fails if the table lacks the line, which
 * `npm run faults` writes.
 * @param done what was done, in a few words that never differ between runs
 * @param happened what happened, built from what the test observed if possible
 * @param before what happened before the fix, for an input that once failed
 */
export function shown(row: Row, done: string, happened: string, before?: string): void {
  const file = relative(TESTS, expect.getState().testPath ?? '');
  const line: Shown = { row, done, happened, file, ...(before === undefined ? {} : { before }) };
  mkdirSync(SHOWN, { recursive: true });
  appendFileSync(new URL(`${process.pid}.jsonl`, SHOWN), `${JSON.stringify(line)}\n`);
  if (process.env['UPDATE_FAULTS'] === 'true') return;
  const table = readFileSync(README, 'utf8').split('\n');
  expect(table, 'test/faults/README.md is stale: run npm run faults').toContain(lineOf(line));
}
