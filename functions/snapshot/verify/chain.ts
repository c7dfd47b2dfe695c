/** Reads all commits. Checks each against its hash in the next commit, and against the dates of the others. */
import { type Commit, type CommitEntry, parseCommit } from '../commits/commit.ts';
import { documentBytes } from '../commits/document.ts';
import { COMMITS_FOLDER, commitNumberOf, KEYS, MOST_BYTES, signatureOf } from '../contract.ts';
import { several } from '../store/read-all.ts';
import type { Store } from '../store/store.ts';
import { misdatedCommits } from './dates.ts';
import { damaged, type Finding } from './findings.ts';
import { Progress } from './progress.ts';
import { type Content, contentOf } from './readable.ts';
import { isHidden } from './untracked.ts';

export interface Chain {
  /** All commits by number, sound or not. */
  readonly entries: readonly CommitEntry[];
  /** The valid commits with a plausible date. Their dates never decrease. */
  readonly commits: readonly Commit[];
  readonly findings: readonly Finding[];
}

/** What `commits/` holds, except hidden names. */
export interface ListedCommits {
  /** Ascending. */
  readonly numbers: readonly number[];
  /** The keys of signatures. Some may be left over from attempts that lost their number, so only a commit's own one is read. */
  readonly signatures: ReadonlySet<string>;
  readonly others: readonly string[];
}

/** Receives each commit in order, as it is stored, with the signature of its own attempt. */
export type CommitVisitor = (entry: CommitEntry, bytes: Buffer, signature: Content | undefined) => void;

export async function listCommits(store: Store): Promise<ListedCommits> {
  const keys = (await store.list(COMMITS_FOLDER)).filter((listed) => !isHidden(listed));
  return {
    numbers: keys.flatMap((key) => commitNumberOf(key) ?? []).sort((a, b) => a - b),
    signatures: new Set(keys.filter((key) => signatureOf(key))),
    others: keys.filter((key) => commitNumberOf(key) === undefined && !signatureOf(key)),
  };
}

/** @param latest the latest date that a commit can have */
export async function readChain(
  store: Store,
  listed: ListedCommits,
  latest: string,
  visit: CommitVisitor,
  progress = new Progress(),
): Promise<Chain> {
  const findings: Finding[] = listed.others.map((key) => damaged(key, 'is not a commit'));
  const entries: CommitEntry[] = [];
  for await (const { entry, bytes, signature } of progress.itemsOf('commits', readCommits(store, listed))) {
    const key = KEYS.commit(entry.number);
    const written = entry.commit && documentBytes(entry.commit).equals(bytes);
    if (!written)
      findings.push(damaged(key, 'is not a valid commit of this number, or was changed after it was written'));
    findings.push(...linkFindings(entries.at(-1), entry));
    entries.push(entry);
    visit(entry, bytes, signature);
  }
  const read = new Set(entries.map(({ number }) => number));
  for (const number of progress.stoppedIn ? [] : listed.numbers)
    if (!read.has(number)) findings.push(damaged(KEYS.commit(number), 'is not a commit'));
  const parsed = entries.flatMap(({ commit }) => commit ?? []);
  const misdated = misdatedCommits(parsed, latest);
  for (const [number, message] of misdated) findings.push(damaged(KEYS.commit(number), message));
  return { entries, commits: parsed.filter(({ commit }) => !misdated.has(commit)), findings };
}

interface ReadCommit {
  readonly entry: CommitEntry;
  readonly bytes: Buffer;
  readonly signature: Content | undefined;
}

async function* readCommits(store: Store, { numbers, signatures }: ListedCommits): AsyncGenerator<ReadCommit> {
  const read = several(numbers, async (number): Promise<ReadCommit | undefined> => {
    const bytes = await store.read(KEYS.commit(number), MOST_BYTES.commit);
    if (!bytes) return undefined;
    const entry = parseCommit(number, bytes);
    const own = entry.commit && KEYS.signature(number, entry.commit.execution);
    // A listing isn't taken at one instant: it may have the newest commit, but not the signature that was stored just before it.
    const isDue = own !== undefined && (signatures.has(own) || number === numbers.at(-1));
    return { entry, bytes, signature: isDue ? await contentOf(store, own, MOST_BYTES.signature) : undefined };
  });
  for await (const commit of read) if (commit) yield commit;
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
