import { nameOf, sha256Of } from './uploads.ts';

/** Everything that lies in the bucket, and the number of the last answer. Never changed: each effect makes another one. */
export interface World {
  /** The objects below `commits/`. */
  readonly commits: ReadonlyMap<string, Buffer>;
  /** The upload that made the object at a key. */
  readonly places: ReadonlyMap<string, string>;
  /** Uploads that aren't completed. */
  readonly staged: ReadonlySet<string>;
  readonly completed: ReadonlySet<string>;
  /** Uploads that the lifecycle rule removed, though a commit names them. */
  readonly expired: ReadonlySet<string>;
  /** The names of uploads that are staged or in place, in the order in which they began. */
  readonly initiated: readonly string[];
  readonly answers: number;
}

export const EMPTY: World = {
  commits: new Map(),
  places: new Map(),
  staged: new Set(),
  completed: new Set(),
  expired: new Set(),
  initiated: [],
  answers: 0,
};

export const with_ = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> => new Map(map).set(key, value);
export const plus = <T>(set: ReadonlySet<T>, member: T): Set<T> => new Set(set).add(member);
export const minus = <T>(set: ReadonlySet<T>, member: T): Set<T> =>
  new Set([...set].filter((other) => other !== member));

export function readOf(
  { commits, places }: World,
  key: string,
  bytesOf: (upload: string) => Buffer,
): Buffer | undefined {
  const upload = places.get(key);
  return commits.get(key) ?? (upload === undefined ? undefined : bytesOf(upload));
}

export const listOf = ({ commits, places }: World, folder: string): string[] =>
  [...commits.keys(), ...places.keys()].filter((key) => key.startsWith(folder)).sort();

/** Whether the one upload began after the other. */
export const beganLater = ({ initiated }: World, one: string, other: string): boolean =>
  initiated.includes(nameOf(other)) && initiated.indexOf(nameOf(one)) > initiated.indexOf(nameOf(other));

/** Equal worlds have one text. Only uploads to one key have an order. */
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
    initiated,
    [world.answers],
  ]
    .map((part) => part.join(','))
    .join('|');
}
