import { type CommitEntry, parseCommit } from '../commits/commit.ts';
import { documentBytes, readDocument } from '../commits/document.ts';
import { RUN_DOCUMENT } from '../commits/run-document.ts';

import { COMMITS_FOLDER, commitNumberOf, KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding } from './findings.ts';
import { isHidden } from './untracked.ts';

export interface Chain {
  /** All commits by number, sound or not. */
  readonly entries: readonly CommitEntry[];
  readonly findings: readonly Finding[];
}

/** Reads all commits and checks each against the hash that the next commit, or its run document, has of it. */
export async function readChain(store: Store): Promise<Chain> {
  const findings: Finding[] = [];
  const entries: CommitEntry[] = [];
  for (const key of (await store.list(COMMITS_FOLDER)).filter((listed) => !isHidden(listed))) {
    const number = commitNumberOf(key);
    const bytes = await store.read(key);
    if (number === undefined || !bytes) {
      findings.push(damaged(key, 'is not a commit'));
      continue;
    }
    const entry = parseCommit(number, bytes);
    const written = entry.commit && documentBytes(entry.commit).equals(bytes);
    if (!written) findings.push(damaged(key, 'is not a commit of this number as it was written'));
    findings.push(...linkFindings(entries.at(-1), entry), ...(await runFindings(store, entry)));
    entries.push(entry);
  }
  return { entries, findings };
}

function linkFindings(before: CommitEntry | undefined, { number, commit }: CommitEntry): Finding[] {
  const findings: Finding[] = [];
  const missing = number - (before?.number ?? 0) - 1;
  if (missing > 0) {
    const more = missing === 1 ? '' : `, as are the ${missing - 1} behind it`;
    findings.push(damaged(KEYS.commit(number - missing), `is missing, though there is a later commit${more}`));
  }
  if (!commit) return findings;
  const key = KEYS.commit(number);
  if (missing === 0 && commit.previous_commit_sha256 !== (before?.sha256 ?? null)) {
    const other = before ? KEYS.commit(before.number) : 'nothing';
    findings.push(damaged(before ? other : key, `is not what ${key} was built on: one of the two was edited`));
  }
  if (before?.commit && before.commit.dt > commit.dt)
    findings.push(damaged(key, 'is of an earlier day than the commit before it'));
  return findings;
}

/** No later commit holds the newest one's hash, but its run document does. */
async function runFindings(store: Store, { number, sha256, commit }: CommitEntry): Promise<Finding[]> {
  const document = commit && (await readDocument(store, KEYS.run(commit.run_id), RUN_DOCUMENT));
  if (document?.commit !== number || document.commit_sha256 === sha256) return [];
  return [
    damaged(
      KEYS.commit(number),
      `is not the commit whose hash ${KEYS.run(document.run_id)} holds: one of the two was edited`,
    ),
  ];
}
