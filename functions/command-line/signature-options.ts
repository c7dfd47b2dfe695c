/** The options of `verify` about signatures: what they accept, and which excuse nothing. */
import { InvalidArgumentError, Option } from 'commander';
import { isIn } from '../snapshot/verify/number-ranges.ts';
import type { SignatureOptions } from '../snapshot/verify/signatures.ts';
import type { Verification } from '../snapshot/verify/verify.ts';
import { sha256 } from './options.ts';

export const keyOption = (): Option =>
  new Option(
    '--key <fingerprint>',
    'SHA-256 of a public key in DER, noted elsewhere; every signature must be by such a key; can be repeated (default: the keys in keys/, which proves less)',
  ).argParser((text, before: readonly string[] = []): readonly string[] => [...before, sha256(text)]);

export const signedFromOption = (): Option =>
  new Option('--signed-from <number>', 'each commit from this number on must be signed').argParser(commitNumber);

export const unsignedOption = (): Option =>
  new Option(
    '--unsigned <number>',
    'this commit was published unsigned: it may lack a signature, or have one that is not valid; can be repeated',
  ).argParser((text, before: readonly number[] = []): readonly number[] => [...before, commitNumber(text)]);

/** Warns of commits of `--unsigned` that excuse nothing. Most likely another commit was meant. */
export function needlessExcuses(
  { unsigned = [], signedFrom }: SignatureOptions,
  { newest_commit, signatures }: Pick<Verification, 'newest_commit' | 'signatures'>,
): string[] {
  // Without --signed-from, an unsigned commit is a note if an earlier one is signed.
  const firstToSign = signedFrom ?? Math.min(...[...signatures.valid, ...signatures.invalid].map(({ first }) => first));
  return [...new Set(unsigned)].flatMap((number) => {
    if (number > (newest_commit ?? 0)) return [`--unsigned ${number}: there is no such commit`];
    if (isIn(signatures.valid, number)) return [`--unsigned ${number}: this commit is signed`];
    const isNeedless = number < firstToSign && isIn(signatures.unsigned, number);
    return isNeedless ? [`--unsigned ${number}: this commit needs no signature`] : [];
  });
}

/** The name of a commit's file, `00000042`, is accepted too. */
function commitNumber(text: string): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw new InvalidArgumentError('Expected the number of a commit, such as 42.');
  return number;
}
