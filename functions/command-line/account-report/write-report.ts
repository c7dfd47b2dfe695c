/** Reads the facts of an account, writes the page, and returns what to print. */
import { orAborted } from '../../snapshot/deadline.ts';
import { readOverview } from '../../snapshot/overview/read-overview.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { latestDt } from '../../snapshot/utc-day.ts';
import { replaceFile } from '../output-file.ts';
import { pageText } from '../page/page.ts';
import { Commands } from './commands.ts';
import { writtenJson, writtenText } from './outcome.ts';
import { MOST_ROWS } from './report-input.ts';
import { reportPage } from './report-page.ts';

export interface AskedReport {
  readonly now: Date;
  readonly since: string;
  readonly file: string;
  /** As `--store` names it. */
  readonly place: string;
  /** As in Terminal. */
  readonly program: string;
  /** Ends the reading. A file that is being written is completed. */
  readonly interrupt: AbortSignal;
}

export interface Printed {
  readonly text: string;
  readonly json: string;
}

/**
 * Undefined if the period has no snapshot; nothing is written then.
 * @throws StoreError if a manifest is missing or damaged, or a document that the report needs is
 */
export async function writeReport(
  store: Store,
  { now, since, file, place, program, interrupt }: AskedReport,
): Promise<Printed | undefined> {
  const reading = readOverview(store, { now, latest: latestDt(now), since, most: MOST_ROWS });
  const overview = await orAborted(reading, interrupt);
  const newest = overview?.days.at(-1);
  if (!overview || !newest) return undefined;
  const page = pageText(reportPage({ overview, newest, now, commands: new Commands(program, place) }));
  await replaceFile(file, [page]);
  const written = { file, bytes: Buffer.byteLength(page), overview, newest };
  return { text: writtenText(written), json: writtenJson(written) };
}
