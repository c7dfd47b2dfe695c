import { type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';
import { printable } from '../printable.ts';
import { isAtAws } from './endpoint.ts';
import { bucketFailure } from './failure.ts';

/** The S3 actions that a call needs, for the message if it fails. */
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
  /** Prepended to each key: empty, or the prefix with its slash. */
  readonly root: string;

  constructor(client: S3Client, name: string, prefix: string) {
    this.location = prefix === '' ? `s3://${name}` : `s3://${name}/${prefix}`;
    this.client = client;
    this.name = name;
    this.root = prefix === '' ? '' : `${prefix}/`;
  }

  /** Whether the S3 server isn't AWS's. */
  async isForeign(): Promise<boolean> {
    return !(await isAtAws(this.client));
  }

  /** @throws StoreError if a response lacks what every S3 response has, because something else is at the endpoint */
  given(value: string | undefined, what: string): string {
    if (value) return value;
    throw new StoreError(
      `${this.location}: could not ${printable(what)}: the response isn't from S3. Check the endpoint, and run again`,
    );
  }

  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.name, Key: this.root + key };
  }

  /**
   * @param what names the call in messages: `could not …`
   * @param needs the S3 actions that it needs, for the advice to allow them
   * @throws StoreError if S3, the network or the credential provider fails the call. Rethrows a bug's error unchanged
   */
  async call<T>(what: string, needs: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof StoreError ? error : bucketFailure(this.location, what, needs, error);
    }
  }
}

/** Whether S3 refused a call for a certain reason. */
export type Reason = (refusal: S3ServiceException) => boolean;

/** The result of a call, or why S3 refused it. */
export async function tried<T>(
  call: Promise<T>,
): Promise<{ readonly result: T } | { readonly result?: undefined; readonly refusal: S3ServiceException }> {
  try {
    return { result: await call };
  } catch (error) {
    if (error instanceof S3ServiceException) return { refusal: error };
    throw error;
  }
}

/** The result of a call, or undefined if S3 refuses it for this reason. */
export async function unless<T>(reason: Reason, call: Promise<T>): Promise<T | undefined> {
  const outcome = await tried(call);
  if (!('refusal' in outcome)) return outcome.result;
  if (reason(outcome.refusal)) return undefined;
  throw outcome.refusal;
}

export const named =
  (...names: readonly string[]): Reason =>
  ({ name }) =>
    names.includes(name);

/** A precondition failed, or another write is in flight. Servers agree on the status, but not on the error's name. */
export const isConflict: Reason = ({ $metadata: { httpStatusCode } }) =>
  httpStatusCode === 409 || httpStatusCode === 412;

/**
 * There is no such object or upload. Servers disagree on the error's name. A response to HEAD has none, and the SDK calls it NotFound or
 * Unknown. An HTML page is a proxy's, and proves nothing.
 */
export const isAbsent: Reason = ({ name, $metadata, $response }) =>
  $metadata.httpStatusCode === 404 &&
  /^(NoSuch(?!Bucket)\w+|NotFound|Unknown)$/.test(name) &&
  !/html/i.test($response?.headers['content-type'] ?? '');

/** The same for a GET. Every S3 server names the error in the body, so a 404 without a body comes from a proxy. */
export const isAbsentObject: Reason = (refusal) => isAbsent(refusal) && refusal.name !== 'Unknown';

export const isDenied: Reason = ({ $metadata: { httpStatusCode = 0 } }) =>
  httpStatusCode === 401 || httpStatusCode === 403;
