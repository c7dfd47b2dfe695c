import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';
import { bucketFailure } from './failure.ts';

/** The S3 actions that a call needs, as its failure names them. */
export const NEEDS = {
  put: 's3:PutObject',
  get: 's3:GetObject, and s3:ListBucket on the bucket, without which a missing object is denied as well',
  putVersion: 's3:PutObject and s3:GetObject',
  list: 's3:ListBucket on the bucket',
  listParts: 's3:ListMultipartUploadParts',
  abort: 's3:AbortMultipartUpload',
} as const;

/** Maps a store's keys to objects in S3, and turns failed calls into errors that an operator can act on. */
export class Bucket {
  readonly location: string;
  readonly client: S3Client;
  readonly name: string;
  /** Precedes each key: empty, or the prefix with its slash. */
  readonly root: string;

  constructor(client: S3Client, name: string, prefix: string) {
    this.location = prefix === '' ? `s3://${name}` : `s3://${name}/${prefix}`;
    this.client = client;
    this.name = name;
    this.root = prefix === '' ? '' : `${prefix}/`;
  }

  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.name, Key: this.root + key };
  }

  /**
   * @param what names the call in messages: `could not …`
   * @param needs the S3 actions that it needs, for the operator who must allow them
   * @throws StoreError if S3, the network or the credential provider fails the call; a bug's error unchanged
   */
  async call<T>(what: string, needs: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof StoreError ? error : bucketFailure(this.location, what, needs, error);
    }
  }
}

/** The result of a call, or undefined if S3 refuses it for one of these reasons. */
export async function unless<T>(reasons: readonly string[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isRefusal(error, reasons)) return undefined;
    throw error;
  }
}

export const isRefusal = (error: unknown, reasons: readonly string[]): boolean =>
  error instanceof S3ServiceException && reasons.includes(error.name);
