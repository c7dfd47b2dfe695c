/** Reads review.json, which no one may have changed since the review was opened. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { jsonOf, sha256Of } from '../../snapshot/commits/document.ts';
import { SCHEMA_VERSION } from '../../snapshot/contract.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { REVIEW, type Review } from '../../snapshot/review/review-document.ts';
import { codeOf } from '../../snapshot/store/folder/durable-folder.ts';
import { readInput } from './input-file.ts';
import { FILES } from './review-files.ts';

const VERSION = z.object({ schema_version: z.number(), program_version: z.string().optional() });

/** @throws SettingsError if the folder has no review */
export const refuseNoReview = (folder: string): Promise<void> =>
  access(join(folder, FILES.review)).catch((error: unknown) => {
    throw unreadable(join(folder, FILES.review), codeOf(error) ?? 'unknown');
  });

/** @throws SettingsError if it is missing, damaged, or of another version */
export async function readReview(folder: string): Promise<{ readonly review: Review; readonly sha256: string }> {
  const path = join(folder, FILES.review);
  const input = await readInput(path);
  if ('why' in input) throw unreadable(path, input.why);
  const { bytes } = input;
  const json = jsonOf(bytes);
  const version = VERSION.safeParse(json).data;
  if (version && version.schema_version !== SCHEMA_VERSION)
    throw new SettingsError(
      `${path} has version ${version.schema_version}, and this program reads version ${SCHEMA_VERSION}. Close the review with program ${version.program_version ?? 'of that version'}`,
    );
  const { data: review } = REVIEW.safeParse(json);
  if (!review || !isConsistent(review))
    throw new SettingsError(`${path} is damaged. Restore it from a copy, or open the review again`);
  return { review, sha256: sha256Of(bytes) };
}

/** Whether rows are numbered in order, belong to the day, and no user has two. */
const isConsistent = ({ rows, snapshot }: Review): boolean =>
  rows.every(({ row, dt }, i) => row === i + 1 && dt === snapshot.dt) &&
  new Set(rows.map(({ id }) => id)).size === rows.length;

const unreadable = (path: string, why: string): SettingsError =>
  new SettingsError(
    `${path} ${why === 'ENOENT' ? 'does not exist' : `could not be read (${why})`}: give the folder that review open wrote`,
  );
