import { PUBLISHING_STEPS, type PublishingSteps } from '../../functions/snapshot/publish.ts';
import { beginnings } from './beginnings.ts';
import { STORES } from './bucket.ts';
import { type Disturbed, Explorer } from './explorer.ts';
import { Frontier } from './frontier.ts';
import { Judge } from './judge.ts';
import type { Scenario } from './scenarios.ts';
import type { Move } from './state.ts';
import { withStoppedTimers } from './stopped-timers.ts';
import { traceOf } from './trace.ts';

export interface SearchOptions {
  /** The most disturbances in one schedule. */
  readonly disturbances: number;
  /** What runs take a snapshot with: the product's own steps, or steps with a fault in them. */
  readonly steps?: PublishingSteps;
  /** The name of the store's behavior; see `STORES`. */
  readonly store?: string;
  /** Whether the start of each upload is a call of its own. */
  readonly initiations?: boolean;
  /** Default: every call. */
  readonly disturbed?: Disturbed;
  /** Whether a warning breaks a promise. Default: true. */
  readonly alarms?: boolean;
  /** False: also search the orders that differ only in calls that can't influence each other. Default: true. */
  readonly reduced?: boolean;
}

export interface Figures {
  readonly scenario: string;
  readonly disturbances: number;
  readonly states: number;
  readonly moves: number;
  /** How many schedules these states stand for. */
  readonly schedules: number;
  readonly worlds: number;
  readonly positions: number;
  /** How often a run was started from its beginning to compute those positions. */
  readonly starts: number;
  /** The worlds in which a schedule can end, as texts. */
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

/** Visits every state that the scenario can reach, or stops at the first broken promise. */
export const search = (scenario: Scenario, options: SearchOptions): Promise<Found> =>
  withStoppedTimers(() => searchAll(scenario, options));

async function searchAll(scenario: Scenario, options: SearchOptions): Promise<Found> {
  const start = performance.now();
  const {
    disturbances,
    steps = PUBLISHING_STEPS,
    store = 's3',
    initiations = false,
    alarms = true,
    reduced = true,
    disturbed = 'every call',
  } = options;
  const semantics = STORES.get(store);
  if (!semantics) throw new Error(`no store ${store}; there are ${[...STORES.keys()].join(', ')}`);
  const explorer = new Explorer(scenario, steps, semantics, {
    initiations,
    alarms: alarms && scenario.begins !== 'expired' && scenario.begins !== 'rows-gone',
    reduced,
    disturbed,
  });
  const judge = new Judge(explorer);
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
    starts: explorer.tree.starts,
    ends: judge.ends,
    seconds: (performance.now() - start) / 1000,
    warnings: [...explorer.checks.warnings],
    counterexample: broken && { broken: broken.promise, trace: traceOf(broken.way, explorer) },
  };
}
