/** Closes a review: reads what was frozen and what was decided, and writes what the later snapshots prove. */
import { basename, join } from 'node:path';
import { readManifests } from '../../snapshot/commits/manifests.ts';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../../snapshot/contract.ts';
import { proveOutcome } from '../../snapshot/review/outcome.ts';
import type { OutcomeDocument } from '../../snapshot/review/outcome-document.ts';
import { refuseOtherRows } from '../../snapshot/review/same-rows.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { GroupNameReader } from '../group-name-reader.ts';
import { replaceFile, replaceFileBy, writePieces } from '../output-file.ts';
import { pageText } from '../page/page.ts';
import { documentLines } from './document-lines.ts';
import { decisionsOf, readFilledSheets } from './find-sheet.ts';
import { outcomePage } from './outcome-page.ts';
import { readReview, refuseNoReview } from './read-review.ts';
import { FILES } from './review-files.ts';

export interface CloseRequest {
  readonly folder: string;
  /** The file that `--sheet` names. */
  readonly sheet: string | undefined;
  readonly store: Store;
  readonly now: Date;
  /** The latest date that a run can have. */
  readonly latest: string;
}

/** @throws SettingsError if the review, the sheet or a decision can't be used @throws StoreError if the store is damaged */
export async function closeReview({
  folder,
  sheet: named,
  store,
  now,
  latest,
}: CloseRequest): Promise<OutcomeDocument> {
  await refuseNoReview(folder);
  const sheets = await readFilledSheets(folder, named);
  const { review, sha256 } = await readReview(folder);
  const { path, sha256: sheetHash, decisions, differences } = decisionsOf(sheets, review, now);
  const rows_checked = await refuseOtherRows(store, review);
  const outcome = await proveOutcome(store, review, decisions, { now, latest });
  return {
    schema_version: SCHEMA_VERSION,
    program_version: PROGRAM_VERSION,
    closed_at: now.toISOString(),
    store: store.location,
    review: { ...review.snapshot, opened_at: review.opened_at, sha256, rows_checked },
    sheet: { file: basename(path), sha256: sheetHash },
    differences: [...differences],
    ...outcome,
  };
}

/** Replaces outcome.html and outcome.json once both are written. @returns their paths @throws OutputError if one can't be written */
export async function writeOutcome(folder: string, outcome: OutcomeDocument, names: GroupNames): Promise<string[]> {
  const [page, document] = [join(folder, FILES.outcomePage), join(folder, FILES.outcome)];
  const html = pageText(outcomePage(outcome, names));
  await replaceFileBy(document, async (temporary) => {
    await writePieces(temporary, documentLines(outcome));
    await replaceFile(page, [html]);
  });
  return [page, document];
}

type GroupNames = ReadonlyMap<string, string>;

/** The names of groups on the day of the review and on the newest day, for the page. A group without a name is shown by its id. */
export async function groupNamesOf(store: Store, { review, newest }: OutcomeDocument): Promise<GroupNames> {
  const manifests = await readManifests(store, newest ? [review.dt, newest.dt] : [review.dt]);
  return new GroupNameReader(store, manifests).of(newest?.dt ?? review.dt, review.dt);
}
