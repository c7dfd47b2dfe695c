import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { stageLines } from '../../../../../functions/snapshot/receive/outputs.ts';
import { WriteBuffer } from '../../../../../functions/snapshot/receive/write-buffer.ts';
import { BegunObjects } from '../../../../../functions/snapshot/store/begun-objects.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newExecution, newFolder } from '../../../../support/take.ts';
import { turns } from '../../../../support/turns.ts';

const KEY = 'changes/dt=2026-11-23/changes.jsonl';

/** A store that calls `before` first in each write, and only then takes the bytes, so that memory that is reused too early shows. */
const slowStore = (folder: string, before: () => Promise<void>): Store =>
  watched(new FolderStore(folder), async (call, perform) => {
    if (call === 'write') await before();
    return perform();
  });

const begunIn = (store: Store): Promise<BegunObjects> => BegunObjects.begin(store, newExecution(), [KEY]);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the lines of an object', () => {
  test('are staged exactly, whatever their length and characters, while earlier ones are still being written', async () => {
    const line = fc
      .tuple(fc.constantFrom('a', 'é', '€', '😀', '"\u2028'), fc.constantFrom(0, 1, 300, 20_000, 70_000, 400_000))
      .map(([unit, length]) => `${unit.repeat(length)}\n`);
    const waits = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 5 });
    const folder = await newFolder();
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), waits, async (lines, counts) => {
        let write = 0;
        const begun = await begunIn(slowStore(folder, () => turns(counts[write++ % counts.length] ?? 0)));
        const staged = await stageLines(begun, 'changes', KEY, lines);
        const text = lines.join('');
        expect(staged).toMatchObject({ rows: lines.length, bytes: Buffer.byteLength(text), sha256: sha256(text) });
        await begun.drop();
      }),
      { numRuns: 40 },
    );
  });

  test('end with the failure of a write, even of the last one', async () => {
    const failure = new StoreError('the disk is full');
    const begun = await begunIn(slowStore(await newFolder(), () => Promise.reject(failure)));
    const long = 'a'.repeat(200_000);
    for (const lines of [['a\n'], [long], [long, long, long]]) {
      await expect(stageLines(begun, 'changes', KEY, lines)).rejects.toBe(failure);
    }
    await begun.drop();
  });

  test('are discarded only when nothing is being written, even if the lines break off', async () => {
    const calls: string[] = [];
    const store = watched(new FolderStore(await newFolder()), async (call, perform) => {
      calls.push(`${call} begins`);
      if (call === 'write') await turns(20);
      const result = await perform();
      calls.push(`${call} ends`);
      return result;
    });
    const begun = await begunIn(store);
    const broken = function* () {
      yield 'a'.repeat(200_000);
      throw new TypeError('broken off');
    };
    await expect(stageLines(begun, 'changes', KEY, broken())).rejects.toThrow('broken off');
    await begun.drop();
    const buffer = new WriteBuffer(await store.stage(KEY, newExecution()));
    buffer.addText('a'.repeat(200_000));
    await buffer.writeIfFull();
    await buffer.drop();
    const once = ['stage', 'write', 'give up'].flatMap((call) => [`${call} begins`, `${call} ends`]);
    expect(calls).toEqual([...once, ...once]);
  });
});
