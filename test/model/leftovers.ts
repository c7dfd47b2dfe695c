import type { Bucket } from './bucket.ts';
import type { LateCalls } from './late-calls.ts';
import type { Program } from './run.ts';
import { uploadOf } from './scheduled-store.ts';
import { type State, WAITING } from './state.ts';
import type { World } from './world.ts';

/** Finds uploads that can never be promoted, because their run makes no more calls and no commit names
 * them, not even a late one. */
export class Leftovers {
  readonly #bucket: Bucket;
  readonly #late: LateCalls;
  readonly #runs: readonly Program[];
  readonly #removed = new Map<string, number>();

  constructor(bucket: Bucket, late: LateCalls, runs: readonly Program[]) {
    this.#bucket = bucket;
    this.#late = late;
    this.#runs = runs;
  }

  /** Whether only its own run knows the upload, and no late call promotes it. */
  isPrivate(worldNumber: number, late: number, upload: string): boolean {
    const world = this.#bucket.worlds.at(worldNumber);
    const named = this.#bucket.promises
      .log(world)
      .some((commit) => commit?.objects.some((object) => uploadOf(object) === upload));
    return !named && !this.#late.mayPublish(late, upload);
  }

  /** The world without those uploads. It behaves the same, and fewer worlds are left to search. */
  remove({ world: number, late, at }: State): number {
    const over = this.#runs.flatMap(({ name }, process) => ((at[process] ?? WAITING) < WAITING ? name : []));
    const memory = `${number},${late},${over.join('')}`;
    const known = this.#removed.get(memory);
    if (known !== undefined) return known;
    const world = this.#bucket.worlds.at(number);
    const isOver = (name: string) => over.some((run) => name.split('#')[1]?.startsWith(run));
    const staged = new Set(
      [...world.staged].filter((upload) => !isOver(upload) || !this.isPrivate(number, late, upload)),
    );
    const inUse = (name: string) =>
      [...staged, ...world.places.values()].some((upload) => upload.startsWith(`${name}#`));
    const initiated = world.initiated.filter((name) => !isOver(name) || inUse(name));
    const cleared: World = { ...world, staged, initiated };
    const result = this.#bucket.numberOf(cleared);
    this.#removed.set(memory, result);
    return result;
  }
}
