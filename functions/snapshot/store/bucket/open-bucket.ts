import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SettingsError } from '../../errors.ts';
import { BucketStore } from './bucket-store.ts';

/** Options of every S3 client of a store. */
export const CLIENT_OPTIONS = {
  retryMode: 'standard',
  maxAttempts: 5,
  // The store sends a CRC32 with each body itself, and reads are checked against hashes, so the client needs to do neither.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  // With `Expect: 100-continue` each part would open a connection of its own.
  expectContinueHeader: false,
  followRegionRedirects: false,
  // Milliseconds. A response can begin only after a whole part was uploaded, perhaps over a slow line: hence the long requestTimeout.
  requestHandler: {
    connectionTimeout: 5_000,
    socketTimeout: 30_000,
    requestTimeout: 300_000,
    throwOnRequestTimeout: true,
  },
} as const satisfies S3ClientConfig;

/**
 * Opens the store at `s3://bucket/prefix` without sending anything yet. The AWS SDK finds the credentials.
 * @param environment names the region; if it doesn't, the AWS configuration files do
 * @param options override CLIENT_OPTIONS
 * @throws SettingsError if the location is malformed or no region is set
 */
export async function openBucket(
  location: string,
  environment: { readonly [name: string]: string | undefined },
  options: S3ClientConfig = {},
): Promise<BucketStore> {
  const { bucket, prefix } = parseLocation(location);
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined;
  const client = new S3Client({ ...CLIENT_OPTIONS, ...options, ...(region && { region }) });
  try {
    await client.config.region();
  } catch (error) {
    throw new SettingsError("AWS_REGION: is not set or isn't a region. Set it to the bucket's, like eu-central-1", {
      cause: error,
    });
  }
  return new BucketStore(client, bucket, prefix);
}

/** Parses `s3://bucket/prefix`, with or without a slash at the end. @throws SettingsError that says what is wrong */
export function parseLocation(location: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*?)\/?)?$/s.exec(location) ?? [];
  const problem = problemOf(bucket, prefix);
  if (problem) throw new SettingsError(`the store must be s3://bucket/prefix: ${problem}`);
  return { bucket, prefix };
}

function problemOf(bucket: string, prefix: string): string | undefined {
  if (!/^(?=.{3,63}$)[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)*$/.test(bucket) || bucket.endsWith('-'))
    return "the bucket's name must have 3 to 63 of a-z, 0-9, - and .";
  if (prefix === '') return undefined;
  if (prefix.length > 500) return 'the prefix must have at most 500 characters';
  const segments = prefix.split('/');
  if (segments.includes('')) return 'the prefix must not begin with a slash or have two in a row';
  if (segments.some((segment) => !/^[\w.=-]+$/.test(segment) || /^\.+$/.test(segment)))
    return 'the prefix must consist of letters, digits, _, -, . and =, with single slashes between, and neither . nor .. alone';
  return undefined;
}
