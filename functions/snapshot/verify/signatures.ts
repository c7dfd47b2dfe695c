/** Checks the signature of every commit, and that no commit lacks one that must have it. */
import type { CommitEntry } from '../commits/commit.ts';
import { isSignature, type PublicKey } from '../commits/public-key.ts';
import { KEYS } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { damaged, type Finding, note } from './findings.ts';
import { inARow, type NumberRange, numberRanges } from './number-ranges.ts';
import { type PublicKeys, readPublicKeys } from './public-keys.ts';

export interface SignatureOptions {
  /** Fingerprints, noted outside of the store, of the keys that may have signed. Default: every key of the store. */
  readonly keys?: readonly string[];
  /** The one of `keys` that may not have signed yet. The store may lack it until then. */
  readonly unusedKey?: string;
  /** The first commit that must be signed. */
  readonly signedFrom?: number;
  /** Commits after `signedFrom` that may lack a signature. */
  readonly unsigned?: readonly number[];
}

/** Commits by number. A damaged commit is in none of the ranges. */
export interface Signatures {
  /** Anyone who can write to the store can add a key to it, so its own keys don't prove who signed. */
  readonly checked_with: 'given keys' | 'keys of the store';
  /** The keys, and how many commits each of them signed. */
  readonly keys: readonly { readonly fingerprint: string; readonly commits: number }[];
  readonly valid: readonly NumberRange[];
  readonly invalid: readonly NumberRange[];
  readonly unsigned: readonly NumberRange[];
}

interface Checked {
  readonly number: number;
  /** The key of its signature. */
  readonly key: string;
  /** The fingerprint of the key that signed. Undefined if it is no signature by any key of the store. */
  readonly by: string | undefined;
}

export class SignatureCheck {
  readonly #options: SignatureOptions;
  readonly #given: readonly string[] | undefined;
  readonly #stored: PublicKeys;
  readonly #signed: Checked[] = [];
  readonly #unsigned: number[] = [];
  #newest = 0;
  #lastKey: PublicKey | undefined;

  private constructor(options: SignatureOptions, given: readonly string[] | undefined, stored: PublicKeys) {
    this.#options = options;
    this.#given = given;
    this.#stored = stored;
  }

  /** Reads the keys. Begin after the commits were listed, since a key is stored before the first commit that it signs. */
  static async begin(store: Store, options: SignatureOptions): Promise<SignatureCheck> {
    const given = options.keys && [...new Set(options.keys.map((key) => key.toLowerCase()))];
    const required = (given ?? []).filter((key) => key !== options.unusedKey);
    return new SignatureCheck(options, given, await readPublicKeys(store, required));
  }

  readonly visit = ({ number, commit }: CommitEntry, bytes: Buffer, signature: Buffer | undefined): void => {
    this.#newest = number;
    if (!commit) return; // the chain says so
    if (!signature) this.#unsigned.push(number);
    else {
      const key = KEYS.signature(number, commit.execution);
      this.#signed.push({ number, key, by: this.#signerOf(bytes, signature)?.fingerprint });
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
    const accepted = this.#given ?? this.#stored.keys.map(({ fingerprint }) => fingerprint);
    const isValid = ({ by }: Checked) => by !== undefined && accepted.includes(by);
    const invalid = this.#signed.filter((checked) => !isValid(checked));
    return {
      signatures: {
        checked_with: this.#given ? 'given keys' : 'keys of the store',
        keys: accepted.map((fingerprint) => ({
          fingerprint,
          commits: this.#signed.filter(({ by }) => by === fingerprint).length,
        })),
        valid: numberRanges(this.#signed.filter(isValid).map(({ number }) => number)),
        invalid: numberRanges(invalid.map(({ number }) => number)),
        unsigned: numberRanges(this.#unsigned),
      },
      findings: [
        ...this.#stored.findings,
        ...invalidFindings(invalid),
        ...this.#missingFindings(),
        ...this.#uselessKeyFindings(),
        ...this.#unusedKeyFindings(),
      ],
    };
  }

  #missingFindings(): Finding[] {
    const { signedFrom, unsigned = [] } = this.#options;
    const first = signedFrom ?? this.#signed[0]?.number;
    if (first === undefined) return [];
    const lacking = this.#unsigned.filter((number) => number >= first && !unsigned.includes(number));
    const finding = signedFrom === undefined ? note : damaged;
    const beyond =
      signedFrom !== undefined && signedFrom > this.#newest
        ? [damaged(KEYS.commit(signedFrom), 'is missing, though it must be signed: the store was truncated')]
        : [];
    return [
      ...numberRanges(lacking).map((range) => finding(KEYS.commit(range.first), `is not signed${inARow(range)}`)),
      ...beyond,
    ];
  }

  /** Without this, a store whose signatures were all deleted would look as sound as a signed one. */
  #uselessKeyFindings(): Finding[] {
    const given = this.#given?.find((key) => key !== this.#options.unusedKey || this.#isStored(key));
    const isExplained = this.#options.signedFrom !== undefined || this.#stored.findings.length > 0;
    if (given === undefined || isExplained || this.#signed.length > 0) return [];
    return [damaged(KEYS.publicKey(given), 'was given, but no commit is signed')];
  }

  #unusedKeyFindings(): Finding[] {
    const { unusedKey } = this.#options;
    if (unusedKey === undefined || this.#isStored(unusedKey)) return [];
    const why = 'is not stored: this key has signed nothing yet, or it was deleted with its signatures';
    return [note(KEYS.publicKey(unusedKey), why)];
  }

  #isStored(fingerprint: string): boolean {
    return this.#stored.keys.some((key) => key.fingerprint === fingerprint);
  }
}

/** One finding for each reason and range of commits. */
function invalidFindings(invalid: readonly Checked[]): Finding[] {
  const bySigner = Map.groupBy(invalid, ({ by }) => by);
  return [...bySigner].flatMap(([by, checked]) =>
    numberRanges(checked.map(({ number }) => number)).map((range) => {
      const key = checked.find(({ number }) => number === range.first)?.key ?? '';
      return damaged(
        key,
        by === undefined
          ? `matches its commit under no key in keys/${inARow(range)}: one of the two was edited, or the key is missing`
          : `was made with the key ${by}, which was not given${inARow(range)}`,
      );
    }),
  );
}
