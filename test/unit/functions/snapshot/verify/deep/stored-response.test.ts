import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceContractError, StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { StoredResponse, type UnpackLimits } from '../../../../../../functions/snapshot/verify/deep/stored-response.ts';

/** A stored raw response is read in bounded memory, and only if it is exactly one gzip file. */

/** Chunks that share one buffer, as those of a folder do. */
async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const shared = Buffer.alloc(size);
  for (let at = 0; at < bytes.byteLength; at += size) {
    const chunk = bytes.subarray(at, at + size);
    shared.set(chunk);
    yield shared.subarray(0, chunk.byteLength);
  }
}

const responseOf = (packed: Uint8Array, size = 100, limits?: UnpackLimits): StoredResponse =>
  new StoredResponse(new Date(0), packed.byteLength, chunksOf(packed, size), limits);

async function idsIn(response: StoredResponse): Promise<string[]> {
  const ids: string[] = [];
  for await (const users of response.batches()) ids.push(...users.map(({ user }) => user.id));
  return ids;
}

const failureOf = (response: StoredResponse): Promise<unknown> =>
  idsIn(response).then(
    () => undefined,
    (error: unknown) => error,
  );

const USERS = JSON.stringify(Array.from({ length: 2000 }, (_, n) => ({ _id: `user-${n}`, firstName: `${n * n}` })));
const PACKED = gzipSync(USERS);

describe('a stored response', () => {
  test('has the users that were packed, and the hash of the unpacked bytes, however it is cut', async () => {
    const sizes = fc.integer({ min: 1, max: 5000 });
    await fc.assert(
      fc.asyncProperty(sizes, async (size) => {
        const response = responseOf(PACKED, size);
        expect(await idsIn(response)).toHaveLength(2000);
        const sha256 = createHash('sha256').update(USERS).digest('hex');
        expect(response.body).toEqual({ bytes: USERS.length, sha256 });
      }),
      { numRuns: 20 },
    );
  });

  test.each<[string, Uint8Array]>([
    ['is empty', Buffer.alloc(0)],
    ['is not packed', Buffer.from(USERS)],
    ['is cut off', PACKED.subarray(0, -1)],
    ['has one wrong bit', PACKED.map((byte, at) => (at === 500 ? byte ^ 1 : byte))],
    ['has a wrong checksum', PACKED.map((byte, at) => (at === PACKED.byteLength - 6 ? byte ^ 1 : byte))],
    ['is followed by text', Buffer.concat([PACKED, Buffer.from('more')])],
    ['is followed by zeros', Buffer.concat([PACKED, Buffer.alloc(5)])],
    ['is followed by the first byte of a gzip file', Buffer.concat([PACKED, Buffer.from([0x1f])])],
    ['is followed by the start of a gzip file', Buffer.concat([PACKED, Buffer.from([0x1f, 0x8b, 8, 0])])],
    ['is followed by another gzip file with a list', Buffer.concat([PACKED, gzipSync('[]')])],
  ])('that %s is an error', async (_, packed) => {
    const response = responseOf(packed);
    expect(await failureOf(response)).toBeInstanceOf(SourceContractError);
    expect(String(await failureOf(responseOf(packed)))).toMatch(/gzip|after its compressed data|not valid JSON/);
  });

  test('in two gzip files in a row is read as one, as gunzip does', async () => {
    const [first, rest] = [USERS.slice(0, 1000), USERS.slice(1000)];
    const response = responseOf(Buffer.concat([gzipSync(first), gzipSync(rest)]));
    expect(await idsIn(response)).toHaveLength(2000);
    expect(response.body.bytes).toBe(USERS.length);
  });

  test.each<[string, UnpackLimits, string]>([
    ['its manifest records', { recordedBytes: 1_000_000 }, 'the 1000000 bytes that the manifest records'],
    ['a run accepts', { maxBytes: 1_000_000 }, '1000000 bytes'],
    ['a run accepts, as its manifest says', { recordedBytes: 2_000_000, maxBytes: 1_000_000 }, '1000000 bytes'],
  ])('that unpacks to more than %s is not unpacked any further', async (_, limits, most) => {
    const bomb = gzipSync(`[${' '.repeat(50_000_000)}]`);
    const response = responseOf(bomb, 500, limits);
    let unpacked = 0;
    const read = async (): Promise<void> => {
      const keep = async (bytes: Uint8Array): Promise<void> => {
        unpacked += bytes.byteLength;
      };
      for await (const users of response.batches(keep)) expect(users).toEqual([]);
    };
    await expect(read()).rejects.toThrow(new SourceContractError(`it unpacks to more than ${most}`));
    expect(unpacked).toBeLessThanOrEqual(1_000_000);
  });

  test('fails as its store does', async () => {
    async function* failing() {
      yield PACKED.subarray(0, 200);
      throw new StoreError('the disk failed');
    }
    const error = await failureOf(new StoredResponse(new Date(0), PACKED.byteLength, failing()));
    expect(error).toBeInstanceOf(StoreError);
  });

  test('closes its object if the reader stops', async () => {
    let closed = false;
    async function* watched() {
      try {
        yield* chunksOf(PACKED, 100);
      } finally {
        closed = true;
      }
    }
    const response = new StoredResponse(new Date(0), PACKED.byteLength, watched());
    for await (const _ of response.batches()) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
    expect(() => response.body).toThrow('has not been read to its end');
  });
});
