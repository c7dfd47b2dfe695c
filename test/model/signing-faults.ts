import type { Commit, CommitEntry } from '../../functions/snapshot/commits/commit.ts';
import { readNewest } from '../../functions/snapshot/commits/commit-log.ts';
import { signCommit } from '../../functions/snapshot/commits/sign-commit.ts';
import { FOLDERS, KEYS } from '../../functions/snapshot/contract.ts';
import { PUBLISHING_STEPS, type PublishingSteps } from '../../functions/snapshot/publish.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import { watched } from '../support/store-doubles.ts';
import type { Fault } from './fault.ts';
import { SIGNING_KEY } from './signing.ts';

/** What can go wrong with signing commits and with reporting whether they are signed. */
export const SIGNING_FAULTS: readonly Fault[] = [
  {
    title: 'a run signs its commit after it has created it',
    steps: () =>
      signingBy(async (create, sign) => {
        const entry = await create();
        await sign(entry);
        return entry;
      }),
    scenario: 'signed',
    options: { disturbances: 0 },
    broken: /reported as signed, but is not/,
  },
  {
    title: 'a run creates its commit together with its signature',
    steps: () =>
      signingBy(async (create, sign) => {
        const [entry] = await Promise.all([create(), sign()]);
        return entry;
      }),
    scenario: 'signed',
    options: { disturbances: 0 },
    broken: /reported as signed, but is not/,
  },
  {
    title: "a run signs another run's commit when it finishes it",
    steps: () => {
      const finishWithWarning: PublishingSteps['finishWithWarning'] = async (run, store, entry) => {
        if (entry.commit) await PUBLISHING_STEPS.sign(run, store, entry.commit);
        await PUBLISHING_STEPS.finishWithWarning(run, store, entry);
      };
      const begin: PublishingSteps['begin'] = async (run, store) => {
        const newest = await readNewest(store);
        if (newest) await finishWithWarning(run, store, newest);
        return newest;
      };
      return { ...PUBLISHING_STEPS, begin, finishWithWarning };
    },
    scenario: 'signed-unfinished',
    options: { disturbances: 0 },
    broken: /has another run's commit signed/,
  },
  {
    title: "a run that can't sign stops",
    steps: () => ({
      ...PUBLISHING_STEPS,
      sign: async (run, store, commit) => (run.signer ? signCommit(store, run.signer, commit, run.deadline) : null),
    }),
    scenario: 'signed',
    options: { disturbances: 1 },
    broken: /a run ended because of a signature/,
  },
  {
    title: 'a run signs other bytes than those of its commit',
    steps: () => ({
      ...PUBLISHING_STEPS,
      sign: (run, store, commit) => PUBLISHING_STEPS.sign(run, store, { ...commit, scheduled_at: 'later' }),
    }),
    scenario: 'signed',
    options: { disturbances: 0 },
    broken: /is not valid for its bytes/,
  },
  {
    title: 'a run never stores the public key',
    steps: () => ({
      ...PUBLISHING_STEPS,
      sign: (run, store, commit) => {
        const read = async (key: string) =>
          key.startsWith(FOLDERS.keys) ? Buffer.from(SIGNING_KEY.pem) : store.read(key);
        return PUBLISHING_STEPS.sign(run, { ...watched(store, (_call, perform) => perform()), read }, commit);
      },
    }),
    scenario: 'signed',
    options: { disturbances: 0 },
    broken: /no public key is stored/,
  },
  {
    title: "a run that couldn't sign reports its commit as signed",
    steps: () => ({
      ...PUBLISHING_STEPS,
      sign: async (run, store, commit) => {
        await PUBLISHING_STEPS.sign(run, store, commit);
        return SIGNING_KEY.fingerprint;
      },
    }),
    scenario: 'signed',
    options: { disturbances: 1 },
    broken: /reported as signed, but is not/,
  },
  {
    title: "a run reports another run's commit without looking for its signature",
    steps: () => ({
      ...PUBLISHING_STEPS,
      reportEarlier: (run, store, newest) =>
        PUBLISHING_STEPS.reportEarlier(run.signer ? { ...run, signer: undefined } : run, store, newest),
    }),
    scenario: 'signed-unfinished',
    options: { disturbances: 0 },
    broken: /doesn't report whether commit 2 is signed/,
  },
  {
    title: 'a run reports a commit as unsigned although nothing is signed up to it',
    steps: () => ({
      ...PUBLISHING_STEPS,
      reportEarlier: (run, store, newest) => {
        const list = async (folder: string) => [...(await store.list(folder)), KEYS.signature(1, '00000000')];
        return PUBLISHING_STEPS.reportEarlier(run, { ...watched(store, (_call, perform) => perform()), list }, newest);
      },
    }),
    scenario: 'signed',
    options: { disturbances: 1, disturbed: 'signing' },
    broken: /a false alarm: nothing is signed up to commit 1/,
  },
  {
    title: 'an unsigned commit that a run from a terminal replaces is not kept for the alarms',
    steps: () => ({
      ...PUBLISHING_STEPS,
      reportEarlier: async (run, store, newest) => {
        if (run.onPublished) await PUBLISHING_STEPS.reportEarlier(run, store, newest);
      },
    }),
    scenario: 'signed-terminal',
    options: { disturbances: 1, disturbed: 'signing' },
    broken: /no alarm knows that commit 2 is unsigned/,
  },
  {
    title: "a run ends if it can't read another run's signature",
    steps: () => ({
      ...PUBLISHING_STEPS,
      report: async (run, store, entry, manifest, known) => {
        const execution = entry.commit?.execution ?? '';
        const isUnsigned = (await store.read(KEYS.signature(entry.number, execution))) === undefined;
        await PUBLISHING_STEPS.report(run, store, entry, manifest, { ...known, isUnsigned });
      },
    }),
    scenario: 'signed',
    options: { disturbances: 1 },
    broken: /a run ended because of a signature/,
  },
];

type Signing = (
  create: () => Promise<CommitEntry>,
  /** Does nothing if the entry is another run's. */
  sign: (entry?: CommitEntry) => Promise<unknown>,
) => Promise<CommitEntry>;

/** Signs only once the commit is to be created, and remembers which run does. */
function signingBy(order: Signing): PublishingSteps {
  const runs = new WeakMap<Commit, Run>();
  return {
    ...PUBLISHING_STEPS,
    sign: async (run, _store, commit) => {
      runs.set(commit, run);
      return run.signer ? SIGNING_KEY.fingerprint : null;
    },
    createCommit: (store, commit) => {
      const run = runs.get(commit);
      const isOwn = (entry?: CommitEntry) => (entry ?? { commit }).commit?.execution === commit.execution;
      return order(
        () => PUBLISHING_STEPS.createCommit(store, commit),
        async (entry) => (run && isOwn(entry) ? PUBLISHING_STEPS.sign(run, store, commit) : undefined),
      );
    },
  };
}
