import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { BucketStore } from '../../../functions/snapshot/store/bucket/bucket-store.ts';
import { CLIENT_OPTIONS } from '../../../functions/snapshot/store/bucket/open-bucket.ts';
import type { S3Credentials } from './signature.ts';

/** A bucket and how to reach it, in the double or on a real server. */
export interface S3Place {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: S3Credentials;
}

/** A real server to run the same tests on, if the environment names one. `.ci/s3` starts it. */
export const S3_ENDPOINT = process.env['S3_ENDPOINT'];
const SERVER_CREDENTIALS: S3Credentials = { accessKeyId: 'test', secretAccessKey: 'testsecret' };

/** The product's client, with other limits if a test would otherwise take long. */
export const clientOf = ({ endpoint, region, credentials }: S3Place, options: S3ClientConfig = {}): S3Client =>
  new S3Client({ ...CLIENT_OPTIONS, endpoint, region, credentials, forcePathStyle: true, ...options });

/** Creates a bucket on the real server. */
export async function newBucket(endpoint: string): Promise<S3Place> {
  const bucket = `snapshots-${randomBytes(6).toString('hex')}`;
  const place = { endpoint, bucket, region: 'us-east-1', credentials: SERVER_CREDENTIALS };
  await clientOf(place).send(new CreateBucketCommand({ Bucket: bucket }));
  return place;
}

export const storeAt = (place: S3Place, prefix = '', options: S3ClientConfig = {}): BucketStore =>
  new BucketStore(clientOf(place, options), place.bucket, prefix);

/** The environment of a process that uses a place. */
export const environmentOf = ({ endpoint, region, credentials }: S3Place): { readonly [name: string]: string } => ({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
});
