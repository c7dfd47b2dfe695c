import { describe, expect, test } from 'vitest';
import { COMMITS_FOLDER, FOLDERS, KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { dieAfterCommit } from '../../../../support/commit-runs.ts';
import { copyOf, keysOf, remove, useFourCommits } from '../../../../support/four-commits.ts';

/** What `verify` reports if the store changes while it is read. */

const stores = useFourCommits();
const TODAY = { today: dtOf(27) };

/** A store that hides its newest commit in some listings of the commits. */
class LateCommit extends FolderStore {
  listings = 0;
  readonly #hides: (listing: number) => boolean;

  constructor(folder: string, hides: (listing: number) => boolean) {
    super(folder);
    this.#hides = hides;
  }

  override async list(folder: string): Promise<string[]> {
    const keys = await super.list(folder);
    if (folder !== COMMITS_FOLDER) return keys;
    this.listings++;
    return this.#hides(this.listings) ? keys.slice(0, -1) : keys;
  }
}

describe('a store to which a run commits while it is read', () => {
  test('is read again, and is sound', async () => {
    const store = new LateCommit(stores().four, (listing) => listing === 1);
    expect(await verify(store, TODAY)).toMatchObject({ status: 'sound', findings: [], newest_commit: 4 });
    expect(store.listings).toBe(4);
    const still = new LateCommit(stores().four, () => false);
    await verify(still, TODAY);
    expect(still.listings).toBe(2);
  });

  test('is reported as it was last read if that happens twenty times', async () => {
    const store = new LateCommit(stores().four, (listing) => listing % 2 === 1);
    expect(await verify(store, TODAY)).toMatchObject({ status: 'damaged', newest_commit: 3 });
    expect(store.listings).toBe(40);
  });

  test('is sound even if a run document is written meanwhile, because documents are read before commits', async () => {
    const calls: string[] = [];
    class Recorded extends FolderStore {
      override list(folder: string): Promise<string[]> {
        calls.push(folder);
        return super.list(folder);
      }
    }
    await verify(new Recorded(stores().four), TODAY);
    expect(calls.slice(0, 2)).toEqual([FOLDERS.runs, COMMITS_FOLDER]);
  });
});

describe('an object that is gone when it is read', () => {
  class Vanishing extends FolderStore {
    override async list(folder: string): Promise<string[]> {
      const keys = await super.list(folder);
      if (folder === FOLDERS.runs) return [...keys, 'runs/gone.json'];
      return folder === COMMITS_FOLDER ? [...keys, KEYS.commit(5)] : keys;
    }
  }

  test('is not damage if it was a run document, but is if it was a commit', async () => {
    const { findings } = await verify(new Vanishing(stores().four), TODAY);
    expect(findings).toEqual([{ level: 'damaged', key: KEYS.commit(5), message: 'is not a commit' }]);
  });
});

describe('an object that is not in place', () => {
  /** Reports everything as staged, as a bucket does if it denies the check. */
  class AlwaysStaged extends FolderStore {
    override isStaged = async (): Promise<boolean> => true;
  }

  test('is damaged, not interrupted, once the manifest is in place, because then nothing is staged any more', async () => {
    const folder = await copyOf(stores().four);
    await remove(folder, KEYS.csv(dtOf(25)));
    const verification = await verify(new AlwaysStaged(folder), TODAY);
    expect(verification.findings).toEqual([{ level: 'damaged', key: KEYS.csv(dtOf(25)), message: 'is missing' }]);
    await remove(folder, KEYS.manifest(dtOf(26)));
    const waiting = await verify(new AlwaysStaged(folder), TODAY);
    expect(keysOf(waiting, 'interrupted')).toEqual([KEYS.manifest(dtOf(26))]);
    expect(waiting.days.map(({ status }) => status)).toEqual(['sound', 'damaged', 'interrupted']);
  });

  test('is sound if a run promotes it between two checks', async () => {
    const { four, server } = stores();
    const folder = await copyOf(four);
    await dieAfterCommit(folder, 27, server.url);
    class Promoting extends FolderStore {
      override async isStaged(object: StoredObject): Promise<boolean> {
        await this.putInPlace(object);
        return super.isStaged(object);
      }
    }
    const verification = await verify(new Promoting(folder), TODAY);
    expect(verification).toMatchObject({ status: 'sound', findings: [] });
  });

  test('makes a day damaged, not interrupted, if another object of the day is lost', async () => {
    const { four, server } = stores();
    const folder = await copyOf(four);
    await dieAfterCommit(folder, 27, server.url, 2);
    await remove(folder, KEYS.json(dtOf(27)));
    const { status, days, findings } = await verify(new FolderStore(folder), TODAY);
    expect([status, days.at(-1)?.status]).toEqual(['damaged', 'damaged']);
    expect(new Set(findings.map(({ level }) => level))).toEqual(new Set(['damaged', 'interrupted']));
  });
});
