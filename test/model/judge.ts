import { verify } from '../../functions/snapshot/verify/verify.ts';
import { Explorer } from './explorer.ts';
import { FrozenStore } from './frozen-store.ts';
import { OVER, type State, WAITING } from './state.ts';

/** Checks what `verify` reports once all runs have ended, and again after the last run. */
export class Judge {
  /** The worlds after the last run. */
  readonly ends = new Set<string>();
  readonly #explorer: Explorer;
  readonly #verdicts = new Map<number, string | undefined>();

  constructor(explorer: Explorer) {
    this.#explorer = explorer;
  }

  async brokenEnd(state: State): Promise<string | undefined> {
    const last = state.at.at(-1);
    if (!Explorer.areOver(state) || (last !== OVER && last !== WAITING)) return undefined;
    if (last === OVER) this.ends.add(this.#explorer.bucket.worlds.labels[state.world] ?? '');
    const verdict = await this.#verdict(state.world);
    if (verdict !== undefined && (last === OVER || verdict.startsWith('damaged'))) return `verify reports ${verdict}`;
    const world = this.#explorer.bucket.worlds.at(state.world);
    const { promises } = this.#explorer.bucket;
    return last === OVER ? (promises.brokenAlarm(world) ?? promises.brokenComparison(world)) : undefined;
  }

  async #verdict(number: number): Promise<string | undefined> {
    if (!this.#verdicts.has(number)) this.#verdicts.set(number, await this.#verify(number));
    return this.#verdicts.get(number);
  }

  /** Undefined if all days are sound, apart from damage that an expired upload explains. */
  async #verify(number: number): Promise<string | undefined> {
    const world = this.#explorer.bucket.worlds.at(number);
    const { status, findings } = await verify(new FrozenStore(world, this.#explorer.tree.uploads), {
      today: '2026-11-26',
    });
    const expired = new Set([
      ...[...world.expired].map((upload) => upload.slice(0, upload.indexOf('#'))),
      ...world.removed,
    ]);
    const explained =
      status === 'damaged' && findings.every(({ key, level }) => level !== 'damaged' || expired.has(key));
    if (status === 'sound' || (explained && expired.size > 0)) return undefined;
    return `${status}: ${findings.map(({ key, message }) => `${key} ${message}`).join('; ')}`;
  }
}
