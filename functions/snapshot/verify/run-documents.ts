/** Reads all run documents. Finds the invalid ones, and those that disagree with the commits. */
import { COMMIT, type CommitEntry, DT } from '../commits/commit.ts';
import { parseDocument } from '../commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../commits/run-document.ts';
import { FOLDERS, KEYS } from '../contract.ts';
import { readAll } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';
import { Progress } from './progress.ts';
import { isHidden } from './untracked.ts';

export interface RunDocuments {
  readonly documents: readonly RunDocument[];
  readonly findings: readonly Finding[];
}

/**
 * Reads `runs/`, except hidden names. A run that was killed leaves a document that says `running`, and one whose store failed leaves none.
 * Neither is damage. Read the commits afterwards, since a commit is created before the document that mentions it.
 * @param latest the latest date that a run can have
 */
export async function readRunDocuments(store: Store, latest: string, progress = new Progress()): Promise<RunDocuments> {
  const keys = (await store.list(FOLDERS.runs)).filter((key) => !isHidden(key));
  const documents: RunDocument[] = [];
  const findings: Finding[] = [];
  for await (const { key, bytes } of progress.itemsOf('run documents', readAll(store, keys))) {
    const document = documentOf(key, bytes);
    if (!document) findings.push(damaged(key, 'is not a run document of this name'));
    else if (document.dt !== null && document.dt > latest) {
      // A run with a fast clock fails and records that. Only a publication can't be in the future.
      const finding = document.status === 'published' ? damaged : note;
      findings.push(finding(key, `is dated in the future, ${document.dt}`));
    } else documents.push(document);
  }
  return { documents, findings };
}

function documentOf(key: string, bytes: Uint8Array): RunDocument | undefined {
  const document = parseDocument(RUN_DOCUMENT, bytes);
  if (!document || key !== KEYS.run(document.run_id)) return undefined;
  const isDated = document.dt === null || DT.safeParse(document.dt).success;
  return isDated && COMMIT.shape.run_id.safeParse(document.run_id).success ? document : undefined;
}

/**
 * Compares the publications in run documents with the commits. For the newest commit, only its run document proves its hash, or that it
 * ever existed, since no later commit holds its hash yet.
 */
export function publicationFindings(documents: readonly RunDocument[], entries: readonly CommitEntry[]): Finding[] {
  const byNumber = new Map(entries.map((entry) => [entry.number, entry]));
  return documents.filter(({ status }) => status === 'published').flatMap((document) => findingOf(document, byNumber));
}

function findingOf(document: RunDocument, entries: ReadonlyMap<number, CommitEntry>): Finding[] {
  const own = KEYS.run(document.run_id);
  if (document.commit === undefined || document.commit_sha256 === undefined)
    return [damaged(own, 'says published, but names no commit')];
  const key = KEYS.commit(document.commit);
  const entry = entries.get(document.commit);
  if (!entry) return [damaged(key, `is missing, though ${own} says that it was published`)];
  if (!entry.commit) return []; // the chain says so
  if (entry.sha256 !== document.commit_sha256)
    return [damaged(key, `does not match the hash in ${own}: one of the two was edited`)];
  if (entry.commit.run_id !== document.run_id || entry.commit.dt !== document.dt)
    return [damaged(own, `doesn't agree with ${key}: one of the two was edited`)];
  return [];
}
