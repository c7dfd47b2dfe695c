import { type Call, Interned } from './calls.ts';
import type { Facts } from './facts.ts';
import { uploadOf } from './scheduled-store.ts';
import { exists, type World } from './world.ts';

/** Numbered sets of calls that failed and may still take effect; 0 is the empty set. A call that is late twice takes effect once. */
export class LateCalls {
  readonly #sets = new Interned<readonly number[]>();
  readonly #calls: Interned<Call>;
  readonly #facts: Facts;

  constructor(calls: Interned<Call>, facts: Facts) {
    this.#calls = calls;
    this.#facts = facts;
    this.#number([]);
  }

  members(set: number): readonly number[] {
    return this.#sets.at(set);
  }

  plus(set: number, call: number): number {
    const members = this.members(set);
    return members.includes(call) ? set : this.#number([...members, call].sort((a, b) => a - b));
  }

  minus(set: number, call: number): number {
    return this.#number(this.members(set).filter((member) => member !== call));
  }

  /** Without the calls that can no longer have an effect, whenever they arrive. */
  prune(set: number, world: World): number {
    if (set === 0) return set;
    return this.#number(this.members(set).filter((member) => hasEffect(world, this.#calls.at(member))));
  }

  /** Whether a late call promotes the upload or commits it. */
  mayPublish(set: number, upload: string): boolean {
    return this.members(set).some((member) => {
      const call = this.#calls.at(member);
      if (call.kind === 'promote') return call.upload === upload;
      if (call.kind !== 'create' && call.kind !== 'replace') return false;
      return this.#facts.of(call.key, call.bytes)?.objects.some((object) => uploadOf(object) === upload);
    });
  }

  #number(members: readonly number[]): number {
    return this.#sets.number(members.join(), () => members);
  }
}

/** Whether the call would change anything now. Once it wouldn't, it never will. */
export function hasEffect(world: World, call: Call): boolean {
  if (call.kind === 'promote' || call.kind === 'discard') return world.staged.has(call.upload);
  return call.kind === 'create' ? !exists(world, call.key) : call.kind === 'replace';
}
