import { objectOf } from '../../functions/snapshot/commits/commit.ts';
import { FOLDERS } from '../../functions/snapshot/contract.ts';
import { PUBLISHING_STEPS } from '../../functions/snapshot/publish.ts';
import { discardStaged } from '../../functions/snapshot/store/staged-objects.ts';
import type { Fault } from './fault.ts';

/** Calls that a run makes together, although one of them must have ended before the other begins. */
export const TOGETHER_FAULTS: readonly Fault[] = [
  {
    title: 'the manifest is promoted together with the other objects',
    steps: () => ({
      ...PUBLISHING_STEPS,
      finishOwn: async (store, entry) => {
        await Promise.all(entry.commit?.objects.map((object) => store.putInPlace(object)) ?? []);
        return PUBLISHING_STEPS.finishOwn(store, entry);
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /manifest.* is in place before/,
  },
  {
    title: 'an object is promoted beside the creation of its commit',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: async (store, commit) => {
        const rows = objectOf(commit, 'json');
        const [entry] = await Promise.all([
          PUBLISHING_STEPS.createCommit(store, commit),
          rows && store.putInPlace(rows),
        ]);
        return entry;
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /an uncommitted object is in place/,
  },
  {
    title: 'a run discards what it staged while the creation of its commit is in flight',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: async (store, commit) => {
        const creation = PUBLISHING_STEPS.createCommit(store, commit);
        creation.catch(() => undefined); // if the listing fails, the run doesn't wait for it
        try {
          await store.list(FOLDERS.keys);
        } catch (error) {
          await discardStaged(store, commit.objects);
          throw error;
        }
        return creation;
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 1 },
    broken: /is lost/,
  },
];
