import { ANSWER_FAULTS } from './answer-faults.ts';
import type { Patch } from './faulty-copy.ts';
import type { SearchOptions } from './search.ts';

/** A step of publishing that is broken on purpose, and the search that must notice. */
export interface Fault {
  readonly title: string;
  readonly patches: readonly Patch[];
  readonly scenario: string;
  readonly options: SearchOptions;
  /** What the checker must say. */
  readonly broken: RegExp;
}

const TAKE = 'take-snapshot.ts';
const LOG = 'commits/commit-log.ts';

const PUBLISHING_FAULTS: readonly Fault[] = [
  {
    title: "a run doesn't finish the last commit at its beginning",
    patches: [{ file: TAKE, from: '    await finishEarlier(run, store, newest);\n', to: '' }],
    scenario: 'one-day',
    options: { disturbances: 0, alarms: false },
    broken: /an older commit's object replaced a newer one's/,
  },
  {
    title: 'the manifest is put in place first',
    patches: [
      {
        file: LOG,
        from: "Number(a.kind === 'manifest') - Number(b.kind === 'manifest')",
        to: "Number(b.kind === 'manifest') - Number(a.kind === 'manifest')",
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /manifest.* is in place before/,
  },
  {
    title: 'what is no longer staged counts as done, without a look',
    patches: [{ file: LOG, from: 'if (await store.isInPlace(object, commit.execution)) continue;', to: 'continue;' }],
    scenario: 'expired',
    options: { disturbances: 0 },
    broken: /manifest.* is in place before/,
  },
  {
    title: 'staged objects are dropped at any error of the commit call',
    patches: [
      {
        file: LOG,
        from: '      failure = error; //',
        to: '      failure = error;\n      await drop(store, commit.objects); //',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 1 },
    broken: /is lost/,
  },
  {
    title: 'staged objects are dropped where the store gives no clear answer in the end',
    patches: [
      {
        file: TAKE,
        from: 'await createCommit(store, commit);',
        to: `await createCommit(store, commit).catch(async (error) => {
      await drop(store, commit.objects);
      throw error;
    });`,
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 2 },
    broken: /is lost/,
  },
  {
    title: 'the commit is not conditional',
    patches: [
      {
        file: LOG,
        from: 'await store.create(key, documentBytes(commit));',
        to: 'await store.replace(key, documentBytes(commit));',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /commits\/.* was replaced/,
  },
  {
    title: 'a failure behind the commit is reported as it came',
    patches: [
      {
        file: TAKE,
        from: 'const manifest = await afterCommit(entry, async () => {',
        to: 'const manifest = await (async (_: unknown, work: () => Promise<Manifest | null>) => work())(entry, async () => {',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 1 },
    broken: /ended as if nothing was published/,
  },
  {
    title: 'a run finishes commits of its own day only',
    patches: [
      {
        file: TAKE,
        from: 'const { lost } = entry ? await',
        to: 'const { lost } = entry?.commit?.dt === run.dt ? await',
      },
    ],
    scenario: 'midnight',
    options: { disturbances: 1, alarms: false },
    broken: /interrupted/,
  },
  {
    title: 'what another run is putting in place is called damaged',
    patches: [
      {
        file: 'changes/baseline.ts',
        from: 'warnings.length > 0 && (await commitNumbers(store)).at(-1) === newestNumber;',
        to: 'true;',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /a false alarm/,
  },
  {
    title: "a run doesn't finish its own commit",
    patches: [{ file: TAKE, from: '      await finishOwn(store, entry);\n', to: '' }],
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /reported success before all of it was in place/,
  },
];

export const FAULTS: readonly Fault[] = [...PUBLISHING_FAULTS, ...ANSWER_FAULTS];
