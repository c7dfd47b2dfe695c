import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';
import type { StoredObject } from '../store.ts';
import { type Bucket, isAbsent, isDenied, NEEDS, named, tried, unless } from './bucket.ts';
import { bucketFailure } from './failure.ts';
import { StagedUpload } from './staged-upload.ts';

/** Begins the upload that becomes the object when it is completed. Sets the checksum algorithm, since S3's default differs. */
export async function beginUpload(bucket: Bucket, key: string, execution: string): Promise<StagedUpload> {
  const what = `stage ${key}`;
  const input = { ...bucket.at(key), Metadata: { execution }, ChecksumAlgorithm: 'CRC32' as const };
  const begun = await bucket.call(what, NEEDS.put, () => bucket.client.send(new CreateMultipartUploadCommand(input)));
  const id = bucket.given(begun.UploadId, what);
  return new StagedUpload({
    id,
    sendPart: async (PartNumber, Body, ChecksumCRC32) => {
      const command = new UploadPartCommand({ ...bucket.at(key), UploadId: id, PartNumber, Body, ChecksumCRC32 });
      const { ETag } = await bucket.call(what, NEEDS.put, () => bucket.client.send(command));
      return bucket.given(ETag, what);
    },
    abort: () => abortUpload(bucket, key, id),
  });
}

/**
 * Completes an upload, so that its object appears at its key. If it was completed before, S3 returns NoSuchUpload, and AWS may also
 * return success. InvalidPart, or an empty list of parts, means that the commit was edited by hand. That must not fail every later run.
 * Other servers may return anything for an upload that is gone, even a server error. In that case its parts are listed to find out.
 * What was staged in a folder isn't here either: the store was copied before its commit was finished.
 */
export function completeUpload(bucket: Bucket, object: StoredObject): Promise<'placed' | 'gone'> {
  const what = `promote ${object.key}`;
  return bucket.call(what, NEEDS.put, async () => {
    const { staged } = object;
    if (!staged || !('upload_id' in staged) || staged.parts.length === 0) return 'gone';
    const { upload_id: UploadId, parts } = staged;
    const Parts = parts.map(({ etag, checksum }, i) => ({ PartNumber: i + 1, ETag: etag, ChecksumCRC32: checksum }));
    const input = { ...bucket.at(object.key), UploadId, MultipartUpload: { Parts } };
    const outcome = await tried(bucket.client.send(new CompleteMultipartUploadCommand(input)));
    if ('refusal' in outcome) return isGone(outcome.refusal) ? 'gone' : goneDespite(bucket, object, outcome.refusal);
    bucket.given(outcome.result.ETag, what);
    return 'placed';
  });
}

const isGone = named('NoSuchUpload', 'NoSuchKey', 'InvalidPart');

/** @throws the refusal of the completion, unless the upload no longer exists */
async function goneDespite(bucket: Bucket, object: StoredObject, refusal: S3ServiceException): Promise<'gone'> {
  if (isDenied(refusal)) throw refusal;
  const found = await lookForUpload(bucket, object).catch((error: unknown) => {
    if (error instanceof StoreError) return 'unknown'; // report the refusal instead
    throw error;
  });
  if (found === 'gone') return 'gone';
  const failure = bucketFailure(bucket.location, `promote ${object.key}`, NEEDS.put, refusal);
  if (found !== 'denied' || !(failure instanceof StoreError)) throw failure;
  const advice = `If this persists, the upload may be lost: allow ${NEEDS.listParts} to find out`;
  throw new StoreError(`${failure.message}. ${advice}`, { cause: failure.cause });
}

/** Whether an upload still exists. True also if S3 denies access. */
export const uploadExists = async (bucket: Bucket, object: StoredObject): Promise<boolean> =>
  (await lookForUpload(bucket, object)) !== 'gone';

function lookForUpload(bucket: Bucket, { key, staged }: StoredObject): Promise<'exists' | 'gone' | 'denied'> {
  return bucket.call(`check what is staged for ${key}`, NEEDS.listParts, async () => {
    if (!staged || !('upload_id' in staged)) return 'gone';
    const input = { ...bucket.at(key), UploadId: staged.upload_id, MaxParts: 1 };
    const outcome = await tried(bucket.client.send(new ListPartsCommand(input)));
    if (!('refusal' in outcome)) return 'exists';
    if (isAbsent(outcome.refusal)) return 'gone';
    if (outcome.refusal.name === 'AccessDenied') return 'denied';
    throw outcome.refusal;
  });
}

export async function dropUpload(bucket: Bucket, object: StoredObject): Promise<void> {
  const { key, staged } = object;
  if (!staged || !('upload_id' in staged)) throw new StoreError(`${key} was not staged in a bucket`);
  await abortUpload(bucket, key, staged.upload_id);
}

async function abortUpload(bucket: Bucket, key: string, UploadId: string): Promise<void> {
  const command = new AbortMultipartUploadCommand({ ...bucket.at(key), UploadId });
  await bucket.call(`discard what is staged for ${key}`, NEEDS.abort, () =>
    unless(isAbsent, bucket.client.send(command)),
  );
}
