import { type Call, Interned, type Result } from './calls.ts';
import { Facts } from './facts.ts';
import type { PrivateStep, Told } from './port.ts';
import { saysPublished } from './position.ts';
import { Promises } from './promises.ts';
import { nameOf, sha256Of, type Uploads } from './uploads.ts';
import {
  EMPTY,
  exists,
  listOf,
  minus,
  plus,
  type Reported,
  readOf,
  startedLater,
  textOf,
  type World,
  with_,
  withObject,
  withOneLeftover,
} from './world.ts';

/** The behavior in which stores differ. */
export interface Semantics {
  /** How an object in place is recognized: by its attempt (metadata on S3) or by its bytes (in a folder). */
  readonly inPlaceBy: 'execution' | 'sha256';
  /** Whether a repeated promotion gets the first one's response again, without an effect. S3 may do either. */
  readonly replays: 'never' | 'always' | 'may';
  /** S3 may keep the upload that started later, even if the other one is completed after it. */
  readonly laterMayWin: boolean;
}

const S3: Semantics = { inPlaceBy: 'execution', replays: 'never', laterMayWin: true };
/** The ways in which stores can behave, by name. */
export const STORES: ReadonlyMap<string, Semantics> = new Map([
  ['s3', S3],
  ['s3-replays', { ...S3, replays: 'always' }],
  ['s3-may-replay', { ...S3, replays: 'may' }],
  ['folder', { inPlaceBy: 'sha256', replays: 'never', laterMayWin: false }],
]);

/** One possible effect of a call. */
export interface Effect {
  readonly world: number;
  readonly result: number;
  readonly broken: string | undefined;
}

/** The effects of each call on each world, computed once. A call takes effect at one instant, and a read sees every earlier effect. */
export class Bucket {
  readonly worlds = new Interned<World>();
  readonly promises: Promises;
  readonly facts: Facts;
  readonly #calls: Interned<Call>;
  readonly #results: Interned<Result>;
  readonly #uploads: Uploads;
  readonly #semantics: Semantics;
  readonly #reduced: boolean;
  readonly #effects = new Map<number, readonly Effect[]>();

  /** @param reduced whether runs see the same signatures in every listing of `commits/`; see `withOneLeftover` */
  constructor(
    calls: Interned<Call>,
    results: Interned<Result>,
    uploads: Uploads,
    semantics: Semantics,
    reduced: boolean,
  ) {
    this.#calls = calls;
    this.#results = results;
    this.#uploads = uploads;
    this.#semantics = semantics;
    this.#reduced = reduced;
    this.facts = new Facts(uploads);
    this.promises = new Promises(this.facts, uploads);
    this.numberOf(EMPTY);
  }

  numberOf(world: World): number {
    return this.worlds.number(textOf(world), () => world);
  }

