/** How far a verification has come when it is stopped, so that nothing unchecked counts as sound. */
import { StoppedError } from '../store/stoppable.ts';

/** The parts of a verification, in order. */
export const PARTS = ['run documents', 'commits', 'days', 'untracked objects'] as const;
export type Part = (typeof PARTS)[number];

export class Progress {
  #stoppedIn: Part | undefined;

  /** Undefined if the verification wasn't stopped. */
  get stoppedIn(): Part | undefined {
    return this.#stoppedIn;
  }

  /** Does one part. Returns `nothing` if the verification is stopped meanwhile, or was before. */
  async part<T>(name: Part, nothing: T, work: () => Promise<T>): Promise<T> {
    if (this.#stoppedIn !== undefined) return nothing;
    try {
      return await work();
    } catch (error) {
      this.#stop(name, error);
      return nothing;
    }
  }

  /** The items of a part that were read before the verification was stopped. */
  async *itemsOf<T>(name: Part, items: AsyncIterable<T>): AsyncGenerator<T> {
    if (this.#stoppedIn !== undefined) return;
    try {
      yield* items;
    } catch (error) {
      this.#stop(name, error);
    }
  }

  /** @throws an error other than that of a stopped store */
  #stop(name: Part, error: unknown): void {
    if (!(error instanceof StoppedError)) throw error;
    this.#stoppedIn ??= name;
  }
}
