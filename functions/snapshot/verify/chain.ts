/** Reads all commits. Checks each against its hash in the next commit, and against the dates of the others. */
import { type Commit, type CommitEntry, parseCommit } from '../commits/commit.ts';
import { documentBytes } from '../commits/document.ts';
import { COMMITS_FOLDER, commitNumberOf, KEYS } from '../contract.ts';
import { readEach } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { misdatedCommits } from './dates.ts';
import { damaged, type Finding } from './findings.ts';
import { Progress } from './progress.ts';
import { isHidden } from './untracked.ts';

export interface Chain {
  /** All commits by number, sound or not. */
  readonly entries: readonly CommitEntry[];
  /** The valid commits with a plausible date. Their dates never decrease. */
  readonly commits: readonly Commit[];
  readonly findings: readonly Finding[];
}

/** @param latest the latest date that a commit can have */
export async function readChain(store: Store, latest: string, progress = new Progress()): Promise<Chain> {
  const findings: Finding[] = [];
  const entries: CommitEntry[] = [];
  const keys = (await store.list(COMMITS_FOLDER)).filter((listed) => !isHidden(listed));
  const inOrder = keys.sort((a, b) => (commitNumberOf(a) ?? 0) - (commitNumberOf(b) ?? 0));
  for await (const { key, bytes } of progress.itemsOf('commits', readEach(store, inOrder))) {
    const number = commitNumberOf(key);
    if (number === undefined || !bytes) {
      findings.push(damaged(key, 'is not a commit'));
      continue;
    }
    const entry = parseCommit(number, bytes);
    const written = entry.commit && documentBytes(entry.commit).equals(bytes);
    if (!written)
      findings.push(damaged(key, 'is not a valid commit of this number, or was changed after it was written'));
    findings.push(...linkFindings(entries.at(-1), entry));
    entries.push(entry);
  }
  const parsed = entries.flatMap(({ commit }) => commit ?? []);
  const misdated = misdatedCommits(parsed, latest);
  for (const [number, message] of misdated) findings.push(damaged(KEYS.commit(number), message));
  return { entries, commits: parsed.filter(({ commit }) => !misdated.has(commit)), findings };
}

function linkFindings(before: CommitEntry | undefined, { number, commit }: CommitEntry): Finding[] {
  const key = KEYS.commit(number);
  const missing = number - (before?.number ?? 0) - 1;
  if (missing > 0) {
    const which = missing === 1 ? 'is missing' : `is missing, the first of ${missing} in a row`;
    return [damaged(KEYS.commit(number - missing), `${which}, though a later commit exists`)];
  }
  if (!commit || commit.previous_commit_sha256 === (before?.sha256 ?? null)) return [];
  const other = before ? KEYS.commit(before.number) : 'nothing';
  return [damaged(before ? other : key, `does not match the hash in ${key}: one of the two was edited`)];
}
