import { StoreError } from '../../functions/snapshot/errors.ts';
import { type Call, labelOf, type Result, type Values } from './calls.ts';
import { isSigningCall, signingFailure } from './signing.ts';

/** What a run does between two results. No other run can see it, except the order in which uploads to one key started. */
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

/** A call that waits for its result. */
interface Pending {
  readonly call: Call;
  readonly go: (result: Result) => void;
}

/** A result of a run that is replayed. */
export interface Earlier {
  /** The call's name in `pending`. */
  readonly name: string;
  /** How many calls were pending when it was received. */
  readonly among: number;
  readonly result: Result;
}

/**
 * A run's only connection to the world. Its calls wait here, one or several at a time, until the search decides the result of each. What
 * a run does depends on these results alone, so replaying them brings it back to the same position.
 */
export class Port {
  /**
   * The calls that wait, by name. Equal calls of a run are numbered. After the run's end: the calls that were still in flight.
   */
  readonly pending = new Map<string, Pending>();
  /** What the run did since its last result. */
  steps: PrivateStep[] = [];
  /** Whether a listing or a call for a signature or a public key failed, or did not find an object that a call before said exists. */
  disturbed = false;
  /** Whether the run has warned that a commit is unsigned. */
  unsigned = false;
  /** Whether the run can do nothing until it receives a result. */
  isWaiting = false;
  readonly #earlier: Earlier[];
  readonly #made = new Map<string, number>();
  readonly #existing = new Set<string>();
  #hungUp = false;

  /** @param earlier the results that the run receives without waiting for the search */
  constructor(earlier: readonly Earlier[]) {
    this.#earlier = earlier.toReversed();
  }

  async call<One extends Call>(call: One): Promise<Values[One['kind']]> {
    if (this.#hungUp) throw failureOf(call);
    const result = await this.#park(call);
    if ('timesOut' in result) throw new DOMException('the time is over', 'TimeoutError');
    if ('fails' in result) throw failureOf(call);
    return result.value as Values[One['kind']];
  }

  /** The run receives a result of one of its pending calls. */
  give(name: string, result: Result): void {
    const pending = this.pending.get(name);
    if (!pending) throw new Error(`the run does not wait for ${name}`);
    this.pending.delete(name);
    this.steps = [];
    this.isWaiting = false;
    if (isSigningCall(pending.call) || pending.call.kind === 'list') this.#noteSigning(pending.call, result);
    pending.go(result);
  }

  /** From now on each call fails at once, because nothing depends on what the run still does. Pending calls stay in flight. */
  hangUp(): void {
    this.#hungUp = true;
    for (const { go } of this.pending.values()) go({ fails: true });
  }

  #noteSigning(call: Call, result: Result): void {
    if (!('value' in result)) this.disturbed = true;
    else if (call.kind === 'create' && result.value === 'exists') this.#existing.add(call.key);
    else if (call.kind === 'read' && result.value === undefined && this.#existing.has(call.key)) this.disturbed = true;
  }

  #park(call: Call): Promise<Result> {
    if (this.isWaiting) throw new Error(`a run goes on without a result: ${labelOf(call)}`);
    const label = labelOf(call);
    const nth = (this.#made.get(label) ?? 0) + 1;
    this.#made.set(label, nth);
    return new Promise((resolve) => {
      this.pending.set(`${label} ${nth}`, { call, go: resolve });
      this.#replay();
    });
  }

  /** Gives the earlier results, each as soon as all calls are pending that were pending then. */
  #replay(): void {
    for (let next = this.#earlier.at(-1); next?.among === this.pending.size; next = this.#earlier.at(-1)) {
      this.#earlier.pop();
      this.give(next.name, next.result);
    }
  }
}

const failureOf = ({ kind }: Call): Error =>
  kind === 'sign' ? signingFailure() : new StoreError('the store did not respond');
