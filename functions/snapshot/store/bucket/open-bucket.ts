import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SettingsError } from '../../errors.ts';
import { BucketStore } from './bucket-store.ts';

/** What every client of the store has. */
export const CLIENT_OPTIONS = {
  retryMode: 'standard',
  maxAttempts: 5,
  // The store gives a CRC32 with each body itself, and reads are held against hashes: the client needs to do neither again.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  // A part that asks first would open a connection of its own.
  expectContinueHeader: false,
  followRegionRedirects: false,
  // Milliseconds: to connect, without a byte, and until an answer begins, for which a whole part may have to go up a slow line.
  requestHandler: {
    connectionTimeout: 5_000,
    socketTimeout: 30_000,
    requestTimeout: 300_000,
    throwOnRequestTimeout: true,
  },
} as const satisfies S3ClientConfig;

/**
 * Opens the store at `s3://bucket/prefix`; nothing is sent yet.
 * @param environment names the region; without it the AWS configuration files do. Credentials are found as the AWS SDK finds them.
 * @param options other limits than CLIENT_OPTIONS
 * @throws SettingsError where the location is malformed or no region is named
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

/** @throws SettingsError that says what is wrong; one slash at the end is no matter */
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
