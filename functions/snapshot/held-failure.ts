import { SourceContractError } from './errors.ts';

/** Holds back a contract error until the whole response has been received, so that `raw/` gets all of it. */
export class HeldFailure {
  #failure: SourceContractError | undefined;

  /** Returns the result of `work`. After a contract error it returns undefined and no longer calls `work`. Other errors are thrown. */
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

  /** @throws the SourceContractError that was held back, if any */
  release(): void {
    if (this.#failure) throw this.#failure;
  }
}
