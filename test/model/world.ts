import { commitNumberOf, KEYS, signatureOf } from '../../functions/snapshot/contract.ts';
import { isSigningKey } from './signing.ts';
import { nameOf, sha256Of } from './uploads.ts';

/** Everything in the bucket, and the number of the last response. Immutable: each effect creates another world. */
export interface World {
  /** The objects under `commits/`. */
  readonly commits: ReadonlyMap<string, Buffer>;
  /** Signatures, public keys, and the manifests that runs without alarms keep. */
  readonly others: ReadonlyMap<string, Buffer>;
  /** The commits whose signature and public key were stored before them. */
  readonly signedFirst: ReadonlySet<string>;
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
  /** For each commit that the alarms know of, the most that one report of it said. */
  readonly told: ReadonlyMap<number, Reported>;
  /** The run documents that say published. */
  readonly closed: ReadonlyMap<string, Buffer>;
}

export interface Reported {
  /** How many new administrators. */
  readonly granted: number;
  /** Null if nothing was signed up to it, so that it need not be signed. */
  readonly unsigned: boolean | null;
}

export const EMPTY: World = {
  commits: new Map(),
  others: new Map(),
  signedFirst: new Set(),
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
  { commits, others, places, closed }: World,
  key: string,
  bytesOf: (upload: string) => Buffer,
): Buffer | undefined {
  const upload = places.get(key);
  return commits.get(key) ?? others.get(key) ?? closed.get(key) ?? (upload === undefined ? undefined : bytesOf(upload));
}

export const listOf = ({ commits, others, places }: World, folder: string): string[] =>
  [...commits.keys(), ...others.keys(), ...places.keys()].filter((key) => key.startsWith(folder)).sort();

export const exists = ({ commits, others }: World, key: string): boolean => commits.has(key) || others.has(key);

/** The world with this object, which is not an upload. */
export function withObject(world: World, key: string, bytes: Buffer, isSigned: boolean): World {
  if (commitNumberOf(key) === undefined) return { ...world, others: with_(world.others, key, bytes) };
  const signedFirst = isSigned ? plus(world.signedFirst, key) : world.signedFirst;
  return { ...world, commits: with_(world.commits, key, bytes), signedFirst };
}

/**
 * The world as runs list it: with a leftover signature for each number from the first signed one on, instead of all signatures. Runs use
 * only the commits in a listing, and the lowest number with a signature. Otherwise, they would be in another position for each signature
 * that others leave.
 */
export function withOneLeftover(world: World): World {
  const numbers = Array.from({ length: world.commits.size + 1 }, (_, i) => i + 1);
  const first = firstSigned(world);
  const leftovers = numbers.flatMap((number) => (number < first ? [] : KEYS.signature(number, '00000000')));
  return { ...world, others: new Map(leftovers.map((key) => [key, Buffer.alloc(0)])) };
}

/** The lowest number with a signature of any attempt. Infinity if there is none. */
export const firstSigned = ({ others }: World): number =>
  Math.min(...[...others.keys()].map((key) => signatureOf(key)?.number ?? Infinity));

/** Whether the one upload started after the other. */
export const startedLater = ({ initiated }: World, one: string, other: string): boolean =>
  initiated.includes(nameOf(other)) && initiated.indexOf(nameOf(one)) > initiated.indexOf(nameOf(other));

/** The text by which worlds are compared. The order of uploads matters only among those to one key. */
export function textOf(world: World): string {
  const places = [...world.places].map(([key, upload]) => `${key}=${upload}`);
  const initiated = world.initiated
    .map((name, at) => ({ key: name.slice(0, name.indexOf('#')), name, at }))
    .sort((a, b) => (a.key === b.key ? a.at - b.at : a.key < b.key ? -1 : 1))
    .map(({ name }) => name);
  const parts = [
    hashesOf(world.commits, () => true),
    places.sort(),
    [...world.staged].sort(),
    [...world.completed].sort(),
    [...world.expired].sort(),
    [...world.removed].sort(),
    initiated,
    [world.responses],
    [...world.told].map(([commit, { granted }]) => `${commit}:${granted}`).sort(),
    [...world.closed.keys()].sort(),
    hashesOf(world.others, (key) => !isSigningKey(key)),
  ];
  return [...parts.map((part) => part.join(',')), signingTextOf(world)].join('|');
}

const hashesOf = (objects: ReadonlyMap<string, Buffer>, isShown: (key: string) => boolean): string[] =>
  [...objects].flatMap(([key, bytes]) => (isShown(key) ? `${key}=${sha256Of(bytes).slice(0, 12)}` : [])).sort();

/** What only signing changes. */
function signingTextOf({ others, signedFirst, told }: World): string {
  return [
    hashesOf(others, isSigningKey),
    [...signedFirst].sort(),
    [...told].flatMap(([commit, { unsigned }]) => (unsigned === false ? [] : `${commit}:${unsigned}`)).sort(),
  ]
    .map((part) => part.join(','))
    .join(';');
}

/** The world's text without what only signing changes. */
export const publishedIn = (text: string): string => text.slice(0, text.lastIndexOf('|'));
