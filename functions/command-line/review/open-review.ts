/** Writes the folder of a new review: complete or not at all, and readable by its owner only. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { PROGRAM_VERSION, SCHEMA_VERSION } from '../../snapshot/contract.ts';
import type { ExceptionList } from '../../snapshot/review/exceptions.ts';
import type { Population, ReviewedDay } from '../../snapshot/review/population.ts';
import type { Review } from '../../snapshot/review/review-document.ts';
import { codeOf } from '../../snapshot/store/folder/durable-folder.ts';
import type { Commands } from '../account-report/commands.ts';
import { OutputError } from '../output.ts';
import { replaceFile } from '../output-file.ts';
import { pageText } from '../page/page.ts';
import { documentLines } from './document-lines.ts';
import { type ImporterName, writeImport } from './importers.ts';
import { populationPage } from './population-page.ts';
import { FILES } from './review-files.ts';
import { writeSheetCsv } from './write-sheet-csv.ts';
import { writeWorkbook } from './write-workbook.ts';

/** What a review is opened with. */
export interface NewReview {
  readonly population: Population;
  readonly exceptions: ExceptionList | undefined;
  readonly dormantDays: number;
  readonly folder: string;
  readonly importers: readonly ImporterName[];
  readonly openedAt: Date;
  /** The store, as messages name it. */
  readonly location: string;
  readonly commands: Commands;
}

export interface OpenedReview {
  readonly folder: string;
  /** Names of the files in the folder. */
  readonly files: readonly string[];
  readonly dt: string;
  readonly commit: number;
  readonly commit_sha256: string;
  readonly users: number;
  readonly administrators: number;
  /** SHA-256 of review.json. */
  readonly sha256: string;
  /** How the list of people was read. Null without a list. */
  readonly people: Population['people'];
  readonly notes: readonly string[];
}

/** @param onStep throws if the review is to be abandoned @throws OutputError if a file can't be written */
export async function openReview(options: NewReview, onStep: () => void): Promise<OpenedReview> {
  const { folder, population, location, commands } = options;
  const review = reviewOf(options);
  const target = resolve(folder);
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    await inFolder(folder, () => mkdir(temporary, { recursive: true, mode: 0o700 }));
    onStep();
    const sha256 = await writeReview(join(temporary, FILES.review), review);
    onStep();
    await writeWorkbook(join(temporary, FILES.workbook), review);
    onStep();
    await writeSheetCsv(join(temporary, FILES.csv), review);
    const imports: string[] = [];
    for (const name of options.importers) imports.push(basename(await writeImport(name, temporary, review)));
    const page = pageText(populationPage({ review, population, sha256, location, commands }));
    await replaceFile(join(temporary, FILES.population), [page]);
    onStep();
    await inFolder(folder, () => place(temporary, target));
    return {
      folder,
      files: [FILES.workbook, FILES.csv, ...imports, FILES.population, FILES.review],
      ...review.snapshot,
      users: review.rows.length,
      administrators: review.rows.filter(({ is_admin }) => is_admin).length,
      sha256,
      people: population.people,
      notes: population.notes,
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** An empty folder of the target's name is replaced. */
async function place(temporary: string, target: string): Promise<void> {
  const isThere = await stat(target).then(
    () => true,
    () => false,
  );
  if (isThere) await rmdir(target);
  await rename(temporary, target);
}

async function inFolder(folder: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const code = codeOf(error) ?? 'unknown';
    const advice = ADVICE[code];
    throw new OutputError(`could not write ${folder} (${code})${advice ? `: ${advice}` : ''}`, { cause: error });
  }
}

const MEANWHILE = 'something else was written there in the meantime. Name another folder';
const ADVICE: { readonly [code: string]: string | undefined } = {
  ENOTEMPTY: MEANWHILE,
  EEXIST: MEANWHILE,
  EBUSY: 'a mount point cannot be replaced. Name a new folder in it',
};

const snapshotOf = ({ manifest: { dt, commit }, commit_sha256 }: ReviewedDay) => ({ dt, commit, commit_sha256 });

function reviewOf({ population, exceptions, dormantDays, openedAt, location }: NewReview): Review {
  const { people, without_account } = population;
  return {
    schema_version: SCHEMA_VERSION,
    program_version: PROGRAM_VERSION,
    opened_at: openedAt.toISOString(),
    store: location,
    snapshot: snapshotOf(population),
    since: population.since && snapshotOf(population.since),
    dormant_days: dormantDays,
    people: people && {
      ...{ file: people.file, sha256: people.sha256, column: people.column, addresses: people.addresses },
      without_account: [...without_account],
    },
    exceptions: exceptions
      ? { file: exceptions.file, sha256: exceptions.sha256, count: exceptions.entries.length }
      : null,
    rows: [...population.rows],
  };
}

/** Writes review.json. @returns its SHA-256 */
async function writeReview(path: string, review: Review): Promise<string> {
  const hash = createHash('sha256');
  function* hashed(): Generator<string> {
    for (const line of documentLines(review)) {
      hash.update(line);
      yield line;
    }
  }
  await replaceFile(path, hashed());
  return hash.digest('hex');
}
