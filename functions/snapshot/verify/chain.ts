/** Reads all commits. Checks each against its hash in the next commit, and against the dates of the others. */
import { type Commit, type CommitEntry, parseCommit } from '../commits/commit.ts';
import { documentBytes } from '../commits/document.ts';
import { COMMITS_FOLDER, commitNumberOf, KEYS, signatureOf } from '../contract.ts';
import { readAll } from '../store/read-all.ts';
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

/** What `commits/` holds, except hidden names. */
export interface ListedCommits {
  /** Ascending. */
  readonly numbers: readonly number[];
  /** The keys of signatures by commit number. Some may be left over from attempts that lost their number. */
  readonly signatures: ReadonlyMap<number, readonly string[]>;
  readonly others: readonly string[];
}

/** Receives each commit in order, as it is stored, with the signature of its own attempt. */
export type CommitVisitor = (entry: CommitEntry, bytes: Buffer, signature: Buffer | undefined) => void;

export async function listCommits(store: Store): Promise<ListedCommits> {
  const keys = (await store.list(COMMITS_FOLDER)).filter((listed) => !isHidden(listed));
  const signatures = Map.groupBy(
    keys.filter((key) => signatureOf(key)),
    (key) => signatureOf(key)?.number ?? 0,
  );
  return {
    numbers: keys.flatMap((key) => commitNumberOf(key) ?? []).sort((a, b) => a - b),
    signatures,
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
  readonly signature: Buffer | undefined;
}

async function* readCommits(store: Store, { numbers, signatures }: ListedCommits): AsyncGenerator<ReadCommit> {
  const keys = numbers.flatMap((number) => [...(signatures.get(number) ?? []), KEYS.commit(number)]);
  const ofNext = new Map<string, Buffer>();
  for await (const { key, bytes } of readAll(store, keys)) {
    const number = commitNumberOf(key);
    if (number === undefined) {
      ofNext.set(key, bytes);
      continue;
    }
    const entry = parseCommit(number, bytes);
    const own = entry.commit && KEYS.signature(number, entry.commit.execution);
    const signature = own === undefined ? undefined : ofNext.get(own);
    // A listing isn't taken at one instant: it may have the newest commit, but not the signature that was stored just before it.
    const isLate = own !== undefined && !signature && number === numbers.at(-1);
    yield { entry, bytes, signature: isLate ? await store.read(own) : signature };
    ofNext.clear();
  }
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
