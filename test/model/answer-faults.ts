import type { Fault } from './faults.ts';

const TAKE = 'take-snapshot.ts';
const STAGED_AT_ONCE = `
    const execution = run.newExecution();
    const begun = new Map<string, Awaited<ReturnType<Store['stage']>>>();
    for (const key of [KEYS.json(run.dt), KEYS.changes(run.dt), KEYS.manifest(run.dt)]) {
      begun.set(key, await store.stage(key, execution));
    }
    const early = new Proxy(store, {
      get(target, name) {
        if (name === 'stage') return async (key: string) => begun.get(key);
        const value = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });`;

/** What may go wrong with the order of answers, of days and of deliveries. */
export const ANSWER_FAULTS: readonly Fault[] = [
  {
    title: 'after a commit of an earlier day the same answer is committed again',
    patches: [
      {
        file: TAKE,
        from: 'const entry = await createCommit(store, commit);',
        to: 'let entry = await createCommit(store, commit);',
      },
      {
        file: TAKE,
        from: '    if (entry.commit?.execution === users.execution) {',
        to: `    if (entry.commit && entry.commit.dt < run.dt) {
      await finishEarlier(run, store, entry);
      entry = await createCommit(store, { ...commit, commit: entry.number + 1, previous_commit_sha256: entry.sha256 });
    }
    if (entry.commit?.execution === users.execution) {`,
      },
    ],
    scenario: 'midnight',
    options: { disturbances: 0 },
    broken: /an older answer was committed on top/,
  },
  {
    title: 'the answer is asked for and staged before the last commit is read',
    patches: [
      {
        file: TAKE,
        from: '    const newest = await readNewest(store);\n',
        to: `    const baselines = await findBaselines(store, run.dt, undefined, () => undefined);
    const users = await receive(run, source, store, baselines, raw);
    const newest = await readNewest(store);\n`,
      },
      {
        file: TAKE,
        from: `    if (newest?.commit && newest.commit.dt > run.dt) throw superseded(newest.commit);

    const baselines = await findBaselines(store, run.dt, newest?.number, run.onWarning);
    const users = await receive(run, source, store, baselines, raw);\n`,
        to: '    if (newest?.commit && newest.commit.dt > run.dt) throw superseded(newest.commit);\n',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 0 },
    broken: /an older answer was committed on top/,
  },
  {
    title: 'uploads begin before the last commit is finished (S3 may let the one that began later win)',
    patches: [
      {
        file: TAKE,
        from: '    const newest = await readNewest(store);\n',
        to: `${STAGED_AT_ONCE}\n    const newest = await readNewest(store);\n`,
      },
      {
        file: TAKE,
        from: 'await receive(run, source, store, baselines, raw);',
        to: 'await receive({ ...run, newExecution: () => execution }, source, early, baselines, raw);',
      },
      {
        file: TAKE,
        from: 'await stageCommit(run, store, newest, users);',
        to: 'await stageCommit(run, early, newest, users);',
      },
    ],
    scenario: 'one-day',
    options: { disturbances: 0, initiations: true },
    broken: /is lost/,
  },
  {
    title: 'a run of an earlier day commits on top of a later day',
    patches: [
      {
        file: TAKE,
        from: '    if (newest?.commit && newest.commit.dt > run.dt) throw superseded(newest.commit);\n',
        to: '',
      },
    ],
    scenario: 'midnight',
    options: { disturbances: 0 },
    broken: /a commit is of an earlier day than the one before it/,
  },
  {
    title: "a run doesn't look for a commit of its own id",
    patches: [{ file: TAKE, from: '    if (own) {\n', to: '    if (own && run.force) {\n' }],
    scenario: 'twice',
    options: { disturbances: 0 },
    broken: /one run has two commits/,
  },
  {
    title: "a run doesn't finish the commit of another delivery of its event",
    patches: [{ file: TAKE, from: '      await finishEarlier(run, store, own);', to: '' }],
    scenario: 'twice',
    options: { disturbances: 0 },
    broken: /reported success before all of it was in place/,
  },
];
