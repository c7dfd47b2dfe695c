import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import {
  copyOf,
  keysOf,
  remove,
  useFourCommits,
  verified as verifiedOn,
  write,
} from '../../../../support/four-commits.ts';
import { isRaw, watched } from '../../../../support/store-doubles.ts';
import { commitOf, objectOf } from '../../../../support/stored-commits.ts';

/** A commit whose objects are not all in place is interrupted, not damaged. */

const stores = useFourCommits();
const verified = (folder: string) => verifiedOn(folder, { today: dtOf(28) });

describe('a commit whose objects are not all in place', () => {
  /** Starts a run that commits, then fails once this many objects are in place. Returns the keys of the others. */
  async function interrupt(folder: string, day: number, placed: number): Promise<string[]> {
    const { runOn } = stores();
    let left = placed;
    const store = watched(new FolderStore(folder), async (call, perform, key) => {
      if (call === 'putInPlace' && !isRaw(key) && left-- <= 0) throw new StoreError('the run was cut off');
      return perform();
    });
    const failed = runOn(folder, day, { store });
    await failed.catch((error: unknown) => expect(error).toBeInstanceOf(StoreError));
    const { objects } = await commitOf(new FolderStore(folder), 5);
    return objects
      .filter(({ staged }) => staged !== null)
      .map(({ key }) => key)
      .slice(placed);
  }

  test.each([
    ['replaces an earlier one of its day', 26],
    ['is the first of its day', 27],
  ])(
    'and that %s is interrupted, not damaged, however many objects are missing, and the next run finishes it',
    async (what, day) => {
      const { four, runOn } = stores();
      for (let placed = 0; placed <= 5; placed++) {
        const folder = await copyOf(four);
        const waiting = await interrupt(folder, day, placed);
        const verification = await verified(folder);
        const expected = waiting.length === 0 ? { status: 'sound', code: 0 } : { status: 'interrupted', code: 10 };
        expect(verification).toMatchObject(expected);
        expect(keysOf(verification, 'interrupted').toSorted()).toEqual(waiting.toSorted());
        expect(verification.findings).toHaveLength(waiting.length);
        expect(verification.days.find(({ commit }) => commit === 5)?.status).toBe(expected.status);
        await runOn(folder, day + (placed % 2));
        expect(await verified(folder)).toMatchObject({ status: 'sound', code: 0, findings: [], commits: 6 });
        if (placed < 5)
          shown(
            'F31',
            `a run dies after its commit, which ${what}, with ${placed} of 5 objects in place`,
            `verify: exit ${verification.code}, ${verification.status}; after the next run: sound`,
          );
      }
    },
  );

  test('and that has lost a staged object is damaged, and the object is named', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const [key = ''] = await interrupt(folder, 27, 0);
    const { staged } = objectOf(await commitOf(new FolderStore(folder), 5), 'json');
    await remove(folder, staged && 'path' in staged ? staged.path : '');
    const verification = await verified(folder);
    expect(verification).toMatchObject({ status: 'damaged', code: 9 });
    expect(keysOf(verification)).toEqual([key]);
  });

  test('and whose staged bytes were changed is damaged, and the object is named', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const [key = ''] = await interrupt(folder, 27, 1);
    const { staged } = objectOf(await commitOf(new FolderStore(folder), 5), 'csv');
    await write(folder, staged && 'path' in staged ? staged.path : '', 'other bytes');
    expect(keysOf(await verified(folder))).toEqual([key]);
  });
});
