import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { MOST_BYTES } from '../../contract.ts';
import { firstBytes } from '../first-bytes.ts';
import { type Bucket, isAbsentObject, isConflict, NEEDS, type Reason, unless } from './bucket.ts';
import { bodyOf } from './download.ts';
import { checksumOf } from './staged-upload.ts';

/** The object exists, changed or disappeared since it was read, or another write is in flight. */
const overtaken: Reason = (refusal) => isConflict(refusal) || isAbsentObject(refusal);

/** One version of an object: its content, and what identifies it in a conditional write. */
export interface Version {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Identifies the call of `writeVersion` that wrote it, if any. */
  readonly writer: string | undefined;
}

/** The object's current version, cut off if it is larger than a document can be. Undefined if there is no such object. */
export async function readVersion(bucket: Bucket, key: string): Promise<Version | undefined> {
  return bucket.call(`read ${key}`, NEEDS.get, async () => {
    const response = await unless(isAbsentObject, bucket.client.send(new GetObjectCommand(bucket.at(key))));
    if (!response) return undefined;
    const etag = bucket.given(response.ETag, `read ${key}`);
    const bytes = await firstBytes(bodyOf(response), MOST_BYTES.document);
    return { bytes, etag, writer: response.Metadata?.['writer'] };
  });
}

/**
 * Replaces the version that was seen, or creates the object if none was. If several calls saw the same version, only one of them writes.
 * @returns the new version. Undefined if another write came first, which is then left unchanged
 */
export function writeVersion(
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  seen: Version | undefined,
): Promise<Version | undefined> {
  const writer = randomBytes(8).toString('hex');
  const command = new PutObjectCommand({
    ...bucket.at(key),
    Body: bytes,
    ChecksumCRC32: checksumOf(bytes),
    Metadata: { writer },
    ...(seen ? { IfMatch: seen.etag } : { IfNoneMatch: '*' }),
  });
  return bucket.call(`write ${key}`, NEEDS.putVersion, async () => {
    const response = await unless(overtaken, bucket.client.send(command));
    if (response?.ETag !== undefined) return { bytes, etag: response.ETag, writer };
    // If a response is lost, the client's retry is refused because of its own first write. The writer's id reveals that.
    const current = await readVersion(bucket, key);
    return current?.writer === writer ? current : undefined;
  });
}
