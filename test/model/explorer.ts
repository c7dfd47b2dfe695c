import type { PublishingSteps } from '../../functions/snapshot/publish.ts';
import { Bucket, type Semantics } from './bucket.ts';
import { isEffect } from './calls.ts';
import { Checks } from './checks.ts';
import { Independence } from './independence.ts';
import { hasEffect, LateCalls } from './late-calls.ts';
import { Leftovers } from './leftovers.ts';
import { FAILS, RunTree, TIMES_OUT } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import type { Scheduling } from './scheduled-store.ts';
import { isSigningCall } from './signing.ts';
import { type Move, OVER, type Reached, type State, WAITING } from './state.ts';

/** Receives each move: the state it leads to, how many disturbances it costs, and the promise it breaks. */
export type Emit = (to: State, move: Move, cost: 0 | 1, broken: string | undefined) => void;

/** Which calls can be disturbed: all, or only those for signatures and public keys. */
export type Disturbed = 'every call' | 'signing';

/** A call that a run waits for: its numbers in `RunTree.asked` and `RunTree.calls`. */
interface Waiting {
  readonly process: number;
  readonly asked: number;
  readonly call: number;
}

/** Computes all moves from a state. */
export class Explorer {
  readonly tree: RunTree;
  readonly bucket: Bucket;
  readonly late: LateCalls;
  readonly scenario: Scenario;
  readonly checks: Checks;
  readonly #leftovers: Leftovers;
  readonly #independence: Independence;
  readonly #reduced: boolean;
  readonly #disturbed: Disturbed;
  readonly #first = new Map<string, number>();

  constructor(
    scenario: Scenario,
    steps: PublishingSteps,
    semantics: Semantics,
    options: Scheduling & { readonly alarms: boolean; readonly reduced: boolean; readonly disturbed: Disturbed },
  ) {
    this.scenario = scenario;
    this.#reduced = options.reduced;
    this.#disturbed = options.disturbed;
    this.tree = new RunTree(steps, options);
    this.bucket = new Bucket(this.tree.calls, this.tree.results, this.tree.uploads, semantics, options.reduced);
    this.late = new LateCalls(this.tree.calls, this.bucket.facts);
    this.checks = new Checks(this.tree, this.bucket, scenario, options.alarms);
    this.#leftovers = new Leftovers(this.bucket, this.late, scenario.runs);
    this.#independence = new Independence(this.tree, this.bucket, this.late, this.#leftovers, scenario);
  }

  /** The state in which every run waits in its first calls. */
  async beginning(world: number): Promise<State> {
    const at: number[] = [];
    for (const program of this.scenario.runs) at.push(await this.first(program));
    return { world, late: 0, at: [...at, WAITING] };
  }

  async first(program: Scenario['runs'][number]): Promise<number> {
    const position = this.#first.get(program.name) ?? (await this.tree.begin(program));
    this.#first.set(program.name, position);
    return position;
  }

  /** Whether all runs but the last one have ended; the last one can then start. */
  static areOver = ({ at }: State): boolean => at.every((position, i) => position < WAITING || i === at.length - 1);

