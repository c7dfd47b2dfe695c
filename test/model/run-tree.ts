import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PublishingSteps } from '../../functions/snapshot/publish.ts';
import { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import { type Call, Interned, isEffect, labelOf, type Result } from './calls.ts';
import { type Earlier, Port } from './port.ts';
import { type Edge, endingText, type Given, isFinalReport, type Origin, type Position } from './position.ts';
import { Received } from './received.ts';
import { type Ending, endingOf, type Program, runOf, sourceOf } from './run.ts';
import { ScheduledStore, type Scheduling } from './scheduled-store.ts';
import { isSigningCall } from './signing.ts';
import { Uploads } from './uploads.ts';

interface Live {
  readonly port: Port;
  readonly ending: Promise<Ending>;
  ended?: Ending;
}

/** A call as its run made it. Equal calls are distinguished, since each may have another result. */
interface Asked {
  /** Its number in `RunTree.calls`. */
  readonly call: number;
  /** Its name in the run's port. */
  readonly name: string;
}

/** How many waiting runs are kept in memory. The others are restored by replaying their results. */
const KEPT = 3000;
/** More than signing ever takes: a signature, a read of the public key, and two tries to create and read each object. */
const MOST_SIGNING_CALLS = 12;
export const FAILS = 0;
export const TIMES_OUT = 1;

/**
 * How every run behaves, computed on demand. The product's own code runs once for each result at each position, and what it did is
 * remembered. That is sound because a run sees only its calls' results, and their order doesn't matter to it. A replay that makes other
 * calls is an error. So is an order of the same results that leads to other calls or to another end.
 */
export class RunTree {
  readonly positions: Position[] = [];
  readonly calls = new Interned<Call>();
  readonly asked = new Interned<Asked>();
  readonly results = new Interned<Result>();
  readonly uploads = new Uploads();
  starts = 0;
  readonly #steps: PublishingSteps;
  readonly #scheduling: Scheduling & { readonly reduced: boolean };
  readonly #received = new Received();
  readonly #byReceived = new Map<number, number>();
  readonly #given = new Interned<Given>();
  readonly #signed = new Map<string, number>();
  readonly #live = new Map<number, Live>();

  constructor(steps: PublishingSteps, scheduling: Scheduling & { readonly reduced: boolean }) {
    this.#steps = { ...steps, awaitOther: async () => false }; // it only decides which of two deliveries counts
    this.#scheduling = scheduling;
    this.results.number('StoreError', () => ({ fails: true }));
    this.results.number('no result in time', () => ({ timesOut: true }));
  }

  /** The position in which a run waits in its first calls. */
  begin(program: Program): Promise<number> {
    const nothing = { last: undefined, received: this.#received.empty(), signingSince: undefined };
    return this.#settle(this.#start(program, []), { program, depth: 0, reported: false, ...nothing });
  }

  at(position: number): Position {
    const found = this.positions[position];
    if (!found) throw new RangeError(`no position ${position}`);
    return found;
  }

  /** What a run waits for at a position, as numbers of `calls`. */
  callsAt(position: number): number[] {
    return this.at(position).pending.map((asked) => this.asked.at(asked).call);
  }

  /** Where a result leads; undefined until `advance` has computed it once. */
  known(position: number, { asked, result }: Given): Edge | undefined {
    return this.at(position).edges.get(`${asked} ${result}`);
  }

  async advance(position: number, given: Given): Promise<Edge> {
    const before = this.at(position);
    const { name, call: number } = this.asked.at(given.asked);
    const call = this.calls.at(number);
    const live = this.#live.get(position) ?? (await this.#replay(position));
    this.#live.delete(position);
    if (live.ended) throw new Error("a run that has ended can't advance");
    live.port.give(name, this.results.at(given.result));
    const to = await this.#settle(live, {
      program: before.program,
      depth: before.depth + 1,
      reported: before.reported || isFinalReport(call, before.program),
      last: { position, given },
      received: this.#received.plus(before.received, this.#numberOf(given)),
      signingSince: call.kind === 'sign' && before.pending.length === 1 ? position : before.signingSince,
    });
    const edge = { to, steps: live.port.steps };
    before.edges.set(`${given.asked} ${given.result}`, edge);
    return edge;
  }

  #start(program: Program, earlier: readonly Earlier[]): Live {
    this.starts++;
    const port = new Port(earlier);
    const store = new ScheduledStore(program.dt, port, this.uploads, this.#scheduling);
    const outcome = takeSnapshot(runOf(program, port), sourceOf(port, program), store, this.#steps);
    const live: Live = { port, ending: endingOf(outcome) };
    live.ending.then((ending) => {
      live.ended = ending;
    });
    return live;
  }

  async #replay(position: number): Promise<Live> {
    const earlier: Earlier[] = [];
    for (let { last } = this.at(position); last; last = this.at(last.position).last) {
      const { given, position: before } = last;
      const among = this.at(before).pending.length;
      earlier.unshift({ name: this.asked.at(given.asked).name, among, result: this.results.at(given.result) });
    }
    const live = this.#start(this.at(position).program, earlier);
    await this.#drain(live);
    if (this.#pendingOf(live).join() !== this.at(position).pending.join())
      throw new Error("a run does not depend on its calls' results alone");
    return live;
  }

  async #settle(live: Live, origin: Origin): Promise<number> {
    await this.#drain(live);
    const pending = this.#pendingOf(live);
    const calls = pending.map((asked) => this.calls.at(this.asked.at(asked).call));
    if (origin.reported && calls.some(isEffect)) throw new Error('a run still writes after its final run document');
    const known = this.#byReceived.get(origin.received);
    const signed = known === undefined ? this.#endOfSigning(live, origin, pending, calls) : undefined;
    const number = known ?? (signed && this.#signed.get(signed.name)) ?? this.positions.length;
    if (number === this.positions.length)
      this.positions.push({ ...origin, ...signed?.position, pending, ending: live.ended, edges: new Map() });
    const there = this.at(number);
    if (there.pending.join() !== pending.join() || endingText(there.ending) !== endingText(live.ended))
      throw new Error('a run depends on the order of its results');
    if (known === undefined) this.#byReceived.set(origin.received, number);
    if (signed) this.#signed.set(signed.name, number);
    if (!live.ended && there.received === origin.received) this.#keep(number, live);
    return number;
  }

  /**
   * All ways to sign end in two or three positions, since a run remembers only whether its commit is signed. They have the same depth,
   * however many calls signing took.
   */
  #endOfSigning({ port }: Live, { signingSince }: Origin, pending: readonly number[], calls: readonly Call[]) {
    if (!this.#scheduling.reduced || signingSince === undefined || port.steps.length > 0) return undefined;
    if (calls.length === 0 || calls.some(isSigningCall)) return undefined;
    const depth = this.at(signingSince).depth + MOST_SIGNING_CALLS;
    const name = [signingSince, pending.join(' '), port.unsigned, port.disturbed].join();
    return { name, position: { depth, signingSince: undefined } };
  }

  /** Between two results the product awaits only microtasks, so one turn of the event loop completes them all. */
  async #drain(live: Live): Promise<void> {
    await nextTurn();
    if (live.port.pending.size === 0 && !live.ended) throw new Error('the run waits for something other than a call');
    live.port.isWaiting = true;
  }

  #pendingOf({ port }: Live): number[] {
    const pending = [...port.pending].map(([name, { call }]) =>
      this.asked.number(name, () => ({ name, call: this.calls.number(labelOf(call), () => call) })),
    );
    return pending.sort((a, b) => a - b);
  }

  #numberOf = (given: Given): number => this.#given.number(`${given.asked} ${given.result}`, () => given);

  #keep(position: number, live: Live): void {
    this.#live.set(position, live);
    const oldest = this.#live.size > KEPT ? this.#live.keys().next().value : undefined;
    if (oldest !== undefined) this.#live.delete(oldest);
  }
}
