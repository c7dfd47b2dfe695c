/** What a store promises, in a folder and in a bucket. */

import type { ObjectKind } from '../contract.ts';

/** How to find a staged object again: an upload that isn't completed, or a file in the hidden folder. */
export type Staged =
  | { readonly path: string }
  | { readonly upload_id: string; readonly parts: readonly { readonly etag: string; readonly checksum: string }[] };

/** An object in a commit. `staged` is null for a raw response, which needs no commit to become visible. */
export interface StoredObject {
  readonly kind: ObjectKind;
  readonly key: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly staged: Staged | null;
}

/** An object that is being written and that no reader can see yet. */
export interface Staging {
  /** The caller may reuse the bytes' memory once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the staged bytes durable. They stay invisible. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string; readonly staged: Staged }>;
  /** Discards the object, whatever its state. */
  drop(): Promise<void>;
}

/**
 * A folder or a bucket: the calls that publishing is built on. Each call takes effect completely or not at all.
 * All throw StoreError if the store can't be read or written. A missing object is not an error.
 */
export interface Store {
  /** The folder's path or `s3://bucket/prefix`, for messages. */
  readonly location: string;
  /** Keys under a folder of the store (`commits/`), sorted. */
  list(folder: string): Promise<string[]>;
  /**
   * Reads at most one byte more than `most`, however large the object is. If there are more than `most`, it isn't what was expected.
   * @param most default: `MOST_BYTES.document`
   */
  read(key: string, most?: number): Promise<Buffer | undefined>;
  /** The bytes in chunks. A chunk's memory may be reused as soon as the reader requests the next one. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Creates an object only if it doesn't exist. An existing object stays unchanged. */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /**
   * Proves that `create` never replaces an object, by trying to create an existing one again with the same bytes. The first run on a
   * store calls it, since publishing depends on this promise and some S3 servers ignore the condition.
   * @throws StoreError if the object could be created again
   */
  proveCreateOnly(key: string): Promise<void>;
  /** Creates or replaces an object. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  stage(key: string, execution: string): Promise<Staging>;
  /** Promotes a staged object to its key. `gone` means that it is no longer staged: it was promoted or discarded before. */
  putInPlace(object: StoredObject): Promise<'placed' | 'gone'>;
  /** Whether the object at the key is the one that this attempt staged. */
  isInPlace(object: StoredObject, execution: string): Promise<boolean>;
  /** Whether exactly these bytes are staged. If the store can't read staged bytes: whether the object is staged. */
  isStaged(object: StoredObject): Promise<boolean>;
  /** Discards a staged object that no commit will name. */
  drop(object: StoredObject): Promise<void>;
  /** Removes what dead runs staged more than seven days ago, except these objects. */
  removeStale(keep: readonly StoredObject[], now: Date): Promise<void>;
  /** Tries each kind of call that a run needs. Leaves nothing behind. */
  probe(execution: string): Promise<void>;
}
