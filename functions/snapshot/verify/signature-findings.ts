/** Says what is wrong with the signatures of a store: which are not valid, which are missing, and which sign commits that are gone. */
import { KEYS, signatureOf } from '../contract.ts';
import { damaged, type Finding, note } from './findings.ts';
import { inARow, numberRanges } from './number-ranges.ts';

/** A commit that has a signature. */
export interface SignedCommit {
  readonly number: number;
  /** The key of its signature. */
  readonly key: string;
  /** The fingerprint of the key that signed. Undefined if it is no signature by any key that was read. */
  readonly by: string | undefined;
  /** Why it can't be read. */
  readonly problem: string | undefined;
}

/** One finding for each reason and range of commits. */
export function invalidFindings(invalid: readonly SignedCommit[], unsigned: readonly number[]): Finding[] {
  const byReason = Map.groupBy(invalid, (commit) =>
    unsigned.includes(commit.number) ? undefined : (commit.problem ?? commit.by ?? ''),
  );
  return [...byReason].flatMap(([reason, commits]) =>
    numberRanges(commits.map(({ number }) => number)).flatMap((range) => {
      const first = commits.find(({ number }) => number === range.first);
      if (!first) return [];
      if (reason === undefined) return [note(first.key, `is not valid, which --unsigned excuses${inARow(range)}`)];
      return [damaged(first.key, messageOf(first, inARow(range)))];
    }),
  );
}

function messageOf({ by, problem }: SignedCommit, row: string): string {
  if (problem !== undefined) return problem;
  return by === undefined
    ? `matches its commit under no key in keys/${row}: one of the two was edited, or the key is missing`
    : `was made with the key ${by}, which was not given${row}`;
}

/** @param lacking the commits that have no signature, ascending */
export const unsignedFindings = (lacking: readonly number[], finding: typeof note): Finding[] =>
  numberRanges(lacking).map((range) => finding(KEYS.commit(range.first), `is not signed${inARow(range)}`));

/**
 * Finds signatures of commits that are gone. A run signs only the commit after the newest, so the leftover of an attempt that lost its
 * number is for that commit at most. The bytes that a signature is for are gone with its commit, so anyone could have written it.
 */
export function beyondFindings(
  signatures: ReadonlySet<string>,
  newest: number | undefined,
  finding: typeof note,
): Finding[] {
  const beyond = [...signatures].filter((key) => (signatureOf(key)?.number ?? 0) > (newest ?? 0) + 1);
  const [first] = beyond;
  if (first === undefined) return [];
  const more = beyond.length === 1 ? '' : `, and ${beyond.length - 1} more do`;
  return [finding(first, `signs a commit later than the one after the newest${more}: commits may have been removed`)];
}
