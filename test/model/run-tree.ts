import { setImmediate as nextTurn } from 'node:timers/promises';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { PublishingSteps } from '../../functions/snapshot/publish.ts';
import { takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import { type Call, Interned, isEffect, type Result } from './calls.ts';
import { Port, type PrivateStep } from './port.ts';
import { type Ending, endingOf, type Program, runOf, sourceOf } from './run.ts';
import { ScheduledStore, type Scheduling } from './scheduled-store.ts';
import { isSigningCall } from './signing.ts';
import { sha256Of, Uploads } from './uploads.ts';

/** A position of a run: the results it has received so far, and the call it makes next. */
export interface Position {
  readonly program: Program;
  readonly depth: number;
  /** Whether it has written its final run document. What it reads after that is only for its report. */
  readonly reported: boolean;
  readonly parent: number | undefined;
  /** While it signs: the position in which it asked for the signature. */
  readonly signingSince?: number | undefined;
  /** The result that led here. */
  readonly result: number;
  /** What it did between the previous call and this one; no other run can see it. */
  readonly steps: readonly PrivateStep[];
  /** The call it waits in; undefined if it has ended. */
  readonly call: number | undefined;
  readonly ending: Ending | undefined;
  readonly next: Map<number, number>;
}

interface Live {
  readonly port: Port;
  readonly ending: Promise<Ending>;
  ended?: Ending;
}

/** How many parked runs are kept in memory. The others are restored by replaying their results. */
const KEPT = 3000;
/** More than signing ever takes: a signature, a read of the public key, and two tries to create and read each object. */
const MOST_SIGNING_CALLS = 12;
export const FAILS = 0;
export const TIMES_OUT = 1;

/**
 * How every run behaves, computed on demand. The product's own code runs once for each sequence of results, and what it did is
 * remembered. That is sound because a run sees only its calls' results. A replay that makes a different call is an error.
 */
export class RunTree {
  readonly positions: Position[] = [];
  readonly calls = new Interned<Call>();
  readonly results = new Interned<Result>();
  readonly uploads = new Uploads();
  starts = 0;
  readonly #steps: PublishingSteps;
  readonly #scheduling: Scheduling & { readonly reduced: boolean };
  readonly #signed = new Map<string, number>();
  readonly #live = new Map<number, Live>();

  constructor(steps: PublishingSteps, scheduling: Scheduling & { readonly reduced: boolean }) {
    this.#steps = { ...steps, awaitOther: async () => false }; // it only decides which of two deliveries counts
    this.#scheduling = scheduling;
    this.results.number('StoreError', () => ({ fails: true }));
    this.results.number('no result in time', () => ({ timesOut: true }));
  }

  /** The position in which a run waits in its first call. */
  begin(program: Program): Promise<number> {
    return this.#settle(this.#start(program, []), {
      program,
      depth: 0,
      reported: false,
      parent: undefined,
      result: FAILS,
    });
  }

  at(position: number): Position {
    const found = this.positions[position];
    if (!found) throw new RangeError(`no position ${position}`);
    return found;
  }

  /** The position after this result; undefined until `advance` has computed it once. */
  known(position: number, result: number): number | undefined {
    return this.at(position).next.get(result);
  }

  async advance(position: number, result: number): Promise<number> {
    const { program, depth, call, reported: before, signingSince: since, next } = this.at(position);
    const live = this.#live.get(position) ?? (await this.#replay(position));
    this.#live.delete(position);
    if (!live.port.parked) throw new Error("a run that has ended can't advance");
    live.port.parked.go(this.results.at(result));
    const reported = before || (depth > 0 && call !== undefined && isOwnReport(this.calls.at(call), program));
    const signingSince = call !== undefined && this.calls.at(call).kind === 'sign' ? position : since;
    const from = { program, depth: depth + 1, reported, parent: position, signingSince, result };
    const reached = await this.#settle(live, from);
    next.set(result, reached);
    return reached;
  }

  #start(program: Program, results: readonly Result[]): Live {
    this.starts++;
    const port = new Port(results);
    const store = new ScheduledStore(program.dt, port, this.uploads, this.#scheduling);
    const outcome = takeSnapshot(runOf(program, port), sourceOf(port, program), store, this.#steps);
    const live: Live = { port, ending: endingOf(outcome) };
    live.ending.then((ending) => {
      live.ended = ending;
    });
    return live;
  }

  async #replay(position: number): Promise<Live> {
    const results: Result[] = [];
    for (let at = this.at(position); at.parent !== undefined; at = this.at(at.parent)) {
      results.unshift(this.results.at(at.result));
    }
    const live = this.#start(this.at(position).program, results);
    await this.#drain(live);
    if (this.#callOf(live) !== this.at(position).call)
      throw new Error("a run does not depend on its calls' results alone");
    return live;
  }

  async #settle(live: Live, from: Omit<Position, 'steps' | 'call' | 'ending' | 'next'>): Promise<number> {
    await this.#drain(live);
    const call = this.#callOf(live);
    if (from.reported && live.port.parked && isEffect(live.port.parked.call))
      throw new Error('a run still writes after its final run document');
    const isSigning = call === undefined || isSigningCall(this.calls.at(call));
    const signed = isSigning ? undefined : this.#endOfSigning(live, from, call);
    const known = signed && this.#signed.get(signed.name);
    const number = known ?? this.positions.length;
    if (known === undefined) {
      const { steps } = live.port;
      this.positions.push({ ...from, ...signed?.position, steps, call, ending: live.ended, next: new Map() });
    }
    if (signed) this.#signed.set(signed.name, number);
    if (call !== undefined) this.#keep(number, live);
    return number;
  }

  /**
   * All ways to sign end in two or three positions, since a run remembers only whether its commit is signed. They have the same depth,
   * however many calls signing took.
   */
  #endOfSigning({ port }: Live, { signingSince }: Pick<Position, 'signingSince'>, call: number) {
    if (!this.#scheduling.reduced || signingSince === undefined || port.steps.length > 0) return undefined;
    const depth = this.at(signingSince).depth + MOST_SIGNING_CALLS;
    const name = [signingSince, call, port.unsigned, port.disturbed].join();
    return { name, position: { depth, signingSince: undefined } };
  }

  /** Between two calls the product awaits only microtasks, so one turn of the event loop completes them all. */
  async #drain(live: Live): Promise<void> {
    for (let turn = 0; turn < 10; turn++) {
      await nextTurn();
      if (live.port.parked || live.ended) return;
    }
    throw new Error('the run waits for something other than a call');
  }

  #callOf({ port }: Live): number | undefined {
    if (!port.parked) return undefined;
    const { call } = port.parked;
    return this.calls.number(labelOf(call), () => call);
  }

  #keep(position: number, live: Live): void {
    this.#live.set(position, live);
    const oldest = this.#live.size > KEPT ? this.#live.keys().next().value : undefined;
    if (oldest !== undefined) this.#live.delete(oldest);
  }
}

const isOwnReport = (call: Call, { runId }: Program): boolean => call.kind === 'report' && call.key === KEYS.run(runId);

function labelOf(call: Call): string {
  switch (call.kind) {
    case 'list':
      return `list ${call.folder}`;
    case 'read':
      return `read ${call.key}`;
    case 'isInPlace':
      return `isInPlace ${call.key} of ${call.execution} ${call.sha256.slice(0, 8)}`;
    case 'create':
    case 'replace':
    case 'report':
      return `${call.kind} ${call.key} ${sha256Of(call.bytes).slice(0, 8)}`;
    case 'promote':
    case 'discard':
      return `${call.kind} ${call.upload}`;
    case 'initiate':
      return `initiate ${call.key} of ${call.execution}`;
    case 'request':
      return 'request';
    case 'sign':
      return `sign ${sha256Of(call.bytes).slice(0, 8)}`;
  }
}
