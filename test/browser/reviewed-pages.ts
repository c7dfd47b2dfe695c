/** The pages that the product writes from a folder of snapshots: the report, and those of a review that is opened and closed. */
import { join } from 'node:path';
import * as report from '../../functions/command-line/commands/report.ts';
import * as close from '../../functions/command-line/commands/review-close.ts';
import * as open from '../../functions/command-line/commands/review-open.ts';
import { type Filling, fillCsv } from '../support/fill-sheet.ts';
import { runCommandAt } from './run-command.ts';

/** Paths of files. */
export interface Pages {
  readonly report: string;
  readonly population: string;
  readonly outcome: string;
}

export interface Reviewed {
  /** The snapshots. */
  readonly store: string;
  /** An existing folder for the pages. */
  readonly out: string;
  readonly now: string;
  /** The day that is reviewed. */
  readonly dt: string;
  readonly decisions: NonNullable<Filling['decisions']>;
  /** What the reviewer remarks on each row. Default: nothing */
  readonly remark?: string;
  /** Further options of `review open`. */
  readonly options?: readonly string[];
}

export async function writePages({
  store,
  out,
  now,
  dt,
  decisions,
  remark = '',
  options = [],
}: Reviewed): Promise<Pages> {
  const [file, folder] = [join(out, 'report.html'), join(out, 'review')];
  await runCommandAt(now, report, ['--store', store, '--out', file]);
  await runCommandAt(now, open, ['--store', store, '--out', folder, '--dt', dt, ...options]);
  await fillCsv(folder, {
    decisions,
    decidedAt: dt,
    edit: ([header = [], ...rows]) => {
      for (const row of rows) row[header.indexOf('remark')] = remark;
    },
  });
  await runCommandAt(now, close, [folder, '--store', store]);
  return { report: file, population: join(folder, 'population.html'), outcome: join(folder, 'outcome.html') };
}
