import type { SignatureOptions } from '../../functions/snapshot/verify/signatures.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { Explorer } from './explorer.ts';
import { FrozenStore } from './frozen-store.ts';
import { SIGNING_KEY } from './signing.ts';
import { OVER, type State, WAITING } from './state.ts';
import type { World } from './world.ts';

/** Checks what `verify` reports once all runs have ended, and again after the last run. */
export class Judge {
  /** The worlds after the last run. */
  readonly ends = new Set<string>();
  readonly #explorer: Explorer;
  readonly #verdicts = new Map<string, string | undefined>();

  constructor(explorer: Explorer) {
    this.#explorer = explorer;
  }

  async brokenEnd(state: State): Promise<string | undefined> {
    const last = state.at.at(-1);
    if (!Explorer.areOver(state) || (last !== OVER && last !== WAITING)) return undefined;
    if (last === OVER) this.ends.add(this.#explorer.bucket.worlds.labels[state.world] ?? '');
    const world = this.#explorer.bucket.worlds.at(state.world);
    const { promises } = this.#explorer.bucket;
    const unsigned = last === OVER && this.#signs ? promises.brokenUnsigned(world) : undefined;
    if (unsigned) return unsigned;
    const verdict = await this.#verdict(state.world, last === OVER);
    if (verdict !== undefined && (last === OVER || verdict.startsWith('damaged'))) return `verify reports ${verdict}`;
    return last === OVER ? (promises.brokenAlarm(world) ?? promises.brokenComparison(world)) : undefined;
  }

  get #signs(): boolean {
    return this.#explorer.scenario.last.some(({ signs }) => signs);
  }

  async #verdict(number: number, isLast: boolean): Promise<string | undefined> {
    const name = `${number} ${isLast}`;
    if (!this.#verdicts.has(name)) this.#verdicts.set(name, await this.#verify(number, isLast));
    return this.#verdicts.get(name);
  }

  /** In the end every commit must be signed, unless the alarms know that it isn't or needn't be. Leftover signatures don't count. */
  #signatureOptions(world: World, isLast: boolean): SignatureOptions {
    const { promises } = this.#explorer.bucket;
    const isSigned = promises.log(world).some((commit) => commit && promises.signatures.isStored(world, commit));
    if (!this.#signs || !(isLast || isSigned)) return {};
    const unsigned = [...world.told].flatMap(([number, told]) => (told.unsigned === false ? [] : number));
    return { keys: [SIGNING_KEY.fingerprint], ...(isLast && { signedFrom: 1, unsigned }) };
  }

  /** Undefined if all days are sound, apart from damage that an expired upload explains. */
  async #verify(number: number, isLast: boolean): Promise<string | undefined> {
    const world = this.#explorer.bucket.worlds.at(number);
    const { status, findings } = await verify(new FrozenStore(world, this.#explorer.tree.uploads), {
      today: '2026-11-26',
      ...this.#signatureOptions(world, isLast),
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
