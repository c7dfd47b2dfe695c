import type { ObjectKind } from '../contract.ts';

/** Where a staged object waits: an upload that isn't completed, or a file in the hidden folder. */
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

/** An object that is being written where nobody can see it. */
export interface Staging {
  /** The bytes are the caller's again once it is done. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes what was written durable, still unseen. */
  close(): Promise<{ readonly bytes: number; readonly sha256: string; readonly staged: Staged }>;
  /** Gives the object up, whatever its state. */
  drop(): Promise<void>;
}

/**
 * A folder or a bucket: the calls that publishing is built on. Each takes effect wholly or not at all.
 * All throw StoreError where the store can't be read or written; absence is no error.
 */
export interface Store {
  /** For messages: the folder's path or `s3://bucket/prefix`. */
  readonly location: string;
  /** Keys below a folder of the store (`commits/`), in their order. */
  list(folder: string): Promise<string[]>;
  read(key: string): Promise<Buffer | undefined>;
  /** The bytes in runs; each run is the reader's only until it asks for the next. */
  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Creates an object unless there is one, which is then left as it is. */
  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'>;
  /** Creates or replaces an object. */
  replace(key: string, bytes: Uint8Array): Promise<void>;
  stage(key: string, execution: string): Promise<Staging>;
  /** Moves a staged object to its key. `gone`: it isn't staged any more, since somebody did this before, or dropped it. */
  putInPlace(object: StoredObject): Promise<'placed' | 'gone'>;
  /** Whether the object at the key is the one that this execution staged. */
  isInPlace(object: StoredObject, execution: string): Promise<boolean>;
  /** The staged bytes, or where they can't be read, whether they are there. */
  isStaged(object: StoredObject): Promise<boolean>;
  /** Drops a staged object that no commit will name. */
  drop(object: StoredObject): Promise<void>;
  /** Removes what dead runs staged more than seven days ago, but for what is named here. */
  removeStale(keep: readonly StoredObject[], now: Date): Promise<void>;
  /** Tries each kind of call that a run needs and leaves nothing behind. */
  probe(execution: string): Promise<void>;
}
