import { signatureOf } from '../../functions/snapshot/contract.ts';
import type { Bucket } from './bucket.ts';
import { isEffect } from './calls.ts';
import { hasEffect, type LateCalls } from './late-calls.ts';
import type { Leftovers } from './leftovers.ts';
import { saysPublished } from './position.ts';
import type { RunTree } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import { isSigningKey } from './signing.ts';
import { type State, WAITING } from './state.ts';
import { exists, firstSigned } from './world.ts';

/**
 * Partial-order reduction: a call that neither influences another nor is influenced is performed at once and alone. The same worlds
 * are reached whatever happens before or after it. All its results are still searched, including its failure.
 */
export class Independence {
  readonly #tree: RunTree;
  readonly #bucket: Bucket;
  readonly #late: LateCalls;
  readonly #leftovers: Leftovers;
  readonly #scenario: Scenario;

  constructor(tree: RunTree, bucket: Bucket, late: LateCalls, leftovers: Leftovers, scenario: Scenario) {
    this.#tree = tree;
    this.#bucket = bucket;
    this.#late = late;
    this.#leftovers = leftovers;
    this.#scenario = scenario;
  }

  /** @param asked the pending call of this process */
  isAlone(state: State, process: number, asked: number): boolean {
    const position = this.#tree.at(state.at[process] ?? WAITING);
    const world = this.#bucket.worlds.at(state.world);
    const call = this.#tree.calls.at(this.#tree.asked.at(asked).call);
    const isOnly = position.pending.length === 1;
    if (position.reported) return true;
    // A report only records that the alarms know of a commit. If it comes first, other runs report less, which is worse for the alarms.
    if (call.kind === 'report') return isOnly || !saysPublished(call.bytes);
    if (call.kind === 'sign') return true;
    if (call.kind === 'read' && world.commits.has(call.key)) return true; // commits are never replaced
    if (call.kind === 'create' && (signatureOf(call.key)?.number ?? 0) < firstSigned(world)) return false; // listings show it
    if ((call.kind === 'read' || call.kind === 'create') && isSigningKey(call.key))
      return exists(world, call.key) || (isOnly && this.#isSettledSignature(state.late, call.key));
    if (call.kind === 'read' || call.kind === 'isInPlace')
      return this.#isSettled(state, isOnly ? process : undefined, call.key);
    if (call.kind === 'discard' && world.staged.has(call.upload)) {
      const isAmongDiscards = this.#tree
        .callsAt(state.at[process] ?? WAITING)
        .every((one) => this.#tree.calls.at(one).kind === 'discard');
      return isAmongDiscards && this.#leftovers.isPrivate(state.world, state.late, call.upload);
    }
    return call.kind !== 'replace' && isEffect(call) && !hasEffect(world, call); // and never will have one
  }

  /** Of two runs that differ only in their names, the first one starts first. */
  mayBegin({ at }: State, process: number): boolean {
    const first = at[0] ?? WAITING;
    return !(this.#scenario.symmetric && process === 1 && first >= 0 && this.#tree.at(first).depth <= 1);
  }

  /**
   * A signature is written only by its own run, and only before its commit. Other runs don't read it before that. So it is settled
   * unless a failed call to create it may still take effect. A public key isn't, since every run may write it.
   */
  #isSettledSignature(late: number, key: string): boolean {
    const isLate = this.#late.members(late).some((member) => {
      const call = this.#tree.calls.at(member);
      return call.kind === 'create' && call.key === key;
    });
    return !isLate && signatureOf(key) !== undefined;
  }

  /**
   * Whether nothing will be promoted to the key: nothing is staged for it, and no run is for its day.
   * @param waits a run that does nothing until it has read the key
   */
  #isSettled({ world, at }: State, waits: number | undefined, key: string): boolean {
    if (key.startsWith('commits/') || key.startsWith('runs/')) return false;
    for (const upload of this.#bucket.worlds.at(world).staged) if (upload.startsWith(`${key}#`)) return false;
    return at.every(
      (position, other) => position < 0 || other === waits || !key.includes(this.#tree.at(position).program.dt),
    );
  }
}
