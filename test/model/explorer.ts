import type { PublishingSteps } from '../../functions/snapshot/publish.ts';
import { Bucket, type Semantics } from './bucket.ts';
import { type Call, isEffect } from './calls.ts';
import { judgeEnding, judgeLastEnding, judgeReport, madeBy } from './endings.ts';
import { Independence } from './independence.ts';
import { hasEffect, LateCalls } from './late-calls.ts';
import { Leftovers } from './leftovers.ts';
import { FAILS, type Position, RunTree, TIMES_OUT } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import type { Scheduling } from './scheduled-store.ts';
import { brokenByFailure } from './signature-promises.ts';
import { isSigningCall } from './signing.ts';
import { DENIED, type Move, OVER, type Reached, type State, WAITING } from './state.ts';

/** Receives each move: the state it leads to, how many disturbances it costs, and the promise it breaks. */
export type Emit = (to: State, move: Move, cost: 0 | 1, broken: string | undefined) => void;

/** Which calls can be disturbed: all, or only those for signatures and public keys. */
export type Disturbed = 'every call' | 'signing';

/** Computes all moves from a state. */
export class Explorer {
  readonly tree: RunTree;
  readonly bucket: Bucket;
  readonly late: LateCalls;
  readonly scenario: Scenario;
  /** The distinct warnings of all runs. */
  readonly warnings = new Set<string>();
  readonly #leftovers: Leftovers;
  readonly #independence: Independence;
  readonly #alarms: boolean;
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
    this.#alarms = options.alarms;
    this.#reduced = options.reduced;
    this.#disturbed = options.disturbed;
    this.tree = new RunTree(steps, options);
    this.bucket = new Bucket(this.tree.calls, this.tree.results, this.tree.uploads, semantics, options.reduced);
    this.late = new LateCalls(this.tree.calls, this.bucket.facts);
    this.#leftovers = new Leftovers(this.bucket, this.late, scenario.runs);
    this.#independence = new Independence(this.tree, this.bucket, this.late, this.#leftovers, scenario);
  }

  /** The state in which every run waits in its first call. */
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
    const live = at.flatMap((position, process) => (position >= 0 ? process : []));
    // A call that neither influences another nor is influenced is performed at once, because its order doesn't matter.
    const alone = this.#reduced ? live.find((process) => this.#independence.isAlone(state, process)) : undefined;
    const movers =
      alone === undefined ? live.filter((process) => this.#independence.mayBegin(state, process)) : [alone];
    for (const process of movers) await this.#moveRun(state, process, emit);
    if (alone !== undefined) return;
    for (const call of this.late.members(late)) {
      const move = { kind: 'arrives', process: 0, call, result: FAILS } as const;
      for (const effect of this.bucket.apply(world, call)) {
        const next = { world: effect.world, late: this.late.minus(late, call), at };
        this.#emit(next, move, 0, effect.broken ?? this.#brokenDenial(next), emit);
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

  async #moveRun(state: Reached, process: number, emit: Emit): Promise<void> {
    const { world, late, at, left } = state;
    const number = this.#callOf(state, process);
    const call = this.tree.calls.at(number);
    for (const effect of this.bucket.apply(world, number)) {
      const broken = effect.broken ?? this.#brokenCall(call, state, process);
      const move = { kind: 'does', process, call: number, result: effect.result } as const;
      await this.#advance(state, { ...state, world: effect.world }, move, 0, emit, broken);
    }
    if (left === 0 || process === at.length - 1 || call.kind === 'request') return;
    if (this.#disturbed === 'signing' && !isSigningCall(call)) return;
    const lateable = isEffect(call) && hasEffect(this.bucket.worlds.at(world), call);
    const failed = { ...state, late: lateable ? this.late.plus(late, number) : late };
    await this.#advance(state, failed, { kind: 'fails', process, call: number, result: FAILS }, 1, emit);
    // Without the time limit of signing, a run would wait for the result. Of a call without an effect, it is the same as a failure.
    if (lateable && isSigningCall(call))
      await this.#advance(state, failed, { kind: 'times out', process, call: number, result: TIMES_OUT }, 1, emit);
    if (lateable) {
      const dead = { world, late: failed.late, at: at.with(process, OVER) };
      this.#emit(dead, { kind: 'dies', process, call: number, result: FAILS }, 1, undefined, emit);
    }
    if (call.kind === 'create' && lateable && this.#isUnderWay(state, process, call.key)) {
      const result = this.tree.results.number('exists', () => ({ value: 'exists' }));
      await this.#advance(state, state, { kind: 'conflicts', process, call: number, result }, 1, emit);
    }
  }

  /** Gives a run its call's result, and checks what it does and reports next. */
  async #advance(
    before: Reached,
    { world, late, at }: State,
    move: Move,
    cost: 0 | 1,
    emit: Emit,
    broken?: string,
  ): Promise<void> {
    const from = before.at[move.process] ?? WAITING;
    const reached = this.tree.known(from, move.result) ?? (await this.tree.advance(from, move.result));
    const position = this.tree.at(reached);
    const staged = position.steps.length === 0 ? world : this.#stage(world, position);
    const { token, broken: reported } = position.ending
      ? this.#end(position, staged, move.process === at.length - 1)
      : { token: reached, broken: undefined };
    const next = { world: staged, late, at: at.with(move.process, token) };
    const told = this.#brokenStep(position, staged) ?? this.#brokenFailure(position, move);
    this.#emit(next, move, cost, broken ?? told ?? reported, emit);
  }

  #emit(state: State, move: Move, cost: 0 | 1, broken: string | undefined, emit: Emit): void {
    const world = state.at.some((position) => position < WAITING) ? this.#leftovers.remove(state) : state.world;
    emit({ world, late: this.late.prune(state.late, this.bucket.worlds.at(world)), at: state.at }, move, cost, broken);
  }

  #end({ ending, program }: Position, world: number, isLast: boolean): { token: number; broken: string | undefined } {
    if (!ending) throw new Error('the run has not ended');
    const judgement = judgeEnding(ending, program, this.#log(world));
    const number = 'taken' in ending ? ending.taken.document.commit : undefined;
    const unfinished = number !== undefined && this.bucket.promises.isUnfinished(this.bucket.worlds.at(world), number);
    const early = unfinished ? 'a run reported success before all of it was in place' : undefined;
    const broken = judgement.broken ?? early ?? (isLast ? judgeLastEnding(ending) : undefined);
    return { token: judgement.denied && !isLast ? DENIED : OVER, broken };
  }

  #brokenCall(call: Call, { world, at }: State, process: number): string | undefined {
    if (call.kind === 'report') return this.#brokenReport(call.bytes, world);
    if (!isSigningCall(call)) return undefined;
    const { program } = this.tree.at(at[process] ?? WAITING);
    return this.bucket.promises.signatures.brokenCall(call, program);
  }

  #brokenFailure({ ending }: Position, { kind, call }: Move): string | undefined {
    const isFailure = (kind === 'fails' || kind === 'times out') && isSigningCall(this.tree.calls.at(call));
    return isFailure && ending ? brokenByFailure(ending) : undefined;
  }

  #brokenReport(bytes: Buffer, world: number): string | undefined {
    const { broken, reports } = judgeReport(bytes, this.#log(world));
    return broken ?? this.bucket.promises.brokenReport(this.bucket.worlds.at(world), reports);
  }

  /** No commit of a run that reported "nothing was published" may arrive late. */
  #brokenDenial({ world, at }: State): string | undefined {
    const log = this.#log(world);
    const wrong = this.scenario.runs.find(
      (program, process) => at[process] === DENIED && log.some((commit) => madeBy(program, commit)),
    );
    return wrong && `run ${wrong.name} reported that nothing was published, and was committed later`;
  }

  #brokenStep({ steps, program }: Position, world: number): string | undefined {
    for (const step of steps) {
      if (step.kind === 'told') {
        const { signatures } = this.bucket.promises;
        const commit = this.#log(world)[step.commit - 1];
        const broken = signatures.brokenTold(this.bucket.worlds.at(world), step, program, commit);
        if (broken) return broken;
      }
      if (step.kind !== 'warned') continue;
      this.warnings.add(step.message);
      if (this.#alarms) return `a false alarm: ${step.message}`;
    }
    return undefined;
  }

  #stage(world: number, { steps }: Position): number {
    return this.bucket.numberOf(this.bucket.stage(this.bucket.worlds.at(world), steps));
  }

  #callOf({ at }: State, process: number): number {
    const call = this.tree.at(at[process] ?? WAITING).call;
    if (call === undefined) throw new Error('a run that has ended makes no call');
    return call;
  }

  /** Whether another call that creates this object is in flight: S3 may then respond 409, although the object doesn't exist yet. */
  #isUnderWay(state: State, process: number, key: string): boolean {
    const others = state.at.flatMap((position, i) => (position >= 0 && i !== process ? this.#callOf(state, i) : []));
    return [...others, ...this.late.members(state.late)].some((number) => {
      const call = this.tree.calls.at(number);
      return call.kind === 'create' && call.key === key;
    });
  }

  #log = (world: number) => this.bucket.promises.log(this.bucket.worlds.at(world));
}
