import { Explorer } from './explorer.ts';
import { FrozenStore } from './frozen-store.ts';
import type { Product } from './product.ts';
import { OVER, type State, WAITING } from './state.ts';

/** What `verify` must say when the runs are over, and after the one that comes last. */
export class Judge {
  /** The worlds that are left in the end. */
  readonly ends = new Set<string>();
  readonly #explorer: Explorer;
  readonly #product: Product;
  readonly #verdicts = new Map<number, string | undefined>();

  constructor(explorer: Explorer, product: Product) {
    this.#explorer = explorer;
    this.#product = product;
  }

  async brokenEnd(state: State): Promise<string | undefined> {
    const last = state.at.at(-1);
    if (!Explorer.areOver(state) || (last !== OVER && last !== WAITING)) return undefined;
    if (last === OVER) this.ends.add(this.#explorer.bucket.worlds.labels[state.world] ?? '');
    const verdict = await this.#verdict(state.world);
    if (verdict === undefined) return undefined;
    if (last === OVER || verdict.startsWith('damaged')) return `verify says ${verdict}`;
    return undefined;
  }

  async #verdict(number: number): Promise<string | undefined> {
    if (!this.#verdicts.has(number)) this.#verdicts.set(number, await this.#verify(number));
    return this.#verdicts.get(number);
  }

  /** Undefined where all days are sound, but for what an expired upload explains. */
  async #verify(number: number): Promise<string | undefined> {
    const world = this.#explorer.bucket.worlds.at(number);
    const { status, findings } = await this.#product.verify(new FrozenStore(world, this.#explorer.tree.uploads), {
      today: '2026-11-25',
    });
    const expired = new Set([...world.expired].map((upload) => upload.slice(0, upload.indexOf('#'))));
    const explained =
      status === 'damaged' && findings.every(({ key, level }) => level !== 'damaged' || expired.has(key));
    if (status === 'sound' || (explained && expired.size > 0)) return undefined;
    return `${status}: ${findings.map(({ key, message }) => `${key} ${message}`).join('; ')}`;
  }
}
