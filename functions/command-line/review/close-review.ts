/** Closes a review: reads what was frozen and what was decided, and writes what the later snapshots prove. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256Of } from '../../snapshot/commits/document.ts';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../../snapshot/contract.ts';
import { proveOutcome } from '../../snapshot/review/outcome.ts';
import type { OutcomeDocument } from '../../snapshot/review/outcome-document.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { replaceFile } from '../output-file.ts';
import { pageText } from '../page/page.ts';
import { documentLines } from './document-lines.ts';
import { readFilledSheet } from './find-sheet.ts';
import { outcomePage } from './outcome-page.ts';
import { readReview } from './read-review.ts';
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
  const { review, sha256 } = await readReview(folder);
  const { path, decisions, differences } = await readFilledSheet(folder, named, review, now);
  const sheet = { file: basename(path), sha256: sha256Of(await readFile(path)) };
  const outcome = await proveOutcome(store, review, decisions, { now, latest });
  return {
    schema_version: SCHEMA_VERSION,
    program_version: PROGRAM_VERSION,
    closed_at: now.toISOString(),
    store: store.location,
    review: { ...review.snapshot, opened_at: review.opened_at, sha256 },
    sheet,
    differences: [...differences],
    ...outcome,
  };
}

/** Replaces outcome.html and outcome.json, each at once. @returns their paths @throws OutputError if one can't be written */
export async function writeOutcome(folder: string, outcome: OutcomeDocument): Promise<string[]> {
  const [page, document] = [join(folder, FILES.outcomePage), join(folder, FILES.outcome)];
  const html = pageText(outcomePage(outcome));
  await replaceFile(document, documentLines(outcome));
  await replaceFile(page, [html]);
  return [page, document];
}
