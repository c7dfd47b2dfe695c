import { searchBaselines } from '../../functions/snapshot/changes/baseline.ts';
import { objectOf } from '../../functions/snapshot/commits/commit.ts';
import { readNewest } from '../../functions/snapshot/commits/commit-log.ts';
import { PUBLISHING_STEPS, type PublishingSteps } from '../../functions/snapshot/publish.ts';
import { discardStaged } from '../../functions/snapshot/store/staged-objects.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { watched } from '../support/store-doubles.ts';
import type { Fault } from './fault.ts';

/** What can go wrong with creating a commit, finishing it and reporting it. */
export const COMMIT_FAULTS: readonly Fault[] = [
  {
    title: "a run doesn't finish the newest commit before it starts",
    steps: () => ({ ...PUBLISHING_STEPS, begin: (_run, store) => readNewest(store) }),
    scenario: 'one-day',
    options: { disturbances: 0, alarms: false },
    broken: /an older commit's object replaced a newer one's/,
  },
  {
    title: 'a run promotes the manifest of its commit first',
    steps: () => ({
      ...PUBLISHING_STEPS,
      finishOwn: async (store, entry, created) => {
        const manifest = entry.commit && objectOf(entry.commit, 'manifest');
        if (manifest) await store.putInPlace(manifest);
        return PUBLISHING_STEPS.finishOwn(store, entry, created);
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /manifest.* is in place before/,
  },
  {
    title: 'an object that is no longer staged counts as promoted without a check',
    steps: () => finishingIn((store) => ({ ...sameStore(store), isInPlace: async () => true })),
    scenario: 'expired',
    options: { disturbances: 0 },
    broken: /manifest.* is in place before/,
  },
  {
    title: 'staged objects are discarded after any error of the commit call',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: (store, commit) => {
        const create: Store['create'] = async (key, bytes) => {
          try {
            return await store.create(key, bytes);
          } catch (error) {
            await discardStaged(store, commit.objects);
            throw error;
          }
        };
        return PUBLISHING_STEPS.createCommit({ ...sameStore(store), create }, commit);
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 1 },
    broken: /is lost/,
  },
  {
    title: 'staged objects are discarded if the store never says whether the commit exists',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: async (store, commit) => {
        try {
          return await PUBLISHING_STEPS.createCommit(store, commit);
        } catch (error) {
          await discardStaged(store, commit.objects);
          throw error;
        }
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 2 },
    broken: /is lost/,
  },
  {
    title: 'a commit replaces an existing one with the same number',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: (store, commit) => {
        const create: Store['create'] = async (key, bytes) => {
          await store.replace(key, bytes);
          return 'created';
        };
        return PUBLISHING_STEPS.createCommit({ ...sameStore(store), create }, commit);
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /commits\/.* was replaced/,
  },
  {
    title: "a store's failure after the commit is reported without saying that the commit exists",
    steps: () => ({ ...PUBLISHING_STEPS, afterCommit: (_entry, work) => work() }),
    scenario: 'one-day',
    options: { disturbances: 1 },
    broken: /ended as if nothing was published/,
  },
  {
    title: 'a run finishes only commits of its own day',
    steps: () => {
      const finishWithWarning: PublishingSteps['finishWithWarning'] = async (run, store, entry) => {
        if (entry.commit?.dt === run.dt) await PUBLISHING_STEPS.finishWithWarning(run, store, entry);
      };
      const begin: PublishingSteps['begin'] = async (run, store) => {
        const newest = await readNewest(store);
        if (newest) await finishWithWarning(run, store, newest);
        return newest;
      };
      return { ...PUBLISHING_STEPS, begin, finishWithWarning };
    },
    scenario: 'midnight',
    options: { disturbances: 1, alarms: false },
    broken: /interrupted/,
  },
  {
    title: 'a snapshot that another run is promoting is reported as damaged',
    steps: () => ({
      ...PUBLISHING_STEPS,
      findBaselines: async (store, dt, _newestNumber, onWarning) => {
        const { baselines, warnings } = await searchBaselines(store, dt);
        warnings.forEach(onWarning);
        return baselines;
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /a false alarm/,
  },
  {
    title: "a run doesn't finish its own commit",
    steps: () => ({ ...PUBLISHING_STEPS, finishOwn: async () => ({ placed: false }) }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /reported success before all of it was in place/,
  },
];

/** Every step that finishes a commit does so in an altered store. */
const finishingIn = (altered: (store: Store) => Store): PublishingSteps => ({
  ...PUBLISHING_STEPS,
  begin: (run, store) => PUBLISHING_STEPS.begin(run, altered(store)),
  finishOwn: (store, entry, created) => PUBLISHING_STEPS.finishOwn(altered(store), entry, created),
  finishWithWarning: (run, store, entry) => PUBLISHING_STEPS.finishWithWarning(run, altered(store), entry),
});

/** The store as an object whose methods can be replaced one by one. */
const sameStore = (store: Store): Store => watched(store, (_call, perform) => perform());
