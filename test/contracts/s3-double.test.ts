import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { checksumOf } from '../../functions/snapshot/store/bucket/staged-upload.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { clientOf, newBucket, S3_ENDPOINT, type S3Place } from '../support/s3/place.ts';

const Key = 'p/a b+c.json';
const X = Buffer.from('x');
const [LARGE, OTHER] = [randomBytes(5 << 20), randomBytes(5 << 20)];

/** The status that a call is rejected with, and S3's error code if servers agree on it. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const status = error.$metadata.httpStatusCode;
    return /Digest|ChecksumMismatch/.test(error.name) ? `${status} wrong checksum` : `${status} ${error.name}`;
  }
}

async function upload(client: S3Client, Bucket: string, bodies: readonly Buffer[]) {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: 'CRC32' }));
  const at = { Bucket, Key, UploadId };
  const parts: { PartNumber: number; ETag: string | undefined; ChecksumCRC32: string }[] = [];
  for (const [i, Body] of bodies.entries()) {
    const part = { PartNumber: i + 1, ChecksumCRC32: checksumOf(Body) };
    const { ETag } = await client.send(new UploadPartCommand({ ...at, ...part, Body }));
    parts.push({ ...part, ETag });
  }
  const complete = (Parts: typeof parts) =>
    refusal(client.send(new CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } })));
  return { at, parts, complete };
}

const places: [string, () => Promise<S3Place>][] = [['the double', () => newDouble({ replay: 'gone' })]];
if (S3_ENDPOINT) {
  const endpoint = S3_ENDPOINT;
  places.push(['a real server', () => newBucket(endpoint)]);
}

describe.each(places)('S3, as implemented by %s,', (_, newPlace) => {
  const open = async () => {
    const place = await newPlace();
    return { place, client: clientOf(place, { maxAttempts: 1 }), Bucket: place.bucket };
  };

  test('rejects bodies that do not match their checksum', async () => {
    const { client, Bucket } = await open();
    const wrong = { Bucket, Key, Body: X, ChecksumCRC32: 'AAAAAA==' };
    expect(await refusal(client.send(new PutObjectCommand(wrong)))).toBe('400 wrong checksum');
    const { at } = await upload(client, Bucket, []);
    expect(await refusal(client.send(new UploadPartCommand({ ...wrong, ...at, PartNumber: 1 })))).toBe(
      '400 wrong checksum',
    );
    const md5 = new PutObjectCommand({ Bucket, Key, Body: X, ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' });
    expect(await refusal(client.send(md5))).toBe('400 wrong checksum');
    expect(await refusal(client.send(new GetObjectCommand({ Bucket, Key })))).toBe('404 NoSuchKey');
  });

  test('creates an object conditionally only if it is absent', async () => {
    const { client, Bucket } = await open();
    const put = (IfNoneMatch?: string) =>
      refusal(client.send(new PutObjectCommand({ Bucket, Key, Body: X, ...(IfNoneMatch && { IfNoneMatch }) })));
    expect([await put('*'), await put('*'), await put()]).toEqual(['none', '412 PreconditionFailed', 'none']);
  });

  test('completes an upload only with its parts in order, each with its ETag and checksum', async () => {
    const { client, Bucket } = await open();
    const { parts, complete } = await upload(client, Bucket, [LARGE, OTHER]);
    const [first, second] = parts;
    if (!first || !second) throw new Error('two parts were sent');
    expect(await complete([second, first])).toBe('400 InvalidPartOrder');
    expect(await complete([first, { ...second, ETag: first.ETag }])).toBe('400 InvalidPart');
    expect(await complete([first, { ...second, ChecksumCRC32: first.ChecksumCRC32 }])).toBe('400 InvalidPart');
    expect(await complete([first, { ...second, PartNumber: 3 }])).toBe('400 InvalidPart');
    expect(await complete([])).toMatch(/^400 /);
    expect(await complete(parts)).toBe('none');
    expect(['none', '404 NoSuchUpload']).toContain(await complete(parts));
  });

  test('accepts a part smaller than 5 MiB only as the last', async () => {
    const { client, Bucket } = await open();
    const { parts, complete } = await upload(client, Bucket, [X, X]);
    expect(await complete(parts)).toBe('400 EntityTooSmall');
  });

  test('rejects parts of an upload that was aborted or belongs to another key', async () => {
    const { client, Bucket } = await open();
    const { at, parts, complete } = await upload(client, Bucket, [X]);
    const other = new UploadPartCommand({
      ...at,
      Key: 'p/other',
      PartNumber: 1,
      Body: X,
      ChecksumCRC32: checksumOf(X),
    });
    expect(await refusal(client.send(other))).toBe('404 NoSuchUpload');
    await client.send(new AbortMultipartUploadCommand(at));
    expect(await complete(parts)).toBe('404 NoSuchUpload');
  });

  test('rejects wrong signatures, unknown access keys and unknown buckets', async () => {
    const { place, Bucket } = await open();
    const get = (credentials: S3Place['credentials'], bucket = Bucket) =>
      refusal(
        clientOf({ ...place, credentials }, { maxAttempts: 1 }).send(new GetObjectCommand({ Bucket: bucket, Key })),
      );
    expect(await get(place.credentials)).toBe('404 NoSuchKey');
    expect(await get(place.credentials, 'no-such-bucket')).toBe('404 NoSuchBucket');
    expect(await get({ ...place.credentials, secretAccessKey: 'wrong-secret' })).toBe('403 SignatureDoesNotMatch');
    const unknown = await get({ ...place.credentials, accessKeyId: 'unknown' });
    expect(['403 InvalidAccessKeyId', '404 XAdminUserNotFound']).toContain(unknown);
  });

  test('returns a range of an object if its ETag matches', async () => {
    const { client, Bucket } = await open();
    const { ETag } = await client.send(new PutObjectCommand({ Bucket, Key, Body: 'abcdef' }));
    const range = (Range: string, IfMatch = ETag) => new GetObjectCommand({ Bucket, Key, Range, IfMatch });
    const { Body, ContentLength } = await client.send(range('bytes=4-'));
    expect([await Body?.transformToString(), ContentLength]).toEqual(['ef', 2]);
    expect(await refusal(client.send(range('bytes=6-')))).toBe('416 InvalidRange');
    expect(await refusal(client.send(range('bytes=4-', '"another"')))).toBe('412 PreconditionFailed');
  });
});
