import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';
import type { StoredObject } from '../store.ts';
import { type Bucket, isRefusal, NEEDS, unless } from './bucket.ts';
import { StagedUpload } from './staged-upload.ts';

/** Begins the upload that becomes the object when it is completed. Names the checksum's algorithm, or S3 would choose another. */
export async function beginUpload(bucket: Bucket, key: string, execution: string): Promise<StagedUpload> {
  const what = `stage ${key}`;
  const input = { ...bucket.at(key), Metadata: { execution }, ChecksumAlgorithm: 'CRC32' as const };
  const begun = await bucket.call(what, NEEDS.put, () => bucket.client.send(new CreateMultipartUploadCommand(input)));
  const id = given(begun.UploadId, bucket, what);
  return new StagedUpload({
    id,
    sendPart: async (PartNumber, Body, ChecksumCRC32) => {
      const command = new UploadPartCommand({ ...bucket.at(key), UploadId: id, PartNumber, Body, ChecksumCRC32 });
      const { ETag } = await bucket.call(what, NEEDS.put, () => bucket.client.send(command));
      return given(ETag, bucket, what);
    },
    abort: () => abortUpload(bucket, key, id),
  });
}

/**
 * Completes an upload, so that its object appears at its key. If it was completed before, S3 responds with NoSuchUpload, or AWS with
 * success. InvalidPart, or a list of no parts, means that the commit was edited by hand; that must not fail every later run.
 */
export function completeUpload(bucket: Bucket, object: StoredObject): Promise<'placed' | 'gone'> {
  return bucket.call(`put ${object.key} in place`, NEEDS.put, async () => {
    const { upload_id: UploadId, parts } = uploadOf(object);
    if (parts.length === 0) return 'gone';
    const Parts = parts.map(({ etag, checksum }, i) => ({ PartNumber: i + 1, ETag: etag, ChecksumCRC32: checksum }));
    const command = new CompleteMultipartUploadCommand({
      ...bucket.at(object.key),
      UploadId,
      MultipartUpload: { Parts },
    });
    return (await unless(['NoSuchUpload', 'InvalidPart'], bucket.client.send(command))) ? 'placed' : 'gone';
  });
}

/** Whether an upload still exists; true as well if S3 denies the question. */
export function uploadExists(bucket: Bucket, { key, staged }: StoredObject): Promise<boolean> {
  return bucket.call(`look for what was staged for ${key}`, NEEDS.listParts, async () => {
    if (!staged || !('upload_id' in staged)) return false;
    const command = new ListPartsCommand({ ...bucket.at(key), UploadId: staged.upload_id, MaxParts: 1 });
    try {
      return (await unless(['NoSuchUpload'], bucket.client.send(command))) !== undefined;
    } catch (error) {
      if (isRefusal(error, ['AccessDenied'])) return true;
      throw error;
    }
  });
}

export async function dropUpload(bucket: Bucket, object: StoredObject): Promise<void> {
  await abortUpload(bucket, object.key, uploadOf(object).upload_id);
}

async function abortUpload(bucket: Bucket, key: string, UploadId: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ ...bucket.at(key), UploadId });
  await bucket.call(`drop what was staged for ${key}`, NEEDS.abort, () =>
    unless(['NoSuchUpload'], bucket.client.send(command)),
  );
}

function uploadOf({ key, staged }: StoredObject) {
  if (staged && 'upload_id' in staged) return staged;
  throw new StoreError(
    `${key} was not staged in a bucket: this store was copied from a folder before its commit was finished`,
  );
}

function given(value: string | undefined, { location }: Bucket, what: string): string {
  if (value) return value;
  throw new StoreError(`${location}: could not ${what}: the answer isn't S3's. Look at the endpoint, and run again`);
}
