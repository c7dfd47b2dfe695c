import { finish } from '../../functions/snapshot/commits/finish.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { PUBLISHING_STEPS, type PublishingSteps } from '../../functions/snapshot/publish.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';
import { watched } from '../support/store-doubles.ts';
import type { Fault } from './fault.ts';

/** What can go wrong with the order of responses, days and deliveries of an event. */
export const ORDER_FAULTS: readonly Fault[] = [
  {
    title: 'a run that lost to a commit of an earlier day commits the same response again',
    steps: () => ({
      ...PUBLISHING_STEPS,
      createCommit: async (store, commit) => {
        const entry = await PUBLISHING_STEPS.createCommit(store, commit);
        if (!entry.commit || entry.commit.dt >= commit.dt) return entry;
        await finish(store, entry);
        const next = { ...commit, commit: entry.number + 1, previous_commit_sha256: entry.sha256 };
        return PUBLISHING_STEPS.createCommit(store, next);
      },
    }),
    scenario: 'midnight',
    options: { disturbances: 0 },
    broken: /an older response was committed on top/,
  },
  {
    title: 'the response is requested and staged before the newest commit is read',
    steps: () => ({
      ...PUBLISHING_STEPS,
      begin: async () => undefined,
      stage: async (run, store, _newest, account) => {
        const newest = await PUBLISHING_STEPS.begin(run, store);
        return PUBLISHING_STEPS.stage(run, store, newest, account);
      },
    }),
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /an older response was committed on top/,
  },
  {
    title: 'uploads start before the newest commit is finished (S3 may let the one that started later win)',
    steps: () =>
      uploadingEarly(async (startUploads, begin) => {
        await startUploads();
        return begin();
      }),
    scenario: 'one-day',
    options: { disturbances: 0, initiations: true },
    broken: /is lost/,
  },
  {
    title: 'uploads start together with the calls that finish the newest commit',
    steps: () => uploadingEarly(async (startUploads, begin) => (await Promise.all([begin(), startUploads()]))[0]),
    scenario: 'one-day',
    options: { disturbances: 0, initiations: true },
    broken: /is lost/,
  },
  {
    title: 'a run of an earlier day commits on top of a later day',
    steps: () => ({ ...PUBLISHING_STEPS, refuseEarlierDay: async () => undefined }),
    scenario: 'midnight',
    options: { disturbances: 0 },
    broken: /a commit is of an earlier day than the one before it/,
  },
  {
    title: "a run doesn't look for a commit with its own run id",
    steps: () => ({ ...PUBLISHING_STEPS, findOwn: async () => undefined }),
    scenario: 'twice',
    options: { disturbances: 0 },
    broken: /one run has two commits/,
  },
  {
    title: "a run doesn't finish the commit of another delivery of its event",
    steps: () => ({
      ...PUBLISHING_STEPS,
      finishWithWarning: async (run, store, entry) => {
        if (entry.commit?.run_id !== run.runId) await PUBLISHING_STEPS.finishWithWarning(run, store, entry);
      },
    }),
    scenario: 'twice',
    options: { disturbances: 0 },
    broken: /reported success before all of it was in place/,
  },
];

/** The uploads of an attempt that started too early. */
interface EarlyAttempt {
  readonly execution: string;
  readonly uploads: ReadonlyMap<string, Staging>;
}

type Beginning = (
  startUploads: () => Promise<void>,
  begin: () => ReturnType<PublishingSteps['begin']>,
) => ReturnType<PublishingSteps['begin']>;

/** Each run starts the uploads of its attempt in `begin`, and writes to them when it receives and stages the account. */
function uploadingEarly(order: Beginning): PublishingSteps {
  const attempts = new WeakMap<Run, EarlyAttempt>();
  const attemptOf = (run: Run): EarlyAttempt => {
    const attempt = attempts.get(run);
    if (!attempt) throw new Error('the run received its account before it began');
    return attempt;
  };
  return {
    ...PUBLISHING_STEPS,
    begin: (run, store) =>
      order(
        async () => void attempts.set(run, await startAttempt(run, store)),
        () => PUBLISHING_STEPS.begin(run, store),
      ),
    receive: (run, source, store, baselines) => {
      const attempt = attemptOf(run);
      const early = { ...run, newExecution: () => attempt.execution };
      return PUBLISHING_STEPS.receive(early, source, stagingIn(store, attempt), baselines);
    },
    stage: (run, store, newest, account) =>
      PUBLISHING_STEPS.stage(run, stagingIn(store, attemptOf(run)), newest, account),
  };
}

async function startAttempt(run: Run, store: Store): Promise<EarlyAttempt> {
  const execution = run.newExecution();
  const uploads = new Map<string, Staging>();
  for (const key of [KEYS.json(run.dt), KEYS.changes(run.dt), KEYS.groups(run.dt), KEYS.manifest(run.dt)]) {
    uploads.set(key, await store.stage(key, execution));
  }
  return { execution, uploads };
}

/** The store, with the attempt's uploads in place of new ones. */
const stagingIn = (store: Store, { uploads }: EarlyAttempt): Store => ({
  ...watched(store, (_call, perform) => perform()),
  stage: async (key) => {
    const upload = uploads.get(key);
    if (!upload) throw new Error(`the attempt has not started an upload to ${key}`);
    return upload;
  },
});
