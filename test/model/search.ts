import { beginnings } from './beginnings.ts';
import { STORES } from './bucket.ts';
import { Explorer } from './explorer.ts';
import { Frontier } from './frontier.ts';
import { Judge } from './judge.ts';
import { PRODUCT, type Product } from './product.ts';
import type { Scenario } from './scenarios.ts';
import type { Move } from './state.ts';
import { traceOf } from './trace.ts';

export interface SearchOptions {
  /** The most disturbances of one schedule. */
  readonly disturbances: number;
  readonly product?: Product;
  /** The name of the store's behaviour. */
  readonly store?: string;
  readonly initiations?: boolean;
  /** Whether a warning without a reason counts as a broken promise: it does, if not said otherwise. */
  readonly alarms?: boolean;
  /** False: also orders of calls that can't influence each other. */
  readonly reduced?: boolean;
}

export interface Figures {
  readonly scenario: string;
  readonly disturbances: number;
  readonly states: number;
  readonly moves: number;
  /** Orders of calls with disturbances that these states stand for. */
  readonly schedules: number;
  readonly worlds: number;
  /** Positions of runs, and how often the product's code was run from its beginning. */
  readonly positions: number;
  readonly executed: number;
  /** The worlds in which it may end, as texts. */
  readonly ends: ReadonlySet<string>;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

export interface Counterexample {
  readonly broken: string;
  readonly trace: readonly string[];
}

export interface Found extends Figures {
  readonly counterexample: Counterexample | undefined;
}

/** Visits every state that the scenario can reach, until one breaks a promise. */
export async function search(scenario: Scenario, options: SearchOptions): Promise<Found> {
  const start = performance.now();
  const { disturbances, product = PRODUCT, store = 's3', initiations = false, alarms = true, reduced = true } = options;
  const semantics = STORES.get(store);
  if (!semantics) throw new Error(`no store ${store}; there are ${[...STORES.keys()].join(', ')}`);
  const explorer = new Explorer(scenario, product, semantics, {
    initiations,
    alarms: alarms && scenario.begins !== 'expired',
    reduced,
  });
  const judge = new Judge(explorer, product);
  const frontier = new Frontier(explorer, disturbances);
  let broken: { readonly promise: string; readonly way: readonly Move[] } | undefined;
  for (const world of await beginnings(explorer)) frontier.start(await explorer.beginning(world));
  let moves = 0;
  let schedules = 0;
  for (let state = frontier.next(); state && !broken; state = frontier.next()) {
    const from = state;
    const before = moves;
    await explorer.moves(from, (to, move, cost, promise) => {
      moves++;
      frontier.reach(from, to, move, cost);
      if (promise && !broken) broken = { promise, way: [...frontier.way(from.number), move] };
    });
    if (moves === before) schedules += from.schedules.reduce((sum, count) => sum + count, 0);
    const promise = await judge.brokenEnd(from);
    if (promise && !broken) broken = { promise, way: frontier.way(from.number) };
  }
  return {
    scenario: scenario.name,
    disturbances,
    states: frontier.states,
    moves,
    schedules,
    worlds: explorer.bucket.worlds.all.length,
    positions: explorer.tree.positions.length,
    executed: explorer.tree.executed,
    ends: judge.ends,
    seconds: (performance.now() - start) / 1000,
    warnings: [...explorer.warnings],
    counterexample: broken && { broken: broken.promise, trace: traceOf(broken.way, explorer) },
  };
}
