import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { failureOf, first, newDouble, ONCE } from '../../../../../support/s3/bucket-calls.ts';
import { newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../../../../../support/s3/place.ts';

const KEY = 'runs/one.json';
const [A, B, C] = [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')];

const places: [string, () => Promise<S3Place>][] = [['the double', () => newDouble()]];
if (S3_ENDPOINT) {
  const endpoint = S3_ENDPOINT;
  places.push(['a real server', () => newBucket(endpoint)]);
}

describe.each(places)('on %s, a version', (_, newPlace) => {
  test('is written only if there was none, or over the one that was read', async () => {
    const store = storeAt(await newPlace(), 'p');
    expect(await store.readVersion(KEY)).toBeUndefined();
    const written = await store.writeVersion(KEY, A, undefined);
    expect(await store.writeVersion(KEY, B, undefined)).toBeUndefined();
    const seen = await store.readVersion(KEY);
    expect(seen).toEqual(written);
    expect(await store.writeVersion(KEY, B, seen)).toMatchObject({ bytes: B });
    expect(await store.writeVersion(KEY, C, seen)).toBeUndefined();
    expect(await store.read(KEY)).toEqual(B);
  });

  test('that an unconditional write replaced is not overwritten either', async () => {
    const store = storeAt(await newPlace(), 'p');
    const written = await store.writeVersion(KEY, A, undefined);
    await store.replace(KEY, B);
    expect(await store.writeVersion(KEY, C, written)).toBeUndefined();
    expect(await store.readVersion(KEY)).toMatchObject({ bytes: B, writer: undefined });
  });

  test('is written by exactly one of twelve that read the same object or none', async () => {
    const store = storeAt(await newPlace(), 'p');
    for (const seen of [undefined, await store.writeVersion('runs/two.json', A, undefined)]) {
      const key = seen ? 'runs/two.json' : KEY;
      const words = Array.from({ length: 12 }, (_, n) => Buffer.from(`writer ${n}`));
      const written = await Promise.all(words.map((bytes) => store.writeVersion(key, bytes, seen)));
      const winners = written.filter((version) => version !== undefined);
      expect(winners).toHaveLength(1);
      expect(await store.readVersion(key)).toEqual(winners[0]);
    }
  });

  test('that disappeared is not written again by a caller that read it', async () => {
    const store = storeAt(await newPlace(), 'p');
    const gone = { bytes: A, etag: '"0cc175b9c0f1b6a831c399e269772661"', writer: undefined };
    expect(await store.writeVersion(KEY, B, gone)).toBeUndefined();
    expect(await store.read(KEY)).toBeUndefined();
  });
});

describe('a version whose write loses its response', () => {
  test('is recognized by its mark, even if others would write the same bytes', async () => {
    const double = await newDouble({ fault: first('answer lost', 'PutObject') });
    const store = storeAt(double);
    const written = await store.writeVersion(KEY, A, undefined);
    expect(written).toMatchObject({ bytes: A });
    expect(await store.readVersion(KEY)).toEqual(written);
    expect(await store.writeVersion(KEY, A, undefined)).toBeUndefined();
    expect(double.calls.filter(({ operation }) => operation === 'PutObject')).toHaveLength(3);
  });

  test('is a store error if the client does not retry', async () => {
    const store = storeAt(await newDouble({ fault: first('answer lost', 'PutObject') }), '', ONCE);
    expect(await failureOf(store.writeVersion(KEY, A, undefined))).toBeInstanceOf(StoreError);
    expect(await store.read(KEY)).toEqual(A);
  });
});

test('a conflict between two simultaneous writes counts as another write that came first', async () => {
  const conflict = { status: 409, code: 'ConditionalRequestConflict' } as const;
  const store = storeAt(await newDouble({ fault: first(conflict, 'PutObject') }));
  expect(await store.writeVersion(KEY, A, undefined)).toBeUndefined();
});

test('a denied read or write of a version names the missing action', async () => {
  const double = await newDouble();
  double.deny.add('s3:PutObject').add('s3:GetObject');
  const store = storeAt(double, 'p');
  expect((await failureOf(store.writeVersion(KEY, A, undefined))).message).toContain('Allow s3:PutObject');
  expect((await failureOf(store.readVersion(KEY))).message).toContain('Allow s3:GetObject');
});

test('a version whose bytes break off is a store error, not a shorter version', async () => {
  const store = storeAt(await newDouble({ fault: first('body broken', 'GetObject') }));
  await store.writeVersion(KEY, Buffer.from('a'.repeat(1000)), undefined);
  expect((await failureOf(store.readVersion(KEY))).message).toContain(`could not read ${KEY}`);
  expect((await store.readVersion(KEY))?.bytes).toHaveLength(1000);
});
