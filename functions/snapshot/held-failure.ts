import { SourceContractError } from './errors.ts';

/** Holds back a breach of the contract until the response has been received in full, so that `raw/` has all of it. */
export class HeldFailure {
  #failure: SourceContractError | undefined;

  /** The result of `work`; undefined, without another call, once it has broken the contract. Other errors are thrown at once. */
  attempt<T>(work: () => T): T | undefined {
    if (this.#failure) return undefined;
    try {
      return work();
    } catch (error) {
      if (!(error instanceof SourceContractError)) throw error;
      this.#failure = error;
      return undefined;
    }
  }

  /** @throws the SourceContractError that was held back, if there is one */
  release(): void {
    if (this.#failure) throw this.#failure;
  }
}
