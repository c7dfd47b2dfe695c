import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  checksumOf,
  PART_BYTES,
  StagedUpload,
} from '../../../../../../functions/snapshot/store/bucket/staged-upload.ts';

/** An upload that keeps only the properties of its parts. Each part takes a turn of the event loop. */
function uploadOf(onPart: () => void = () => undefined) {
  const sent: { readonly number: number; readonly bytes: number; readonly right: boolean }[] = [];
  const whole = createHash('sha256');
  let inFlight = 0;
  let most = 0;
  const upload = new StagedUpload({
    id: 'upload',
    sendPart: async (number, bytes, checksum) => {
      most = Math.max(most, ++inFlight);
      const before = crc32(bytes);
      await new Promise((resolve) => setImmediate(resolve));
      onPart();
      whole.update(bytes);
      sent.push({ number, bytes: bytes.byteLength, right: crc32(bytes) === before && checksumOf(bytes) === checksum });
      inFlight--;
      return `etag ${number}`;
    },
    abort: async () => undefined,
  });
  return { upload, sent, sentHash: () => whole.digest('hex'), most: () => most };
}

test('staging 200 MB takes one buffer, with one part in flight at a time, each intact', async () => {
  let peak = 0;
  const before = process.memoryUsage().arrayBuffers;
  const { upload, sent, sentHash, most } = uploadOf(() => {
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
  });
  const piece = Buffer.alloc(100_003);
  for (let i = 0; i < 2000; i++) {
    piece.writeUInt32BE(i);
    await upload.write(piece);
  }
  const { bytes, sha256, staged } = await upload.close();
  expect(bytes).toBe(2000 * 100_003);
  expect(sentHash()).toBe(sha256);
  expect(most()).toBe(1);
  expect(sent.every(({ number, right }, i) => right && number === i + 1)).toBe(true);
  expect(sent.slice(0, -1).every((part) => part.bytes === PART_BYTES)).toBe(true);
  expect(staged).toMatchObject({ upload_id: 'upload', parts: { length: Math.ceil(bytes / PART_BYTES) } });
  expect(peak).toBeLessThan(3 * PART_BYTES); // the smaller buffers before may not be collected yet
});

test('staging a few bytes takes little memory, and a closed upload none', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const held = () => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers - before;
  };
  collectGarbage();
  const before = process.memoryUsage().arrayBuffers;
  const uploads = Array.from({ length: 100 }, () => uploadOf().upload);
  for (const upload of uploads) await upload.write(Buffer.from('small'));
  expect(held()).toBeLessThan(100 * 80_000);
  const megabyte = Buffer.alloc(1 << 20);
  for (const upload of uploads) {
    await upload.write(megabyte);
    await upload.close();
  }
  expect(held()).toBeLessThan(50 << 20); // of 100 MiB; collection lags behind
  expect(uploads).toHaveLength(100);
});

test('a part in flight arrives before its upload is aborted', async () => {
  const events: string[] = [];
  const arrive = Promise.withResolvers<void>();
  const upload = new StagedUpload({
    id: 'upload',
    sendPart: async () => {
      await arrive.promise;
      events.push('part');
      throw new Error('a part that failed is no matter then');
    },
    abort: async () => {
      events.push('abort');
    },
  });
  const written = upload.write(Buffer.alloc(PART_BYTES));
  const dropped = upload.drop();
  setImmediate(arrive.resolve);
  await expect(written).rejects.toThrow('a part that failed');
  await dropped;
  expect(events).toEqual(['part', 'abort']);
});

test('10,000 parts hold more than 50 GB', () => {
  expect(10_000 * PART_BYTES).toBeGreaterThan(50e9);
  expect(PART_BYTES).toBeGreaterThan(5 << 20);
});
