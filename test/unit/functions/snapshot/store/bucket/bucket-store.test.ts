import { createHash, randomBytes } from 'node:crypto';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { COMMIT, parseCommit } from '../../../../../../functions/snapshot/commits/commit.ts';
import { documentBytes } from '../../../../../../functions/snapshot/commits/document.ts';
import { finish } from '../../../../../../functions/snapshot/commits/finish.ts';
import { nextCommit } from '../../../../../../functions/snapshot/commits/stage-commit.ts';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { PART_BYTES } from '../../../../../../functions/snapshot/store/bucket/staged-upload.ts';
import type { StoredObject } from '../../../../../../functions/snapshot/store/store.ts';
import { describeStore } from '../../../../../contracts/store-contract.ts';
import { DT, key, newDouble, stage } from '../../../../../support/s3/bucket-calls.ts';
import { crc32Of } from '../../../../../support/s3/exchange.ts';
import { clientOf, newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../../../../../support/s3/place.ts';
import { newExecution } from '../../../../../support/take.ts';

describeStore(
  'BucketStore on a double that responds like AWS',
  async () => {
    const double = await newDouble();
    return () => storeAt(double);
  },
  { again: 'placed', removesStale: false },
);

describeStore(
  'BucketStore under a prefix, on a double that responds like MinIO, in small pages',
  async () => {
    const double = await newDouble({ replay: 'gone', pageSize: 100 });
    return () => storeAt(double, 'company/access');
  },
  { removesStale: false },
);

const places: [string, () => Promise<S3Place>][] = [
  ['the double', () => newDouble()],
  ['a double that does not encode keys', () => newDouble({ encodes: false })],
];
if (S3_ENDPOINT) {
  const endpoint = S3_ENDPOINT;
  const server = newBucket(endpoint);
  describeStore(
    'BucketStore on a real server',
    async () => {
      const place = await server;
      const prefix = newExecution();
      return () => storeAt(place, prefix);
    },
    { again: 'either', removesStale: false },
  );
  places.push(['a real server', () => newBucket(endpoint)]);
}

const partsOf = ({ staged }: StoredObject) => (staged && 'parts' in staged ? staged.parts : []);
const sumOf = (bytes: Buffer) => crc32Of(bytes).toString('base64');

describe.each(places)('a bucket on %s', (_, newPlace) => {
  test('stages an object as an upload whose parts a commit can name, each with its ETag and checksum', async () => {
    const store = storeAt(await newPlace());
    const bytes = randomBytes(2 * PART_BYTES + 5);
    const object = await stage(store, bytes);
    const expected = [bytes.subarray(0, PART_BYTES), bytes.subarray(PART_BYTES, 2 * PART_BYTES), bytes.subarray(-5)];
    expect(partsOf(object).map(({ checksum }) => checksum)).toEqual(expected.map(sumOf));
    expect(partsOf(object).map(({ etag }) => etag)).toEqual(
      expected.map((part) => `"${createHash('md5').update(part).digest('hex')}"`),
    );
    expect(COMMIT.shape.objects.element.safeParse(object).success).toBe(true);
    expect(await store.putInPlace(object)).toBe('placed');
    expect((await store.read(key, Infinity))?.equals(bytes)).toBe(true);
  });

  test.each([
    ['nothing', 0],
    ['one byte', 1],
    ['one whole part', PART_BYTES],
    ['one part and a byte', PART_BYTES + 1],
  ])('stores an object of %s in as many parts as it needs, with a checksum in S3', async (_name, size) => {
    const place = await newPlace();
    const store = storeAt(place, 'p');
    const bytes = randomBytes(size);
    const object = await stage(store, bytes);
    expect(partsOf(object)).toHaveLength(Math.max(1, Math.ceil(size / PART_BYTES)));
    await store.putInPlace(object);
    const head = await clientOf(place).send(
      new HeadObjectCommand({ Bucket: place.bucket, Key: `p/${key}`, ChecksumMode: 'ENABLED' }),
    );
    const sums = partsOf(object).map(({ checksum }) => Buffer.from(checksum, 'base64'));
    expect(head.ChecksumCRC32).toBe(`${sumOf(Buffer.concat(sums))}-${sums.length}`);
    expect(head.ContentLength).toBe(size);
  });

  test('stores a checksum for documents too, and the execution only for staged objects', async () => {
    const place = await newPlace();
    const store = storeAt(place);
    await store.create('commits/00000001.json', Buffer.from('commit'));
    const execution = newExecution();
    await store.putInPlace(await stage(store, Buffer.from('rows'), execution));
    const head = (Key: string) =>
      clientOf(place).send(new HeadObjectCommand({ Bucket: place.bucket, Key, ChecksumMode: 'ENABLED' }));
    const [document, published] = [await head('commits/00000001.json'), await head(key)];
    expect(document).toMatchObject({ ChecksumCRC32: sumOf(Buffer.from('commit')) });
    expect(document.Metadata ?? {}).toEqual({});
    expect(published.Metadata).toEqual({ execution });
  });

  test('keeps stores under different prefixes apart from each other and from what is above them', async () => {
    const place = await newPlace();
    const prefixes = ['', 'a', 'ab', 'a/b'];
    for (const prefix of prefixes) {
      const store = storeAt(place, prefix);
      expect(await store.create('commits/00000001.json', Buffer.from(prefix))).toBe('created');
      await store.putInPlace(await stage(store, Buffer.from(`rows of ${prefix}`)));
    }
    for (const prefix of prefixes) {
      const store = storeAt(place, prefix);
      expect(store.location).toBe(`s3://${place.bucket}${prefix && `/${prefix}`}`);
      expect(await store.list('commits/')).toEqual(['commits/00000001.json']);
      expect(await store.list('users/')).toEqual([key]);
      expect(String(await store.read('commits/00000001.json'))).toBe(prefix);
      expect(String(await store.read(key))).toBe(`rows of ${prefix}`);
    }
  });

  test('lists and reads names with any characters unchanged, and ignores the folders that the S3 console creates', async () => {
    const place = await newPlace();
    const names = [
      'a b',
      'a+b',
      'a%20b',
      'a&b',
      'a<b>',
      'a"b\'',
      'é',
      '😀',
      '*',
      'a=b',
      '~',
      'a?b',
      'a#b',
      'a\\b',
      'a\tb',
      ' ',
    ];
    const keys = names.map((name) => `users/${name}.json`);
    const client = clientOf(place);
    for (const Key of [...keys, 'users/']) {
      await client.send(
        new PutObjectCommand({
          Bucket: place.bucket,
          Key: `p/${Key}`,
          Body: Buffer.from(Key.endsWith('/') ? '' : Key),
        }),
      );
    }
    const store = storeAt(place, 'p');
    expect(await store.list('users/')).toEqual(keys.toSorted());
    for (const name of keys) expect(String(await store.read(name))).toBe(name);
  });

  test('reports a commit whose parts were edited as lost, without blocking later runs', async () => {
    const store = storeAt(await newPlace());
    const execution = newExecution();
    const object = await stage(store, Buffer.from('rows'), execution);
    const [{ etag = '', checksum = '' } = {}] = partsOf(object);
    const id = object.staged && 'upload_id' in object.staged ? object.staged.upload_id : '';
    const manifest = {
      kind: 'manifest',
      key: KEYS.manifest(DT),
      bytes: 0,
      sha256: object.sha256,
      staged: null,
    } as const;
    const edits = [
      { upload_id: 'none', parts: [{ etag, checksum }] },
      { upload_id: id, parts: [{ etag: etag.replaceAll(/[0-9]/g, 'a'), checksum }] },
      { upload_id: id, parts: [{ etag, checksum: 'AAAAAA==' }] },
      { upload_id: id, parts: [] },
    ];
    for (const staged of edits) {
      const run = { runId: 'run', dt: DT, scheduledAt: null };
      const commit = nextCommit(run, undefined, { execution, objects: [{ ...object, staged }, manifest] }, new Date());
      expect(await finish(store, parseCommit(1, documentBytes(commit)))).toEqual({ lost: key });
    }
    expect(await store.putInPlace(object)).toBe('placed');
  });

  test('does not accept what was staged in a folder', async () => {
    const store = storeAt(await newPlace());
    const object = { ...(await stage(store, Buffer.from('rows'))), staged: { path: '.staged/aaaaaaaa/x' } };
    expect(await store.isStaged(object)).toBe(false);
    expect(await store.putInPlace(object)).toBe('gone');
    await expect(store.drop(object)).rejects.toThrow('was not staged in a bucket');
  });
});
