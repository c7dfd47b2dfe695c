import { nameOf, sha256Of } from './uploads.ts';

/** Everything in the bucket, and the number of the last response. Immutable: each effect creates another world. */
export interface World {
  /** The objects under `commits/`. */
  readonly commits: ReadonlyMap<string, Buffer>;
  /** For each key, the upload that was promoted to it. */
  readonly places: ReadonlyMap<string, string>;
  /** Uploads that were neither promoted nor discarded. */
  readonly staged: ReadonlySet<string>;
  /** Uploads that were promoted, including those replaced since. */
  readonly completed: ReadonlySet<string>;
  /** Uploads that the lifecycle rule removed although a commit names them. */
  readonly expired: ReadonlySet<string>;
  /** The keys of objects that were removed after they were in place. */
  readonly removed: ReadonlySet<string>;
  /** The names of uploads that are staged or in place, in the order in which they started. */
  readonly initiated: readonly string[];
  readonly responses: number;
  /** For each commit that the alarms know of, the most administrators that one report of it counted. */
  readonly told: ReadonlyMap<number, number>;
  /** The run documents that say published. */
  readonly closed: ReadonlyMap<string, Buffer>;
}

export const EMPTY: World = {
  commits: new Map(),
  places: new Map(),
  staged: new Set(),
  completed: new Set(),
  expired: new Set(),
  removed: new Set(),
  initiated: [],
  responses: 0,
  told: new Map(),
  closed: new Map(),
};

export const with_ = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> => new Map(map).set(key, value);
export const plus = <T>(set: ReadonlySet<T>, member: T): Set<T> => new Set(set).add(member);
export const minus = <T>(set: ReadonlySet<T>, member: T): Set<T> =>
  new Set([...set].filter((other) => other !== member));

export function readOf(
  { commits, places, closed }: World,
  key: string,
  bytesOf: (upload: string) => Buffer,
): Buffer | undefined {
  const upload = places.get(key);
  return commits.get(key) ?? closed.get(key) ?? (upload === undefined ? undefined : bytesOf(upload));
}

export const listOf = ({ commits, places }: World, folder: string): string[] =>
  [...commits.keys(), ...places.keys()].filter((key) => key.startsWith(folder)).sort();

/** Whether the one upload started after the other. */
export const startedLater = ({ initiated }: World, one: string, other: string): boolean =>
  initiated.includes(nameOf(other)) && initiated.indexOf(nameOf(one)) > initiated.indexOf(nameOf(other));

/** The text by which worlds are compared. The order of uploads matters only among those to one key. */
export function textOf(world: World): string {
  const commits = [...world.commits].map(([key, bytes]) => `${key}=${sha256Of(bytes).slice(0, 12)}`);
  const places = [...world.places].map(([key, upload]) => `${key}=${upload}`);
  const initiated = world.initiated
    .map((name, at) => ({ key: name.slice(0, name.indexOf('#')), name, at }))
    .sort((a, b) => (a.key === b.key ? a.at - b.at : a.key < b.key ? -1 : 1))
    .map(({ name }) => name);
  return [
    commits.sort(),
    places.sort(),
    [...world.staged].sort(),
    [...world.completed].sort(),
    [...world.expired].sort(),
    [...world.removed].sort(),
    initiated,
    [world.responses],
    [...world.told].map(([commit, granted]) => `${commit}:${granted}`).sort(),
    [...world.closed.keys()].sort(),
  ]
    .map((part) => part.join(','))
    .join('|');
}
