import { PUBLISHING_STEPS, type PublishingSteps } from '../../functions/snapshot/publish.ts';
import type { Fault } from './fault.ts';

/** Faults that keep a new administrator from being reported. */
export const ALARM_FAULTS: readonly Fault[] = [
  {
    title: 'a run records its publication without reporting it',
    steps: () => ({ ...PUBLISHING_STEPS, report: async () => undefined }),
    scenario: 'second-day',
    options: { disturbances: 0 },
    broken: /a run document says that commit .* was published, which no alarm knows of/,
  },
  {
    title: "a run doesn't report the newest commit, whose run died",
    steps: () => ({ ...PUBLISHING_STEPS, reportEarlier: async () => undefined }),
    scenario: 'second-day',
    options: { disturbances: 1 },
    broken: /no alarm knows of an administrator/,
  },
  {
    title: 'a redelivered run finds its commit and reports no change',
    steps: () =>
      reportingAs((known) => (known.before === undefined ? { ...known, before: null, newChanges: null } : known)),
    scenario: 'twice',
    options: { disturbances: 1 },
    broken: /no alarm knows of an administrator/,
  },
  {
    title: "the changes of the day's earlier run are subtracted by their number",
    steps: () => ({
      ...PUBLISHING_STEPS,
      receive: async (run, source, store, baselines) => {
        const receipt = await PUBLISHING_STEPS.receive(run, source, store, baselines);
        const earlier = baselines.newest?.manifest.dt === run.dt ? baselines.newest.manifest.changes : null;
        if (!receipt.account || !receipt.newChanges || !earlier) return receipt;
        const counted = receipt.account.facts.changes?.admin_granted ?? 0;
        return { ...receipt, newChanges: { ...receipt.newChanges, admin_granted: counted - earlier.admin_granted } };
      },
    }),
    scenario: 'second-day',
    options: { disturbances: 0 },
    broken: /no alarm knows of an administrator/,
  },
  {
    title: 'a day is compared with nothing if the day before has lost its rows',
    steps: () => ({
      ...PUBLISHING_STEPS,
      findBaselines: async (store, dt, newestNumber, onWarning) => {
        const { newest } = await PUBLISHING_STEPS.findBaselines(store, dt, newestNumber, onWarning);
        return { newest, earlier: newest?.rowsKey && newest.manifest.dt < dt ? newest : undefined };
      },
    }),
    scenario: 'rows-gone',
    options: { disturbances: 0 },
    broken: /was compared with nothing/,
  },
];

type Report = PublishingSteps['report'];

const reportingAs = (alter: (known: Parameters<Report>[4]) => Parameters<Report>[4]): PublishingSteps => ({
  ...PUBLISHING_STEPS,
  report: (run, store, entry, manifest, known) => PUBLISHING_STEPS.report(run, store, entry, manifest, alter(known)),
});
