import { describe, expect, test } from 'vitest';
import { SettingsError } from '../../../../../../functions/snapshot/errors.ts';
import { openBucket, parseLocation } from '../../../../../../functions/snapshot/store/bucket/open-bucket.ts';

const AWS = { AWS_REGION: 'eu-central-1' };

test.each([
  ['s3://my-bucket', 'my-bucket', ''],
  ['s3://my-bucket/', 'my-bucket', ''],
  ['s3://my.bucket.2/anodot', 'my.bucket.2', 'anodot'],
  ['s3://abc/a/b_c/d=1.x-y/', 'abc', 'a/b_c/d=1.x-y'],
])('the location %s is parsed into bucket and prefix', async (location, bucket, prefix) => {
  expect(parseLocation(location)).toEqual({ bucket, prefix });
  const store = await openBucket(location, AWS);
  expect(store.location).toBe(prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`);
});

test.each([
  ['s3://', 'expected a bucket name'],
  ['s3:///prefix', 'expected a bucket name'],
  ['s3://ab', 'expected a bucket name'],
  ['s3://My-Bucket', 'expected a bucket name'],
  ['s3://my_bucket', 'expected a bucket name'],
  ['s3://-bucket', 'expected a bucket name'],
  ['s3://bucket-', 'expected a bucket name'],
  ['s3://my..bucket', 'expected a bucket name'],
  ['s3://192.168.1.1', 'no IP address'],
  ['s3://xn--bucket/prefix', 'that S3 reserves'],
  ['s3://bucket--ol-s3', 'that S3 reserves'],
  [`s3://${'a'.repeat(64)}`, 'expected a bucket name'],
  ['s3://user:password@bucket', 'expected a bucket name'],
  ['s3://my-bucket//prefix', 'separated by single slashes'],
  ['s3://my-bucket/a//b', 'separated by single slashes'],
  ['s3://my-bucket/a//', 'separated by single slashes'],
  ['s3://my-bucket/a/../b', 'no segment may be only dots'],
  ['s3://my-bucket/.', 'no segment may be only dots'],
  ['s3://my-bucket/a b', 'letters, digits, _, -, . and ='],
  ['s3://my-bucket/a?b', 'letters, digits, _, -, . and ='],
  ['s3://my-bucket/a%20b', 'letters, digits, _, -, . and ='],
  ['s3://my-bucket/ä', 'letters, digits, _, -, . and ='],
  ['s3://my-bucket/a\nb', 'letters, digits, _, -, . and ='],
  [`s3://my-bucket/${'a'.repeat(501)}`, 'at most 500'],
])('the location %j is rejected, and the message says why', async (location, why) => {
  await expect(openBucket(location, AWS)).rejects.toThrow(SettingsError);
  await expect(openBucket(location, AWS)).rejects.toThrow(why);
});

describe('the AWS region', () => {
  test.each([
    { AWS_REGION: 'eu-west-1' },
    { AWS_DEFAULT_REGION: 'eu-west-1' },
    { AWS_REGION: '', AWS_DEFAULT_REGION: 'a-b-1' },
  ])('is read from %o', async (environment) => {
    expect((await openBucket('s3://my-bucket', environment)).location).toBe('s3://my-bucket');
  });

  test('that is invalid is rejected but not quoted', async () => {
    const failure = openBucket('s3://my-bucket', { AWS_REGION: 'evil.example.com/' });
    await expect(failure).rejects.toThrow(SettingsError);
    await expect(failure).rejects.toThrow(/^AWS_REGION: is not set, or isn't a region/);
  });
});
