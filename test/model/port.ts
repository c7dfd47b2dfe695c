import type { Call, Result, Values } from './calls.ts';

/** What a run does between two calls. No other run can see it, except the order in which uploads to one key started. */
export type PrivateStep =
  | { readonly kind: 'initiated' | 'abandoned'; readonly name: string }
  | { readonly kind: 'staged'; readonly upload: string }
  | { readonly kind: 'warned'; readonly message: string }
  /** The alarms know of a commit and of this many new administrators. */
  | { readonly kind: 'told'; readonly commit: number; readonly granted: number };

interface Parked {
  readonly call: Call;
  readonly go: (result: Result) => void;
}

/**
 * A run's only connection to the world. Each call waits here until the search decides its result. What a run does depends on these
 * results alone, so replaying them brings it back to the same position.
 */
export class Port {
  parked: Parked | undefined;
  /** What the run did since its last call. */
  steps: PrivateStep[] = [];
  readonly #earlier: Iterator<Result>;
  readonly #failure: () => Error;
  #hungUp = false;

  /** @param earlier the results of the run's first calls, which don't wait */
  constructor(earlier: Iterable<Result>, failure: () => Error) {
    this.#earlier = earlier[Symbol.iterator]();
    this.#failure = failure;
  }

  async call<One extends Call>(call: One): Promise<Values[One['kind']]> {
    if (this.#hungUp) throw this.#failure();
    const next = this.#earlier.next();
    const result = next.done ? await this.#park(call) : next.value;
    this.steps = [];
    if ('fails' in result) throw this.#failure();
    return result.value as Values[One['kind']];
  }

  /** From now on each call fails at once, because nothing depends on what the run still does. */
  hangUp(): void {
    this.#hungUp = true;
  }

  #park(call: Call): Promise<Result> {
    if (this.parked) throw new Error(`a run made two calls at once: ${this.parked.call.kind}, ${call.kind}`);
    return new Promise((resolve) => {
      this.parked = {
        call,
        go: (result) => {
          this.parked = undefined;
          resolve(result);
        },
      };
    });
  }
}
