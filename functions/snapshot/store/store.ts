import type { ObjectKind } from '../contract.ts';

/** How a staged object is found again: as an upload that isn't completed, or as a file in the hidden folder. */
export type Staged =
  | { readonly path: string }
  | { readonly upload_id: string; readonly parts: readonly { readonly etag: string; readonly checksum: string }[] };

/** An object as a commit names it. `staged` is null for what was in place before the commit: `raw`. */
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
  /** Makes the object durable, still unseen. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string; readonly staged: Staged }>;
  /** Discards the object, whatever its state. */
  drop(): Promise<void>;
}

/**
 * A folder or a bucket: the calls that publishing is built on. Each takes full effect or none.
 * All throw StoreError if the store can't be read or written. A missing object is not an error.
 */
export interface Store {
  /** For messages: the folder's path or `s3://bucket/prefix`. */
  readonly location: string;
  /** Keys under a folder of the store (`commits/`), sorted. */
  list(folder: string): Promise<string[]>;
  read(key: string): Promise<Buffer | undefined>;
  /** The bytes in chunks. A chunk's memory may be reused once the reader asks for the next. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Creates an object only if absent; an existing one stays unchanged. */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /**
   * Proves that `create` never replaces: creates an object that exists again, with its own bytes. The first run on a store calls it,
   * since publishing depends on this and some S3 servers ignore the condition.
   * @throws StoreError if the object could be created again
   */
  proveCreateOnly(key: string): Promise<void>;
  /** Creates or replaces an object. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  stage(key: string, execution: string): Promise<Staging>;
  /** Promotes a staged object to its key. `gone`: it is no longer staged, because it was promoted or discarded before. */
  putInPlace(object: StoredObject): Promise<'placed' | 'gone'>;
  /** Whether the object at the key is the one that this execution staged. */
  isInPlace(object: StoredObject, execution: string): Promise<boolean>;
  /** Whether exactly these bytes are staged, or, if staged bytes can't be read, whether anything is. */
  isStaged(object: StoredObject): Promise<boolean>;
  /** Discards a staged object that no commit will name. */
  drop(object: StoredObject): Promise<void>;
  /** Removes what dead runs staged more than seven days ago, except the objects named here. */
  removeStale(keep: readonly StoredObject[], now: Date): Promise<void>;
  /** Tries each kind of call that a run needs and leaves nothing behind. */
  probe(execution: string): Promise<void>;
}
