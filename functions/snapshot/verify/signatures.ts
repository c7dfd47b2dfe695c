/** Checks the signature of every commit, and that no commit lacks one that must have it. */
import type { CommitEntry } from '../commits/commit.ts';
import { isSignature, type PublicKey } from '../commits/public-key.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import type { ListedCommits } from './chain.ts';
import { damaged, type Finding, note } from './findings.ts';
import { type NumberRange, numberRanges } from './number-ranges.ts';
import { type PublicKeys, readPublicKeys } from './public-keys.ts';
import type { Content } from './readable.ts';
import { beyondFindings, invalidFindings, type SignedCommit, unsignedFindings } from './signature-findings.ts';

export interface SignatureOptions {
  /** Fingerprints, noted outside of the store, of the keys that may have signed. Default: every key of the store. */
  readonly keys?: readonly string[];
  /** The one of `keys` that may not have signed yet. The store may lack it until then. */
  readonly unusedKey?: string;
  /** The first commit that must be signed. */
  readonly signedFrom?: number;
  /** Commits that may lack a signature, or have one that isn't theirs, because a run published them unsigned. */
  readonly unsigned?: readonly number[];
  /**
   * Counts the commits since this time that lack a valid signature, from `signedFrom` on, or after the first that has one. An unsigned
   * commit is then no damage, not even from `signedFrom` on.
   */
  readonly unsignedSince?: Date;
}

/** Commits by number. A damaged commit is in none of the ranges. */
export interface Signatures {
  /** Anyone who can write to the store can add a key to it, so its own keys don't prove who signed. */
  readonly checked_with: 'given keys' | 'keys of the store';
  /** The given keys, or those that signed, and how many commits each of them signed. */
  readonly keys: readonly { readonly fingerprint: string; readonly commits: number }[];
  /** How many of the other keys that were read signed nothing. */
  readonly unused_keys: number;
  readonly valid: readonly NumberRange[];
  readonly invalid: readonly NumberRange[];
  readonly unsigned: readonly NumberRange[];
  /** Only with `unsignedSince`. */
  readonly unsigned_recently?: number;
}

export class SignatureCheck {
  readonly #options: SignatureOptions;
  readonly #given: readonly string[] | undefined;
  readonly #stored: PublicKeys;
  readonly #listed: ListedCommits;
  readonly #signed: SignedCommit[] = [];
  readonly #unsigned: number[] = [];
  readonly #recent: number[] = [];
  #newest = 0;
  #lastKey: PublicKey | undefined;

  private constructor(
    options: SignatureOptions,
    given: readonly string[] | undefined,
    listed: ListedCommits,
    stored: PublicKeys,
  ) {
    this.#options = options;
    this.#given = given;
    this.#listed = listed;
    this.#stored = stored;
  }

  /** Reads the keys. Begin after the commits were listed, since a key is stored before the first commit that it signs. */
  static async begin(store: Store, options: SignatureOptions, listed: ListedCommits): Promise<SignatureCheck> {
    const given = options.keys && [...new Set(options.keys.map((key) => key.toLowerCase()))];
    const required = (given ?? []).filter((key) => key !== options.unusedKey);
    return new SignatureCheck(options, given, listed, await readPublicKeys(store, given, required));
  }

