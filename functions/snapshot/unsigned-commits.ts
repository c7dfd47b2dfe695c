/** Says which commits of other runs lack the signature that they should have. Only `verify` checks signatures. */

import type { CommitEntry } from './commits/commit.ts';
import { COMMITS_FOLDER, KEYS, MOST_BYTES, signatureOf } from './contract.ts';
import { StoreError } from './errors.ts';
import type { Run } from './run.ts';
import type { Store } from './store/store.ts';

export class UnsignedCommits {
  readonly #run: Run;
  readonly #store: Store;
  /** The lowest number with a signature, once it was looked for. Infinity if there is none. */
  #first: number | undefined;

  constructor(run: Run, store: Store) {
    this.#run = run;
    this.#store = store;
  }

  /**
   * Null if nothing was signed up to this commit: the installation didn't sign yet. If the store doesn't reveal it, the commit counts as
   * unsigned, and the run continues.
   */
  async isUnsigned(entry: CommitEntry): Promise<boolean | null> {
    const { number } = entry;
    try {
      this.#first ??= await this.#firstSignature();
      return number < this.#first ? null : !(await this.#hasSignature(entry));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#run.onWarning(`commit ${number} counts as unsigned, because its signature can't be read: ${error.message}`);
      return true;
    }
  }

  async #hasSignature({ number, commit }: CommitEntry): Promise<boolean> {
    if (!commit) return false;
    const signature = await this.#store.read(KEYS.signature(number, commit.execution), MOST_BYTES.signature);
    return signature !== undefined;
  }

  /** Of any attempt, also of one that lost its number: the run that left it signed. */
  async #firstSignature(): Promise<number> {
    const keys = await this.#store.list(COMMITS_FOLDER);
    return keys.reduce((first, key) => Math.min(first, signatureOf(key)?.number ?? Infinity), Infinity);
  }
}
