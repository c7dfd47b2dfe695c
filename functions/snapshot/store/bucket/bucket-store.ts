import { HeadObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MOST_BYTES } from '../../contract.ts';
import { StoreError } from '../../errors.ts';
import { digestOf } from '../digest.ts';
import { firstBytes } from '../first-bytes.ts';
import type { Staging, Store, StoredObject } from '../store.ts';
import { Bucket, isAbsent, isConflict, NEEDS, unless } from './bucket.ts';
import { openObject } from './download.ts';
import { listKeys } from './listing.ts';
import { probeBucket, replacesObjects } from './probe-bucket.ts';
import { checksumOf } from './staged-upload.ts';
import { beginUpload, completeUpload, dropUpload, uploadExists } from './uploads.ts';
import { readVersion, type Version, writeVersion } from './versions.ts';

/** A store in an S3 bucket, under a prefix. A staged object is an incomplete multipart upload to its final key. */
export class BucketStore implements Store {
  readonly location: string;
  readonly #bucket: Bucket;

  /** @param prefix without a slash at either end. May be empty */
  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#bucket = new Bucket(client, bucket, prefix);
    this.location = this.#bucket.location;
  }

  list(folder: string): Promise<string[]> {
    return listKeys(this.#bucket, folder);
  }

  async read(key: string, most: number = MOST_BYTES.document): Promise<Buffer | undefined> {
    const chunks = await this.open(key);
    return chunks && firstBytes(chunks, most);
  }

  open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return openObject(this.#bucket, key);
  }

  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    const command = new PutObjectCommand({ ...this.#document(key, bytes), IfNoneMatch: '*' });
    return this.#bucket.call(`create ${key}`, NEEDS.put, async () => {
      const created = await unless(isConflict, this.#bucket.client.send(command));
      if (!created) return 'exists';
      this.#bucket.given(created.ETag, `create ${key}`);
      return 'created';
    });
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    const command = new PutObjectCommand(this.#document(key, bytes));
    const { ETag } = await this.#bucket.call(`write ${key}`, NEEDS.put, () => this.#bucket.client.send(command));
    this.#bucket.given(ETag, `write ${key}`);
  }

  async proveCreateOnly(key: string): Promise<void> {
    const bytes = await this.read(key, MOST_BYTES.commit);
    if (!bytes) throw new StoreError(`${this.location}: ${key} was written, but is gone. Check the S3 server`);
    // A server that ignores the condition would replace it with its first bytes.
    if (bytes.byteLength > MOST_BYTES.commit)
      throw new StoreError(`${this.location}: ${key} is larger than a commit can be. Run verify`);
    if ((await this.create(key, bytes)) === 'created') throw replacesObjects(this.location);
  }

  /** For documents that several callers may write at once. Folder stores have no such call. */
  readVersion(key: string): Promise<Version | undefined> {
    return readVersion(this.#bucket, key);
  }

  /** Replaces the object only if it is still the version `seen`. Creates it if `seen` is undefined. @returns undefined if another write came first */
  writeVersion(key: string, bytes: Buffer, seen: Version | undefined): Promise<Version | undefined> {
    return writeVersion(this.#bucket, key, bytes, seen);
  }

  stage(key: string, execution: string): Promise<Staging> {
    return beginUpload(this.#bucket, key, execution);
  }

  putInPlace(object: StoredObject): Promise<'placed' | 'gone'> {
    return completeUpload(this.#bucket, object);
  }

  /** Compares bytes if the object has no metadata, as in a store that was copied without it. */
  async isInPlace({ key, sha256 }: StoredObject, execution: string): Promise<boolean> {
    const what = `check ${key}`;
    const head = await this.#bucket.call(what, NEEDS.get, () =>
      unless(isAbsent, this.#bucket.client.send(new HeadObjectCommand(this.#bucket.at(key)))),
    );
    if (!head) return false;
    this.#bucket.given(head.ETag, what);
    const stagedBy = head.Metadata?.['execution'];
    return stagedBy === undefined ? (await digestOf(this, key))?.sha256 === sha256 : stagedBy === execution;
  }

  /**
   * Whether the upload still exists. Its bytes can't be read. Only `verify` calls this, since runs don't have the permission. If access
   * is denied, the result is true, so that an object that isn't in place counts as interrupted instead of lost.
   */
  isStaged(object: StoredObject): Promise<boolean> {
    return uploadExists(this.#bucket, object);
  }

  drop(object: StoredObject): Promise<void> {
    return dropUpload(this.#bucket, object);
  }

  /** Does nothing: the bucket's lifecycle rule removes incomplete uploads after seven days. */
  async removeStale(): Promise<void> {
    return undefined;
  }

  probe(execution: string): Promise<void> {
    return probeBucket(this.#bucket, this, execution);
  }

  #document(key: string, bytes: Uint8Array) {
    return { ...this.#bucket.at(key), Body: bytes, ChecksumCRC32: checksumOf(bytes) };
  }
}
