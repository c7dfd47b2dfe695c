/** Reads names of groups for text, day by day, and collects what was damaged or missing. */
import type { Manifest } from '../snapshot/commits/manifest.ts';
import type { Store } from '../snapshot/store/store.ts';

export class GroupNameReader {
  readonly #store: Store;
  readonly #manifests: ReadonlyMap<string, Manifest>;
  readonly #damaged = new Set<string>();
  readonly #missing = new Set<string>();

  constructor(store: Store, manifests: readonly Manifest[]) {
    this.#store = store;
    this.#manifests = new Map(manifests.map((manifest) => [manifest.dt, manifest]));
  }

  /** The names on a day. A group that is missing on this day has its name from the previous one. */
  async of(dt: string, previousDt: string | null): Promise<ReadonlyMap<string, string>> {
    const { readGroupNames } = await import('../snapshot/changes/group-names.ts');
    const all: (readonly [string, string])[] = [];
    for (const manifest of [previousDt ?? '', dt].flatMap((day) => this.#manifests.get(day) ?? [])) {
      const { names, damaged, missing } = await readGroupNames(this.#store, manifest);
      if (damaged !== undefined) this.#damaged.add(damaged);
      if (missing !== undefined) this.#missing.add(missing);
      all.push(...names);
    }
    return new Map(all);
  }

  warnings(): string[] {
    return [
      ...[...this.#damaged].map((key) => `${key} is damaged: groups are shown by their ids. Run verify`),
      ...[...this.#missing].map((key) => `${key} has expired or was removed: its groups are shown by their ids`),
    ];
  }
}
