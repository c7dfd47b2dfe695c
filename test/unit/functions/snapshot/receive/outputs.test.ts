import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { stageLines } from '../../../../../functions/snapshot/receive/outputs.ts';
import { WriteBuffer } from '../../../../../functions/snapshot/receive/write-buffer.ts';
import { BegunObjects } from '../../../../../functions/snapshot/store/begun-objects.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Staging, Store } from '../../../../../functions/snapshot/store/store.ts';
import { watched } from '../../../../support/store-doubles.ts';
import { newExecution, newFolder } from '../../../../support/take.ts';

const KEY = 'changes/dt=2026-11-23/changes.jsonl';

/** A store whose objects take their bytes only once `turns` resolves, so that memory that is reused too early shows. */
function slowStore(
  folder: string,
  turns: () => Promise<unknown>,
): { readonly store: Store; readonly most: () => number } {
  const store = new FolderStore(folder);
  let [writing, most] = [0, 0];
  const slow = (staging: Staging): Staging => ({
    write: async (bytes) => {
      most = Math.max(most, ++writing);
      await turns();
      await staging.write(bytes);
      writing--;
    },
    close: () => staging.close(),
    drop: () => staging.drop(),
  });
  const stage: Store['stage'] = async (key, execution) => slow(await store.stage(key, execution));
  return {
    store: new Proxy(store, { get: (real, name) => (name === 'stage' ? stage : Reflect.get(real, name)) }),
    most: () => most,
  };
}

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
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), waits, async (lines, turns) => {
        let write = 0;
        const { store, most } = slowStore(folder, async () => {
          const count = turns[write++ % turns.length] ?? 0;
          for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
        });
        const begun = await begunIn(store);
        const staged = await stageLines(begun, 'changes', KEY, lines);
        const text = lines.join('');
        expect(staged).toMatchObject({ rows: lines.length, bytes: Buffer.byteLength(text), sha256: sha256(text) });
        expect(most()).toBeLessThanOrEqual(1);
        await begun.drop();
      }),
      { numRuns: 40 },
    );
  });

  test('end with the failure of a write, also of one that nothing waited for', async () => {
    const failure = new StoreError('the disk is full');
    const { store } = slowStore(await newFolder(), () => Promise.reject(failure));
    const begun = await begunIn(store);
    for (const lines of [['a\n'], ['a'.repeat(70_000), 'b'.repeat(70_000)]]) {
      await expect(stageLines(begun, 'changes', KEY, lines)).rejects.toBe(failure);
    }
    await begun.drop();
  });

  test('are discarded only when nothing is being written, also if the lines break off', async () => {
    const calls: string[] = [];
    const store = watched(new FolderStore(await newFolder()), async (call, perform) => {
      calls.push(`${call} begins`);
      if (call === 'write') for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
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
