import type { Row } from '../faults/rows.ts';

/** What a test did and saw. */
export interface Shown {
  readonly row: Row;
  /** What was done, in a few words. */
  readonly done: string;
  /** What happened, built from what the test saw if possible: the exit code, the message. */
  readonly happened: string;
  /** What happened before this was fixed. Undefined if it never failed. */
  readonly before?: string;
  /** The test's file, relative to test/. */
  readonly file: string;
}

/** A line of the table in test/faults/README.md. */
export const lineOf = ({ done, happened, before, file }: Shown): string =>
  `| ${[done, happened, before ?? '', `[${file.replace('.test.ts', '')}](../${file})`].map(cell).join(' | ')} |`;

const cell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
