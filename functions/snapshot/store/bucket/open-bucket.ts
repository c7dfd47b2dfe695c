import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { SettingsError } from '../../errors.ts';
import { PROXY } from '../../proxy.ts';
import type { OnRequest } from '../../request-event.ts';
import { BUCKET_NAME, PREFIX } from '../../setting-rules.ts';
import type { TextRule } from '../../setting-values.ts';
import { BucketStore } from './bucket-store.ts';
import { ENDPOINT_VARIABLES, endpointProblem, isAtAws } from './endpoint.ts';
import { observeRequests } from './observe-requests.ts';

/** Options of every S3 client of a store. */
export const CLIENT_OPTIONS = {
  retryMode: 'standard',
  maxAttempts: 5,
  // The store sends its own CRC32 with each body, and checks what it reads against hashes. So the client needs to do neither.
  requestChecksumCalculation: 'WHEN_REQUIRED',
  responseChecksumValidation: 'WHEN_REQUIRED',
  // With `Expect: 100-continue`, each part would open its own connection.
  expectContinueHeader: false,
  followRegionRedirects: false,
  // Milliseconds. requestTimeout is long, since a response begins only after a whole part has been uploaded, even over a slow line.
  requestHandler: {
    connectionTimeout: 5_000,
    socketTimeout: 30_000,
    requestTimeout: 300_000,
    throwOnRequestTimeout: true,
    httpAgent: PROXY,
    httpsAgent: PROXY,
  },
} as const satisfies S3ClientConfig;

/**
 * Opens the store at `s3://bucket/prefix`. Sends no request yet. The AWS SDK finds the credentials.
 * @param environment sets the region. If it doesn't, the AWS configuration files do
 * @param options override CLIENT_OPTIONS
 * @param onRequest receives each request and each retry
 * @throws SettingsError if the location or an endpoint is malformed, or no region is set
 */
export async function openBucket(
  location: string,
  environment: { readonly [name: string]: string | undefined },
  options: S3ClientConfig = {},
  onRequest?: OnRequest,
): Promise<BucketStore> {
  const place = parseLocation(location);
  if ('problem' in place) throw new SettingsError(place.problem);
  const region = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined;
  for (const name of ENDPOINT_VARIABLES) {
    const problem = environment[name] ? endpointProblem(environment[name]) : undefined;
    if (problem !== undefined) throw new SettingsError(`${name}: ${problem}`);
  }
  const config: S3ClientConfig = { ...CLIENT_OPTIONS, ...options, ...(region && { region }) };
  const client = new S3Client(config);
  try {
    await client.config.region();
  } catch (error) {
    throw new SettingsError(
      "AWS_REGION: is not set, or isn't a region. Set it to the bucket's region, such as eu-central-1",
      {
        cause: error,
      },
    );
  }
  // Other servers address a bucket by path. A host name that contains the bucket's name wouldn't resolve.
  const found = (await isAtAws(client)) ? client : new S3Client({ ...config, forcePathStyle: true });
  if (onRequest) observeRequests(found, onRequest);
  return new BucketStore(found, place.bucket, place.prefix);
}

/** Parses `s3://bucket/prefix`. The prefix and a slash at the end are optional. */
export function parseLocation(
  location: string,
): { readonly bucket: string; readonly prefix: string } | { readonly problem: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)(?:\/(.*?)\/?)?$/s.exec(location) ?? [];
  const problemOf = ({ expected }: TextRule) => ({
    problem: `the store must be s3://bucket/prefix: expected ${expected}`,
  });
  if (!BUCKET_NAME.pattern.test(bucket)) return problemOf(BUCKET_NAME);
  if (prefix !== '' && !PREFIX.pattern.test(prefix)) return problemOf(PREFIX);
  return { bucket, prefix };
}