  async moves(state: Reached, emit: Emit): Promise<void> {
    const { at, late, world } = state;
    const waiting = this.#waiting(state);
    // A call that neither influences another nor is influenced is performed at once, because its order doesn't matter.
    const alone = this.#reduced
      ? waiting.find(({ process, asked }) => this.#independence.isAlone(state, process, asked))
      : undefined;
    const movers = alone ? [alone] : waiting.filter(({ process }) => this.#independence.mayBegin(state, process));
    for (const one of movers) await this.#moveCall(state, one, emit);
    for (const process of new Set(movers.map((one) => one.process))) this.#kill(state, process, emit);
    if (alone) return;
    for (const call of this.late.members(late)) {
      const move = { kind: 'arrives', process: 0, call, result: FAILS } as const;
      for (const effect of this.bucket.apply(world, call)) {
        const next = { world: effect.world, late: this.late.minus(late, call), at };
        this.#emit(next, move, 0, effect.broken ?? this.checks.brokenDenial(next), emit);
      }
    }
    if (!Explorer.areOver(state) || at.at(-1) !== WAITING) return;
    const process = at.length - 1;
    for (const program of this.scenario.last) {
      const call = await this.first(program);
      const move = { kind: 'begins', process, call, result: FAILS } as const;
      this.#emit({ world, late, at: at.with(process, call) }, move, 0, undefined, emit);
    }
  }

  /** Any pending call of any run may take effect or be disturbed next, whatever else its run waits for. */
  async #moveCall(state: Reached, { process, asked, call: number }: Waiting, emit: Emit): Promise<void> {
    const { world, late, at, left } = state;
    const call = this.tree.calls.at(number);
    for (const effect of this.bucket.apply(world, number)) {
      const broken = effect.broken ?? this.checks.brokenCall(call, state, process);
      const move = { kind: 'does', process, call: number, result: effect.result } as const;
      await this.#advance(state, { ...state, world: effect.world }, move, asked, 0, emit, broken);
    }
    if (left === 0 || process === at.length - 1 || call.kind === 'request') return;
    if (this.#disturbed === 'signing' && !isSigningCall(call)) return;
    const isLateable = this.#isLateable(world, number);
    const failed = { ...state, late: isLateable ? this.late.plus(late, number) : late };
    await this.#advance(state, failed, { kind: 'fails', process, call: number, result: FAILS }, asked, 1, emit);
    // Without the time limit of signing, a run would wait for the result. Of a call without an effect, it is the same as a failure.
    if (isLateable && isSigningCall(call)) {
      const move = { kind: 'times out', process, call: number, result: TIMES_OUT } as const;
      await this.#advance(state, failed, move, asked, 1, emit);
    }
    if (call.kind === 'create' && isLateable && this.#isUnderWay(state, process, asked, call.key)) {
      const result = this.tree.results.number('exists', () => ({ value: 'exists' }));
      await this.#advance(state, state, { kind: 'conflicts', process, call: number, result }, asked, 1, emit);
    }
  }

  /** A run dies while calls with an effect are pending. Each of them may still take effect. */
  #kill({ world, late, at, left }: Reached, process: number, emit: Emit): void {
    if (left === 0 || process === at.length - 1) return;
    const position = at[process] ?? WAITING;
    const calls = this.tree.callsAt(position).filter((call) => this.#isLateable(world, call));
    const isDisturbed = (call: number) => this.#disturbed === 'every call' || isSigningCall(this.tree.calls.at(call));
    if (!calls.some(isDisturbed)) return;
    const dead = {
      world,
      late: calls.reduce((set, call) => this.late.plus(set, call), late),
      at: at.with(process, OVER),
    };
    this.#emit(dead, { kind: 'dies', process, call: position, result: FAILS }, 1, undefined, emit);
  }

  /** Gives a run its call's result, and checks what it does and reports next. */
  async #advance(
    before: Reached,
    { world, late, at }: State,
    move: Move,
    asked: number,
    cost: 0 | 1,
    emit: Emit,
    broken?: string,
  ): Promise<void> {
    const from = before.at[move.process] ?? WAITING;
    const given = { asked, result: move.result };
    const edge = this.tree.known(from, given) ?? (await this.tree.advance(from, given));
    const staged = edge.steps.length === 0 ? world : this.bucket.staged(world, edge.steps);
    const position = this.tree.at(edge.to);
    const { token, broken: reported } = position.ending
      ? this.checks.end(position, staged, move.process === at.length - 1)
      : { token: edge.to, broken: undefined };
    // Calls that are in flight when their run ends may still take effect.
    const inFlight = position.ending ? this.tree.callsAt(edge.to).filter((call) => this.#isLateable(staged, call)) : [];
    const next = {
      world: staged,
      late: inFlight.reduce((set, call) => this.late.plus(set, call), late),
      at: at.with(move.process, token),
    };
    const told = this.checks.brokenStep(edge, staged) ?? this.checks.brokenFailure(from, given, edge.to);
    this.#emit(next, move, cost, broken ?? told ?? reported, emit);
  }

  #emit(state: State, move: Move, cost: 0 | 1, broken: string | undefined, emit: Emit): void {
    const world = state.at.some((position) => position < WAITING) ? this.#leftovers.remove(state) : state.world;
    emit({ world, late: this.late.prune(state.late, this.bucket.worlds.at(world)), at: state.at }, move, cost, broken);
  }

  #waiting({ at }: State): Waiting[] {
    return at.flatMap((position, process) => {
      if (position < 0) return [];
      return this.tree.at(position).pending.map((asked) => ({ process, asked, call: this.tree.asked.at(asked).call }));
    });
  }

  #isLateable(world: number, number: number): boolean {
    const call = this.tree.calls.at(number);
    return isEffect(call) && hasEffect(this.bucket.worlds.at(world), call);
  }

  /** Whether another call that creates this object is in flight: S3 may then respond 409, although the object doesn't exist yet. */
  #isUnderWay(state: State, process: number, asked: number, key: string): boolean {
    const others = this.#waiting(state).filter((one) => one.process !== process || one.asked !== asked);
    return [...others.map(({ call }) => call), ...this.late.members(state.late)].some((number) => {
      const call = this.tree.calls.at(number);
      return call.kind === 'create' && call.key === key;
    });
  }
}
