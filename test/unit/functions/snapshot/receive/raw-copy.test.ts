import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { RawCopy } from '../../../../../functions/snapshot/receive/raw-copy.ts';
import { BegunObjects } from '../../../../../functions/snapshot/store/begun-objects.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Staging, Store } from '../../../../../functions/snapshot/store/store.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newExecution, newFolder } from '../../../../support/take.ts';
import { turns } from '../../../../support/turns.ts';

/** Begins a copy, and returns it with its key. */
async function begunIn(store: Store): Promise<{ readonly copy: RawCopy; readonly key: string }> {
  const [dt, runId, execution] = ['2026-11-23', '20261123T021500Z-00000000', newExecution()];
  const key = KEYS.raw(dt, runId, execution);
  const area = { store, dt, runId, execution, formats: [], keepRaw: true, later: [] };
  return { copy: RawCopy.begin(area, await BegunObjects.begin(store, execution, [key])), key };
}

/** Bytes that don't compress, so that each chunk makes the copy write. */
const noise = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (Math.imul(i + seed, 2654435761) ^ Math.imul(i, i + seed)) >>> 24);

describe('the raw copy', () => {
  test('holds exactly the bytes that were written, however they were cut', async () => {
    const lengths = fc.array(fc.constantFrom(0, 1, 100, 16_384, 65_536, 200_000), { maxLength: 12 });
    const folder = await newFolder();
    await fc.assert(
      fc.asyncProperty(lengths, async (chunkLengths) => {
        const chunks = chunkLengths.map(noise);
        const { copy, key } = await begunIn(new FolderStore(folder));
        for (const chunk of chunks) await copy.write(chunk);
        await copy.end(true);
        const stored = await readFile(join(folder, key));
        expect(gunzipSync(stored).equals(Buffer.concat(chunks))).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('accepts no more bytes while the store is not writing: one chunk is compressed, and one waits', async () => {
    const held = Promise.withResolvers<void>();
    const slow = watched(new FolderStore(await newFolder()), async (call, perform) => {
      if (call === 'write') await held.promise;
      return perform();
    });
    const { copy } = await begunIn(slow);
    let accepted = 0;
    const writing = (async () => {
      for (; accepted < 50; accepted++) await copy.write(noise(200_000, accepted));
    })();
    await turns(2000);
    expect(accepted).toBeLessThan(10);
    held.resolve();
    await writing;
    await copy.end(false);
    expect(accepted).toBe(50);
  });

  test('reports the failure of the store at a later write or at its end', async () => {
    const failure = new StoreError('the disk is full');
    const stagings: Staging[] = [];
    const full = watched(
      new FolderStore(await newFolder()),
      (call, perform) => (call === 'write' ? Promise.reject(failure) : perform()),
      (staging) => stagings.push(staging),
    );
    const { copy: writing } = await begunIn(full);
    const writeAll = async () => {
      for (let n = 0; n < 50; n++) await writing.write(noise(200_000, n));
    };
    await expect(writeAll()).rejects.toBe(failure);
    const { copy: ending } = await begunIn(full);
    await ending.write(noise(200_000, 0));
    await expect(ending.end(true)).rejects.toBe(failure);
    await expect(writing.end(false)).resolves.toBeNull();
    for (const staging of stagings) await staging.drop();
  });

  test("that can't be kept is discarded", async () => {
    const calls: string[] = [];
    const store = watched(new FolderStore(await newFolder()), (call, perform) => {
      calls.push(call);
      return call === 'close' ? Promise.reject(new StoreError('the disk is full')) : perform();
    });
    const { copy } = await begunIn(store);
    await copy.write(noise(100, 0));
    await expect(copy.end(true)).rejects.toThrow('the disk is full');
    expect(calls).toEqual(['stage', 'write', 'close', 'give up']);
  });
});
