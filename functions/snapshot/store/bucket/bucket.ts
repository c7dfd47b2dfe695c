import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';
import { bucketFailure } from './failure.ts';

/** Where a store's keys lie in S3, and how a call ends there. */
export class Bucket {
  readonly location: string;
  readonly client: S3Client;
  readonly name: string;
  /** Stands before each key: empty, or the prefix with its slash. */
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
   * @param needs the S3 actions that it needs, for whoever must allow them
   * @throws StoreError for whatever S3, the network or the credentials' provider refuse
   */
  async call<T>(what: string, needs: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof StoreError ? error : bucketFailure(this.location, what, needs, error);
    }
  }
}

/** What a call gives, or undefined where S3 refuses it for one of these reasons. */
export async function unless<T>(reasons: readonly string[], call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof S3ServiceException && reasons.includes(error.name)) return undefined;
    throw error;
  }
}
