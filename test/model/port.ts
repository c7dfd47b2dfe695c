import type { Answers, Call, Result } from './calls.ts';

/** What a run does between two calls that nobody else can see, but for its order among the uploads to one key. */
export type PrivateStep =
  | { readonly kind: 'initiated' | 'abandoned'; readonly name: string }
  | { readonly kind: 'staged'; readonly upload: string }
  | { readonly kind: 'warned'; readonly message: string };

interface Parked {
  readonly call: Call;
  readonly go: (result: Result) => void;
}

/**
 * The one way from a run to the world: each call waits here until the checker says what came of it. A run is a function of
 * these results, so it can be brought to any position again by giving it the same ones.
 */
export class Port {
  parked: Parked | undefined;
  /** Since the last call. */
  steps: PrivateStep[] = [];
  readonly #earlier: Iterator<Result>;
  readonly #failure: () => Error;
  #hungUp = false;

  /** @param earlier the results of the first calls, given at once */
  constructor(earlier: Iterable<Result>, failure: () => Error) {
    this.#earlier = earlier[Symbol.iterator]();
    this.#failure = failure;
  }

  async call<One extends Call>(call: One): Promise<Answers[One['kind']]> {
    if (this.#hungUp) throw this.#failure();
    const next = this.#earlier.next();
    const result = next.done ? await this.#park(call) : next.value;
    this.steps = [];
    if ('fails' in result) throw this.#failure();
    return result.value as Answers[One['kind']];
  }

  /** From now on each call fails at once: nobody waits for what the run still does. */
  hangUp(): void {
    this.#hungUp = true;
  }

  #park(call: Call): Promise<Result> {
    if (this.parked) throw new Error(`two calls of one run at once: ${this.parked.call.kind}, ${call.kind}`);
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