  read(world: World, key: string): Buffer | undefined {
    return readOf(world, key, (upload) => this.#uploads.get(upload).bytes);
  }

  apply(worldNumber: number, callNumber: number): readonly Effect[] {
    const memory = worldNumber * 2 ** 24 + callNumber;
    const known = this.#effects.get(memory);
    if (known) return known;
    const before = this.worlds.at(worldNumber);
    const effects = this.#perform(before, this.#calls.at(callNumber)).map(([after, value]) => ({
      world: this.numberOf(after),
      result: this.#results.number(textOfValue(value), () => ({ value })),
      broken: after === before ? undefined : (this.promises.brokenBy(before, after) ?? this.promises.brokenIn(after)),
    }));
    this.#effects.set(memory, effects);
    return effects;
  }

  #perform(world: World, call: Call): readonly (readonly [World, Value])[] {
    switch (call.kind) {
      case 'list':
        return [[world, listOf(this.#reduced ? withOneLeftover(world) : world, call.folder)]];
      case 'read':
        return [[world, this.read(world, call.key)]];
      case 'isInPlace':
        return [[world, this.#isInPlace(world, call)]];
      case 'create':
        if (exists(world, call.key)) return [[world, 'exists']];
        return [[this.#write(world, call), 'created']];
      case 'replace':
        return [[this.#write(world, call), undefined]];
      case 'sign':
        return [[world, undefined]];
      case 'promote':
        return this.#promote(world, call.upload);
      case 'discard':
        if (!world.staged.has(call.upload)) return [[world, undefined]];
        return [[withoutUpload({ ...world, staged: minus(world.staged, call.upload) }, call.upload), undefined]];
      case 'initiate':
        return [[{ ...world, initiated: [...world.initiated, `${call.key}#${call.execution}`] }, undefined]];
      case 'request':
        return [[{ ...world, responses: world.responses + 1 }, world.responses + 1]];
      case 'report':
        if (!saysPublished(call.bytes)) return [[world, undefined]];
        return [[{ ...world, closed: with_(world.closed, call.key, call.bytes) }, undefined]];
    }
  }

  #write(world: World, { key, bytes }: Extract<Call, { kind: 'create' | 'replace' }>): World {
    const commit = this.facts.of(key, bytes);
    return withObject(world, key, bytes, commit !== undefined && this.promises.signatures.isStored(world, commit));
  }

  #promote(world: World, upload: string): readonly (readonly [World, Value])[] {
    if (!world.staged.has(upload)) {
      const replays = world.completed.has(upload) ? this.#semantics.replays : 'never';
      const values = { never: ['gone'], always: ['placed'], may: ['gone', 'placed'] } as const;
      return values[replays].map((value) => [world, value]);
    }
    const { key } = this.#uploads.get(upload);
    const there = world.places.get(key);
    const taken = { ...world, staged: minus(world.staged, upload), completed: plus(world.completed, upload) };
    const placed = { ...taken, places: with_(world.places, key, upload) };
    if (there === undefined) return [[placed, 'placed']];
    const replaced = [withoutUpload(placed, there), 'placed'] as const;
    if (!this.#semantics.laterMayWin || !startedLater(world, there, upload)) return [replaced];
    return [replaced, [withoutUpload(taken, upload), 'placed']];
  }

  #isInPlace({ places }: World, { key, execution, sha256 }: Extract<Call, { kind: 'isInPlace' }>): boolean {
    const id = places.get(key);
    const there = id === undefined ? undefined : this.#uploads.get(id);
    return this.#semantics.inPlaceBy === 'execution' ? there?.execution === execution : there?.sha256 === sha256;
  }

  /** The world after what a run did between two results, which no other run sees. */
  staged(number: number, steps: readonly PrivateStep[]): number {
    const world = this.worlds.at(number);
    const staged = new Set(world.staged);
    let initiated = [...world.initiated];
    const told = new Map(world.told);
    for (const step of steps) {
      if (step.kind === 'staged') staged.add(step.upload);
      if (step.kind === 'initiated') initiated.push(step.name);
      if (step.kind === 'told') told.set(step.commit, reportedBy(step, told.get(step.commit)));
      if (step.kind === 'abandoned') initiated = initiated.filter((name) => name !== step.name);
    }
    return this.numberOf({ ...world, staged, initiated, told });
  }
}

const reportedBy = ({ granted, unsigned }: Told, before: Reported | undefined): Reported => ({
  granted: Math.max(granted, before?.granted ?? 0),
  unsigned: before === undefined ? unsigned : mostOf(unsigned, before.unsigned),
});

const mostOf = (...said: readonly (boolean | null)[]): boolean | null =>
  said.includes(true) || (said.includes(null) ? null : false);

type Value = Extract<Result, { value: unknown }>['value'];

const withoutUpload = (world: World, upload: string): World => ({
  ...world,
  initiated: world.initiated.filter((name) => name !== nameOf(upload)),
});

function textOfValue(value: Value): string {
  if (Buffer.isBuffer(value)) return `bytes ${sha256Of(value).slice(0, 16)}`;
  return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
}
