/** Reads all commits and checks their signatures, as far as a verification comes. */
import { signatureOf } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { type Chain, listCommits, readChain } from './chain.ts';
import type { Finding } from './findings.ts';
import type { Progress } from './progress.ts';
import { SignatureCheck, type SignatureOptions, type Signatures } from './signatures.ts';

export interface SignedChain extends Chain {
  readonly signed: { readonly signatures: Signatures; readonly findings: readonly Finding[] };
}

/** @param latest the latest date that a commit can have */
export async function readSignedChain(
  store: Store,
  options: SignatureOptions,
  latest: string,
  progress: Progress,
): Promise<SignedChain> {
  const begun = await progress.part('commits', undefined, async () => {
    const listed = await listCommits(store);
    return { listed, check: await SignatureCheck.begin(store, options, listed) };
  });
  if (!begun) return nothingRead(options);
  const chain = await readChain(store, begun.listed, latest, begun.check.visit, progress);
  const { signatures, findings } = begun.check.result();
  if (progress.stoppedIn === undefined) return { ...chain, signed: { signatures, findings } };
  // Commits that weren't read may have the signatures that seem to be missing.
  return { ...chain, signed: { signatures, findings: findings.filter(({ key }) => signatureOf(key)) } };
}

const nothingRead = ({ keys }: SignatureOptions): SignedChain => {
  const checked_with = keys ? 'given keys' : 'keys of the store';
  const signatures: Signatures = { checked_with, keys: [], unused_keys: 0, valid: [], invalid: [], unsigned: [] };
  return { entries: [], commits: [], findings: [], signed: { signatures, findings: [] } };
};
