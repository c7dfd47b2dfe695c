import type { Bucket } from './bucket.ts';
import { isEffect } from './calls.ts';
import { hasEffect } from './late-calls.ts';
import type { Leftovers } from './leftovers.ts';
import type { RunTree } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import { type State, WAITING } from './state.ts';

/**
 * Partial-order reduction. A call that nobody can influence and that influences nobody comes at once, alone: whatever else
 * happens before or after it, the same worlds are reached. What comes of it, its failure included, is still searched.
 */
export class Independence {
  readonly #tree: RunTree;
  readonly #bucket: Bucket;
  readonly #leftovers: Leftovers;
  readonly #scenario: Scenario;

  constructor(tree: RunTree, bucket: Bucket, leftovers: Leftovers, scenario: Scenario) {
    this.#tree = tree;
    this.#bucket = bucket;
    this.#leftovers = leftovers;
    this.#scenario = scenario;
  }

  isAlone(state: State, process: number): boolean {
    const position = this.#tree.at(state.at[process] ?? WAITING);
    const world = this.#bucket.worlds.at(state.world);
    if (position.call === undefined) return false;
    const call = this.#tree.calls.at(position.call);
    if (call.kind === 'report' || position.reported) return true; // no decision hangs on a report
    if (call.kind === 'read' && world.commits.has(call.key)) return true; // commits are never replaced
    if (call.kind === 'read' || call.kind === 'isInPlace') return this.#isSettled(state, process, call.key);
    if (call.kind === 'drop' && world.staged.has(call.upload)) {
      return this.#leftovers.isPrivate(state.world, state.late, call.upload);
    }
    return call.kind !== 'replace' && isEffect(call) && !hasEffect(world, call); // and never will have one
  }

  /** Of two runs that are alike but for their names, the first one begins. */
  mayBegin({ at }: State, process: number): boolean {
    const first = at[0] ?? WAITING;
    return !(this.#scenario.symmetric && process === 1 && first >= 0 && this.#tree.at(first).depth <= 1);
  }

  /** Whether nobody else will put anything at the key: nothing is staged for it, and no other run is of its day. */
  #isSettled({ world, at }: State, process: number, key: string): boolean {
    if (key.startsWith('commits/')) return false;
    for (const upload of this.#bucket.worlds.at(world).staged) if (upload.startsWith(`${key}#`)) return false;
    return at.every(
      (position, other) => position < 0 || other === process || !key.includes(this.#tree.at(position).program.dt),
    );
  }
}
