import { StoreError } from '../../functions/snapshot/errors.ts';
import type { Call, Result, Values } from './calls.ts';
import { isSigningCall, signingFailure } from './signing.ts';

/** What a run does between two calls. No other run can see it, except the order in which uploads to one key started. */
export type PrivateStep =
  | { readonly kind: 'initiated' | 'abandoned'; readonly name: string }
  | { readonly kind: 'staged'; readonly upload: string }
  | { readonly kind: 'warned'; readonly message: string }
  | Told;

/** The alarms know of a commit, of this many new administrators, and whether the commit is unsigned. */
export interface Told {
  readonly kind: 'told';
  readonly commit: number;
  readonly granted: number;
  /** Null if the run doesn't say, or if nothing was signed up to this commit. */
  readonly unsigned: boolean | null;
  /** Whether a call for a signature or a public key failed, so that a signed commit may be reported as unsigned. */
  readonly disturbed: boolean;
}

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
  /** Whether a listing or a call for a signature or a public key failed, or did not find an object that a call before said exists. */
  disturbed = false;
  /** Whether the run has warned that a commit is unsigned. */
  unsigned = false;
  readonly #earlier: Iterator<Result>;
  readonly #existing = new Set<string>();
  #hungUp = false;

  /** @param earlier the results of the run's first calls, which don't wait */
  constructor(earlier: Iterable<Result>) {
    this.#earlier = earlier[Symbol.iterator]();
  }

  async call<One extends Call>(call: One): Promise<Values[One['kind']]> {
    if (this.#hungUp) throw failureOf(call);
    const next = this.#earlier.next();
    const result = next.done ? await this.#park(call) : next.value;
    this.steps = [];
    if (isSigningCall(call) || call.kind === 'list') this.#noteSigning(call, result);
    if ('timesOut' in result) throw new DOMException('the time is over', 'TimeoutError');
    if ('fails' in result) throw failureOf(call);
    return result.value as Values[One['kind']];
  }

  /** From now on each call fails at once, because nothing depends on what the run still does. */
  hangUp(): void {
    this.#hungUp = true;
  }

  #noteSigning(call: Call, result: Result): void {
    if (!('value' in result)) this.disturbed = true;
    else if (call.kind === 'create' && result.value === 'exists') this.#existing.add(call.key);
    else if (call.kind === 'read' && result.value === undefined && this.#existing.has(call.key)) this.disturbed = true;
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

const failureOf = ({ kind }: Call): Error =>
  kind === 'sign' ? signingFailure() : new StoreError('the store did not respond');
