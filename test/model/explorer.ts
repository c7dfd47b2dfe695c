import { Bucket, type Semantics } from './bucket.ts';
import { isEffect } from './calls.ts';
import { judgeEnding, judgeLastEnding, judgeReport, madeBy } from './endings.ts';
import { Independence } from './independence.ts';
import { hasEffect, LateCalls } from './late-calls.ts';
import { Leftovers } from './leftovers.ts';
import type { Product } from './product.ts';
import { FAILS, type Position, RunTree } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import type { Scheduling } from './scheduled-store.ts';
import { DENIED, type Move, OVER, type Reached, type State, WAITING } from './state.ts';

/** Told of each move: the state it leads to, what it costs, and the promise that it breaks. */
export type Emit = (to: State, move: Move, cost: 0 | 1, broken: string | undefined) => void;

/** All moves from a state. */
export class Explorer {
  readonly tree: RunTree;
  readonly bucket: Bucket;
  readonly late: LateCalls;
  readonly scenario: Scenario;
  /** What runs warned of, each once. */
  readonly warnings = new Set<string>();
  readonly #product: Product;
  readonly #leftovers: Leftovers;
  readonly #independence: Independence;
  readonly #alarms: boolean;
  readonly #reduced: boolean;
  readonly #first = new Map<string, number>();

  constructor(
    scenario: Scenario,
    product: Product,
    semantics: Semantics,
    options: Scheduling & { readonly alarms: boolean; readonly reduced: boolean },
  ) {
    this.scenario = scenario;
    this.#product = product;
    this.#alarms = options.alarms;
    this.#reduced = options.reduced;
    this.tree = new RunTree(product, options);
    this.bucket = new Bucket(this.tree.calls, this.tree.results, this.tree.uploads, semantics);
    this.late = new LateCalls(this.tree.calls, this.bucket.facts);
    this.#leftovers = new Leftovers(this.bucket, this.late, scenario.runs);
    this.#independence = new Independence(this.tree, this.bucket, this.#leftovers, scenario);
  }

  /** The state in which all runs are about to begin. */
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

  /** Whether all runs are over; the last one then comes. */
  static areOver = ({ at }: State): boolean => at.every((position, i) => position < WAITING || i === at.length - 1);

  async moves(state: Reached, emit: Emit): Promise<void> {
    const { at, late, world } = state;
    const live = at.flatMap((position, process) => (position >= 0 ? process : []));
    // A call that no other can influence, and that influences no other, comes at once: its order doesn't matter.
    const alone = this.#reduced ? live.find((process) => this.#independence.isAlone(state, process)) : undefined;
    const movers =
      alone === undefined ? live.filter((process) => this.#independence.mayBegin(state, process)) : [alone];
    for (const process of movers) await this.#moveRun(state, process, emit);
    if (alone !== undefined) return;
    for (const call of this.late.members(late)) {
      const move = { kind: 'arrives', process: 0, call, result: FAILS } as const;
      for (const effect of this.bucket.apply(world, call)) {
        const next = { world: effect.world, late: this.late.minus(late, call), at };
        this.#emit(next, move, 0, effect.broken ?? this.#brokenWord(next), emit);
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
      const broken = effect.broken ?? (call.kind === 'report' ? judgeReport(call.bytes, this.#log(world)) : undefined);
      const move = { kind: 'does', process, call: number, result: effect.result } as const;
      await this.#advance(state, { ...state, world: effect.world }, move, 0, emit, broken);
    }
    if (left === 0 || process === at.length - 1 || call.kind === 'ask') return;
    const lateable = isEffect(call) && hasEffect(this.bucket.worlds.at(world), call);
    const failed = { ...state, late: lateable ? this.late.plus(late, number) : late };
    await this.#advance(state, failed, { kind: 'fails', process, call: number, result: FAILS }, 1, emit);
    if (lateable) {
      const dead = { world, late: failed.late, at: at.with(process, OVER) };
      this.#emit(dead, { kind: 'dies', process, call: number, result: FAILS }, 1, undefined, emit);
    }
    if (call.kind === 'create' && lateable && this.#isUnderWay(state, process, call.key)) {
      const result = this.tree.results.number('exists', () => ({ value: 'exists' }));
      await this.#advance(state, state, { kind: 'conflicts', process, call: number, result }, 1, emit);
    }
  }

  /** Gives a run the result of its call, and looks at what it makes of it. */
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
    const { token, broken: said } = position.ending
      ? this.#end(position, staged, move.process === at.length - 1)
      : { token: reached, broken: undefined };
    const next = { world: staged, late, at: at.with(move.process, token) };
    this.#emit(next, move, cost, broken ?? said ?? this.#brokenWarning(position), emit);
  }

  #emit(state: State, move: Move, cost: 0 | 1, broken: string | undefined, emit: Emit): void {
    const world = state.at.some((position) => position < WAITING) ? this.#leftovers.remove(state) : state.world;
    emit({ world, late: this.late.prune(state.late, this.bucket.worlds.at(world)), at: state.at }, move, cost, broken);
  }

  #end({ ending, program }: Position, world: number, isLast: boolean): { token: number; broken: string | undefined } {
    if (!ending) throw new Error('the run goes on');
    const said = judgeEnding(ending, program, this.#log(world), this.#product);
    const number = 'taken' in ending ? ending.taken.document.commit : undefined;
    const unfinished = number !== undefined && this.bucket.promises.isUnfinished(this.bucket.worlds.at(world), number);
    const early = unfinished ? 'a run reported success before all of it was in place' : undefined;
    const broken = said.broken ?? early ?? (isLast ? judgeLastEnding(ending, this.#product) : undefined);
    return { token: said.denied && !isLast ? DENIED : OVER, broken };
  }

  /** A run that has said "nothing was published", and was committed late. */
  #brokenWord({ world, at }: State): string | undefined {
    const log = this.#log(world);
    const liar = this.scenario.runs.find(
      (program, process) => at[process] === DENIED && log.some((commit) => madeBy(program, commit)),
    );
    return liar && `run ${liar.name} said that nothing was published, and was committed later`;
  }

  #brokenWarning({ steps }: Position): string | undefined {
    for (const step of steps) {
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
    if (call === undefined) throw new Error('a run that has ended has no call');
    return call;
  }

  /** Whether another run's commit of this number is on its way: S3 then may answer 409, though there is none yet. */
  #isUnderWay(state: State, process: number, key: string): boolean {
    const others = state.at.flatMap((position, i) => (position >= 0 && i !== process ? this.#callOf(state, i) : []));
    return [...others, ...this.late.members(state.late)].some((number) => {
      const call = this.tree.calls.at(number);
      return call.kind === 'create' && call.key === key;
    });
  }

  #log = (world: number) => this.bucket.promises.log(this.bucket.worlds.at(world));
}
