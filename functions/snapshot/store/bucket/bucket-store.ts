import { unescape as decode } from 'node:querystring';
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { COMMITS_FOLDER } from '../../contract.ts';
import type { Staging, Store, StoredObject } from '../store.ts';
import { Bucket, unless } from './bucket.ts';
import { bucketFailure } from './failure.ts';
import { checksumOf } from './staged-upload.ts';
import { beginUpload, completeUpload, dropUpload, uploadExists } from './uploads.ts';
import { readVersion, type Version, writeVersion } from './versions.ts';

const PUT = 's3:PutObject';
const GET = 's3:GetObject, and s3:ListBucket on the bucket, without which a missing object is denied as well';
const TRIES = 3;

/** A store in an S3 bucket, below a prefix. Staged is a multipart upload to the final key that isn't completed yet. */
export class BucketStore implements Store {
  readonly location: string;
  readonly #bucket: Bucket;

  /** @param prefix without a slash at its ends; may be empty */
  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#bucket = new Bucket(client, bucket, prefix);
    this.location = this.#bucket.location;
  }

  /** Without the folder objects that the console makes, whose keys end with a slash. */
  list(folder: string): Promise<string[]> {
    const { client, name, root } = this.#bucket;
    return this.#bucket.call(`list ${folder}`, 's3:ListBucket on the bucket', async () => {
      const keys: string[] = [];
      // Encoded, since XML can't hold every character of a key.
      const input = { Bucket: name, Prefix: root + folder, EncodingType: 'url' as const };
      for await (const { Contents = [] } of paginateListObjectsV2({ client }, input)) {
        for (const { Key = '' } of Contents) keys.push(decode(Key.replaceAll('+', ' ')).slice(root.length));
      }
      return keys.filter((key) => !key.endsWith('/')).sort();
    });
  }

  async read(key: string): Promise<Buffer | undefined> {
    const chunks = await this.open(key);
    if (!chunks) return undefined;
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    return Buffer.concat(read);
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { client } = this.#bucket;
    const answer = await this.#bucket.call(`read ${key}`, GET, () =>
      unless(['NoSuchKey'], client.send(new GetObjectCommand(this.#bucket.at(key)))),
    );
    return answer && this.#chunks(key, answer);
  }

  create(key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
    return this.#bucket.call(`create ${key}`, PUT, async () => {
      const call = this.#bucket.client.send(new PutObjectCommand({ ...this.#document(key, bytes), IfNoneMatch: '*' }));
      return (await unless(['PreconditionFailed', 'ConditionalRequestConflict'], call)) ? 'created' : 'exists';
    });
  }

  async replace(key: string, bytes: Uint8Array): Promise<void> {
    const command = new PutObjectCommand(this.#document(key, bytes));
    await this.#bucket.call(`write ${key}`, PUT, () => this.#bucket.client.send(command));
  }

  /** For what several may want to write at once; a folder has no such call. */
  readVersion(key: string): Promise<Version | undefined> {
    return readVersion(this.#bucket, key);
  }

  /** Writes only over the version that was seen, or where none was. @returns undefined where another was before */
  writeVersion(key: string, bytes: Buffer, seen: Version | undefined): Promise<Version | undefined> {
    return writeVersion(this.#bucket, key, bytes, seen);
  }

  stage(key: string, execution: string): Promise<Staging> {
    return beginUpload(this.#bucket, key, execution);
  }

  putInPlace(object: StoredObject): Promise<'placed' | 'gone'> {
    return completeUpload(this.#bucket, object);
  }

  async isInPlace({ key }: StoredObject, execution: string): Promise<boolean> {
    const head = await this.#bucket.call(`look at ${key}`, GET, () =>
      unless(['NotFound'], this.#bucket.client.send(new HeadObjectCommand(this.#bucket.at(key)))),
    );
    return head?.Metadata?.['execution'] === execution;
  }

  /**
   * Whether the upload is there still; its bytes can't be read. Only `verify` asks, and the action that it needs is no run's:
   * where it is denied the answer is yes, since it can't be told, and what isn't in place then counts as interrupted.
   */
  isStaged(object: StoredObject): Promise<boolean> {
    return uploadExists(this.#bucket, object);
  }

  drop(object: StoredObject): Promise<void> {
    return dropUpload(this.#bucket, object);
  }

  /** Nothing: the bucket's lifecycle rule removes uploads that weren't completed, after seven days. */
  async removeStale(): Promise<void> {
    return undefined;
  }

  /** Tries every action of STORE_ACTIONS. Only completing isn't tried, since it leaves an object; it needs no action of its own. */
  async probe(execution: string): Promise<void> {
    const key = `.staged/${execution}/probe`;
    await this.list(COMMITS_FOLDER);
    await this.read(key);
    const staging = await this.stage(key, execution);
    try {
      await staging.close();
    } catch (error) {
      await staging.drop().catch(() => undefined); // the first failure is the one to report
      throw error;
    }
    await staging.drop();
  }

  #document(key: string, bytes: Uint8Array) {
    return { ...this.#bucket.at(key), Body: bytes, ChecksumCRC32: checksumOf(bytes) };
  }

  /** A connection that breaks, or that a slow reader left idle, is taken up where it broke, as long as the object is the same. */
  async *#chunks(key: string, first: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
    const { client, location } = this.#bucket;
    let offset = 0;
    let broken = 0;
    for (let answer = first; ; ) {
      const body = bodyOf(answer);
      try {
        for await (const chunk of body) {
          offset += chunk.byteLength;
          broken = 0;
          yield chunk;
        }
        return;
      } catch (error) {
        if (++broken === TRIES) throw bucketFailure(location, `read ${key}`, GET, error);
      }
      const rest = { ...this.#bucket.at(key), Range: `bytes=${offset}-`, IfMatch: first.ETag };
      answer = await this.#bucket.call(`read on in ${key}`, GET, () => client.send(new GetObjectCommand(rest)));
    }
  }
}

function bodyOf({ Body }: GetObjectCommandOutput): AsyncIterable<Uint8Array> {
  if (Body instanceof Readable) return Body;
  throw new TypeError("the S3 client's answer has no stream of Node");
}