  readonly visit = ({ number, commit }: CommitEntry, bytes: Buffer, signature: Content | undefined): void => {
    this.#newest = number;
    if (!commit) return; // the chain says so
    const { unsignedSince } = this.#options;
    if (unsignedSince && (Date.parse(commit.committed_at) >= unsignedSince.getTime() || this.#isNewest(number)))
      this.#recent.push(number);
    if (!signature) this.#unsigned.push(number);
    else {
      const key = KEYS.signature(number, commit.execution);
      const by = signature.bytes && this.#signerOf(bytes, signature.bytes)?.fingerprint;
      this.#signed.push({ number, key, by, problem: signature.problem });
    }
  };

  /** OpenSSL accepts strict DER only. Consecutive commits mostly have the same key, so that key is tried first. */
  #signerOf(bytes: Buffer, signature: Buffer): PublicKey | undefined {
    const keys = this.#lastKey ? [this.#lastKey, ...this.#stored.keys] : this.#stored.keys;
    const signer = keys.find((key) => isSignature(key, bytes, signature));
    if (signer) this.#lastKey = signer;
    return signer;
  }

  /** Once all commits were visited. */
  result(): { readonly signatures: Signatures; readonly findings: readonly Finding[] } {
    const { unsigned = [], unsignedSince } = this.#options;
    const valid = this.#signed.filter(({ by }) => by !== undefined && (this.#given?.includes(by) ?? true));
    const isValid = new Set(valid);
    const invalid = this.#signed.filter((commit) => !isValid.has(commit));
    return {
      signatures: {
        checked_with: this.#given ? 'given keys' : 'keys of the store',
        ...this.#keys(),
        valid: numberRanges(valid.map(({ number }) => number)),
        invalid: numberRanges(invalid.map(({ number }) => number)),
        unsigned: numberRanges(this.#unsigned),
        ...(unsignedSince && { unsigned_recently: this.#recentlyUnsigned(valid) }),
      },
      findings: [
        ...this.#stored.findings,
        ...invalidFindings(invalid, unsigned),
        ...this.#missingFindings(),
        ...beyondFindings(this.#listed.signatures, this.#listed.numbers.at(-1), this.#given ? damaged : note),
        ...this.#uselessKeyFindings(isValid),
        ...this.#unusedKeyFindings(),
      ],
    };
  }

  #keys(): Pick<Signatures, 'keys' | 'unused_keys'> {
    const stored = this.#stored.keys.map(({ fingerprint }) => fingerprint);
    const counts = new Map<string | undefined, number>();
    for (const { by } of this.#signed) counts.set(by, (counts.get(by) ?? 0) + 1);
    const shown = this.#given ?? stored.filter((fingerprint) => counts.has(fingerprint));
    return {
      keys: shown.map((fingerprint) => ({ fingerprint, commits: counts.get(fingerprint) ?? 0 })),
      unused_keys: stored.filter((fingerprint) => !shown.includes(fingerprint) && !counts.has(fingerprint)).length,
    };
  }

  /** Without `signedFrom`, it seems that the installation didn't sign before the first valid signature. */
  #recentlyUnsigned(valid: readonly SignedCommit[]): number {
    const signed = new Set(valid.map(({ number }) => number));
    const first = this.#options.signedFrom ?? valid[0]?.number ?? Infinity;
    return this.#recent.filter((number) => number >= first && !signed.has(number)).length;
  }

  /** Whether a commit without a signature can be damage. */
  get #mustBeSigned(): boolean {
    return this.#options.signedFrom !== undefined && this.#options.unsignedSince === undefined;
  }

  #missingFindings(): Finding[] {
    const { signedFrom, unsigned = [] } = this.#options;
    const first = signedFrom ?? this.#signed[0]?.number;
    if (first === undefined) return [];
    const lacking = this.#unsigned.filter((number) => number >= first && !unsigned.includes(number));
    const found = unsignedFindings(lacking, this.#mustBeSigned ? damaged : note);
    if (signedFrom === undefined || signedFrom <= this.#newest) return found;
    return [
      ...found,
      damaged(KEYS.commit(signedFrom), 'is missing, though it must be signed: the store was truncated'),
    ];
  }

  /** Without this, a store whose signatures were all deleted would look as sound as a signed one. */
  #uselessKeyFindings(valid: ReadonlySet<SignedCommit>): Finding[] {
    const { unsigned = [], unusedKey } = this.#options;
    const given = this.#given?.find((key) => key !== unusedKey);
    const isExplained = this.#mustBeSigned || this.#stored.findings.some(({ level }) => level === 'damaged');
    const isSigned = this.#signed.some((commit) => valid.has(commit) || !unsigned.includes(commit.number));
    if (given === undefined || isExplained || isSigned) return [];
    return [damaged(KEYS.publicKey(given), 'was given, but no commit is signed')];
  }

  #unusedKeyFindings(): Finding[] {
    const { unusedKey } = this.#options;
    if (unusedKey === undefined || this.#signed.some(({ by }) => by === unusedKey)) return [];
    const why = this.#isStored(unusedKey)
      ? 'has signed nothing yet, or its signatures were deleted'
      : 'is not stored: this key has signed nothing yet, or it was deleted with its signatures';
    return [note(KEYS.publicKey(unusedKey), why)];
  }

  #isNewest(number: number): boolean {
    return number === this.#listed.numbers.at(-1);
  }

  #isStored(fingerprint: string): boolean {
    return this.#stored.keys.some((key) => key.fingerprint === fingerprint);
  }
}
