import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes } from '../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../functions/snapshot/store/store.ts';
import { verify } from '../../../../functions/snapshot/verify/verify.ts';
import { newAccount } from '../../../support/account-days.ts';
import { shown } from '../../../support/fault-table.ts';
import { ada, all, ben, cleo, dan, NONE } from '../../../support/four-users.ts';
import { dyingInFinish, isCommit, Killed, overtaken, watched } from '../../../support/store-doubles.ts';
import { documentOf } from '../../../support/stored-commits.ts';

/** Every publication is reported to the alarms at least once. */

const admin = <User extends { readonly roles: readonly string[] }>(user: User) => ({
  ...user,
  roles: ['customer-admin', 'customer-user'],
});
const added = [ada, admin(ben), cleo, dan];
const RUN = { runId: '20261123T021500Z-schedule' };
const [D22, D23, D24] = ['2026-11-22T02:15:00Z', '2026-11-23T02:15:00Z', '2026-11-24T02:15:00Z'];

/** A store on which the first call of this kind after the commit fails. */
function failingOnce(store: Store, kind: string, matches: (key: string) => boolean = () => true): Store {
  let [committed, failed] = [false, false];
  return watched(store, async (call, perform, key) => {
    if (committed && !failed && call === kind && matches(key)) {
      failed = true;
      throw new StoreError('the store did not respond');
    }
    const result = await perform();
    committed ||= call === 'create' && isCommit(key);
    return result;
  });
}

describe('a new administrator is reported', () => {
  test.each([
    ['an object cannot be promoted', 'putInPlace', () => true],
    ['the manifest cannot be read', 'read', (key: string) => key.startsWith('manifests/')],
    ['the run document cannot be written', 'replace', (key: string) => key.startsWith('runs/')],
  ])('by the redelivered event if, after the commit, %s', async (what, call, matches) => {
    const { at, store, reports } = await newAccount();
    await at(D22, all);
    const failing = failingOnce(overtaken(store), call, matches);
    await expect(at(D23, added, { run: RUN, store: failing })).rejects.toThrow('commit 2 is committed');
    const first = reports.filter(({ manifest }) => manifest.commit === 2).length;
    await at(D23, added, { run: RUN });
    const told = reports.filter(({ manifest }) => manifest.commit === 2);
    expect(told.length).toBeGreaterThan(first);
    expect(told.map(({ newChanges }) => newChanges?.admin_granted)).toEqual(told.map(() => 1));
    expect(await documentOf(store, RUN.runId)).toMatchObject({ status: 'published', commit: 2, message: null });
    const times = told.length === 1 ? 'once' : 'twice';
    shown(
      'C1',
      `after the commit ${what}, and the event is redelivered`,
      `one commit, admin_granted reported ${times}`,
      'never reported',
    );
  });

  test.each([0, 1, 2, 3])('by the next run of any day if the run died with %i objects in place', async (placed) => {
    for (const moment of ['2026-11-23T10:00:00Z', D24]) {
      const { at, store, reports } = await newAccount();
      await at(D22, all);
      await expect(at(D23, added, { run: RUN, store: dyingInFinish(store, placed) })).rejects.toThrow(Killed);
      expect(reports.map(({ manifest }) => manifest.commit)).toEqual([1]);
      await at(moment, added);
      expect(reports.map(({ manifest, newChanges }) => [manifest.commit, newChanges?.admin_granted])).toEqual([
        [1, undefined],
        [2, 1],
        [3, 0],
      ]);
      const day = moment === D24 ? 'the next day' : 'the same day';
      shown(
        'C1',
        `killed with ${placed} objects in place; a run of ${day} follows`,
        'admin_granted reported by that run',
        'never reported',
      );
    }
  });

  test('again by a redelivered event, even if the run document says that it was reported', async () => {
    const { at, reports } = await newAccount();
    await at(D22, all);
    await at(D23, added, { run: RUN });
    await at(D23, added, { run: RUN });
    expect(
      reports.map(({ manifest, isCounted, newChanges }) => [manifest.commit, isCounted, newChanges?.admin_granted]),
    ).toEqual([
      [1, true, undefined],
      [2, true, 1],
      [2, false, 1],
    ]);
    shown(
      'C1',
      'an event is redelivered after it was published',
      'admin_granted reported again, the publication counted once',
    );
    shown(
      'F30a',
      'an event is redelivered after it was published',
      'one commit; the second delivery returns its result',
    );
  });

  test('by the function if a terminal took the snapshot', async () => {
    const { at, reports } = await newAccount();
    await at(D22, all);
    const local = { trigger: 'local', onPublished: undefined } as const;
    await at('2026-11-23T10:00:00Z', added, { run: local });
    await at('2026-11-24T10:00:00Z', [...added.slice(0, 3), admin(dan)], { run: local });
    await at('2026-11-25T02:15:00Z', [...added.slice(0, 3), admin(dan)]);
    expect(
      reports.map(({ manifest, isCounted, newChanges }) => [manifest.commit, isCounted, newChanges?.admin_granted]),
    ).toEqual([
      [1, true, undefined],
      [3, false, 1],
      [2, false, 1],
      [4, true, 0],
    ]);
    shown(
      'C1',
      'two snapshots are taken from a terminal, then the function runs',
      'it reports the admin_granted of both',
      'never reported',
    );
  });

  test('by each of two runs of a day that find different administrators', async () => {
    const { at, reports } = await newAccount();
    await at(D22, all);
    await at(D23, added);
    await at('2026-11-23T10:00:00Z', [ada, ben, admin(cleo), dan]);
    await at('2026-11-23T11:00:00Z', [ada, admin(ben), admin(cleo), dan]);
    await at('2026-11-23T12:00:00Z', [ada, admin(ben), admin(cleo), dan]);
    expect(reports.map(({ newChanges }) => newChanges?.admin_granted)).toEqual([undefined, 1, 1, 1, 0]);
    shown(
      'C3',
      'a first run finds administrator B, a second C instead, a third both, a fourth both',
      'admin_granted reported 1, 1, 1, 0',
      '1, 0, 1, 0',
    );
  });

  test.each([
    ['a change of another kind', [ada, { ...ben, disabled: true }, cleo, dan], { disabled: 1 }],
    ['another group of the same user', [ada, { ...ben, groups: [...ben.groups, 'g9'] }, cleo, dan], { group_added: 1 }],
    ['another address of the same user', [ada, { ...ben, email: 'b@example.com' }, cleo, dan], { email_changed: 1 }],
  ])('as is %s in a second run of the day', async (what, users, changes) => {
    const { at, reports } = await newAccount();
    await at(D22, all);
    await at(D23, [
      ada,
      { ...ben, groups: [...ben.groups, 'g8'], email: 'x@example.com' },
      { ...cleo, disabled: true },
      dan,
    ]);
    await at('2026-11-23T10:00:00Z', users);
    expect(reports.at(-1)?.newChanges).toEqual({ ...NONE, ...changes });
    shown(
      'C3',
      `the second run of a day finds ${what}`,
      `${JSON.stringify(changes)} reported`,
      'subtracted by count: 0',
    );
  });

  test("with all changes of the day if the day's earlier feed is missing", async () => {
    const { at, reports, folder } = await newAccount();
    await at(D22, all);
    await at(D23, added);
    await rm(join(folder, KEYS.changes('2026-11-23')));
    await at('2026-11-23T10:00:00Z', added);
    expect(reports.at(-1)?.newChanges).toEqual({ ...NONE, admin_granted: 1 });
  });

  test('never on the first day', async () => {
    const { at, reports } = await newAccount();
    await at(D22, all);
    await at('2026-11-22T10:00:00Z', added);
    expect(reports.map(({ newChanges }) => newChanges)).toEqual([null, null]);
    shown('C3', 'there is no earlier day', 'nothing is reported');
  });
});

describe('if the rows of the day before are gone, the comparison', () => {
  test.each([
    ['users, changes and groups of the day', ['users', 'changes', 'groups']],
    ['only its users', ['users']],
  ])('is with the newest earlier day that has its rows, after %s were removed', async (what, folders) => {
    const { at, folder, warnings, reports } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at(D22, all);
    for (const name of folders) {
      for (const key of [
        KEYS.json('2026-11-22'),
        KEYS.csv('2026-11-22'),
        KEYS.changes('2026-11-22'),
        KEYS.groups('2026-11-22'),
      ])
        if (key.startsWith(name)) await rm(join(folder, key));
    }
    const { manifest } = await at(D23, added);
    expect(manifest).toMatchObject({ previous_dt: '2026-11-21', changes: { admin_granted: 1 } });
    expect(reports.at(-1)?.newChanges?.admin_granted).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(/2026-11-2[12]|commit 2/)]);
    shown(
      'C2',
      `${what} are gone`,
      `compared with ${manifest?.previous_dt}, admin_granted reported, one warning`,
      'expired: nothing compared, no alarm',
    );
  });

  test('is null if no earlier day has its rows, without a warning', async () => {
    const { at, folder, warnings } = await newAccount();
    await at('2026-11-21T02:15:00Z', all);
    await at(D22, all);
    for (const name of ['users', 'changes', 'groups']) await rm(join(folder, name), { recursive: true });
    const { manifest } = await at(D23, added);
    expect(manifest).toMatchObject({ previous_dt: null, changes: null });
    expect(warnings).toEqual([]);
    shown('C2', 'no earlier day has its rows', 'changes null, no warning');
  });
});

describe('days without a snapshot', () => {
  test.each([
    ['the next day', '2026-11-23T02:15:00Z', 0],
    ['the same day', '2026-11-22T23:59:00Z', 0],
    ['two days later', '2026-11-24T02:15:00Z', 1],
    ['a month later', '2026-12-22T02:15:00Z', 29],
  ])('between the newest commit and a run %s are counted', async (what, moment, missing) => {
    const { at, reports } = await newAccount();
    await at('2026-11-22T20:00:00Z', all);
    await at(moment, all);
    expect(reports.map(({ missingDays }) => missingDays)).toEqual([0, missing]);
    shown('C9', `a manual run at 20:00, then a run ${what}`, `${missing} days missing reported`, 'nothing reported');
  });

  test('are counted by the run that reports the commit of a run that died', async () => {
    const { at, reports, store } = await newAccount();
    await at('2026-11-20T02:15:00Z', all);
    await expect(at(D23, all, { store: dyingInFinish(store, 1) })).rejects.toThrow(Killed);
    await at(D24, all);
    expect(reports.map(({ missingDays }) => missingDays)).toEqual([0, 2, 0]);
  });
});

describe('drift that the previous snapshot did not have', () => {
  test('is reported once, with a warning, and never on the first day', async () => {
    const { at, reports, warnings } = await newAccount();
    const odd = { ...ada, shoeSize: 42 };
    await at(D22, [odd, ben, cleo, dan]);
    await at(D23, [odd, { ...ben, hat: 1, coat: 2, roles: ['viewer'] }, cleo, dan]);
    await at(D24, [odd, { ...ben, hat: 1, coat: 2, roles: ['viewer'] }, cleo, dan]);
    expect(reports.map(({ newDrift }) => newDrift)).toEqual([{}, { unknown_fields: 2, unknown_roles: 1 }, {}]);
    expect(warnings).toEqual([
      'drift.unknown_fields has 2 names not in the snapshot of 2026-11-22. See manifests/manifest-2026-11-23.json',
      'drift.unknown_roles has 1 name not in the snapshot of 2026-11-22. See manifests/manifest-2026-11-23.json',
    ]);
    shown(
      'F17',
      'a role appears that Anodot does not document',
      'a warning and DriftAppeared, once; nothing on the first day',
      'not reported',
    );
  });

  test('is not reported by a second run of the first day', async () => {
    const { at, reports, warnings } = await newAccount();
    await at(D22, all);
    await at('2026-11-22T10:00:00Z', [{ ...ada, hat: 1 }, ben, cleo, dan]);
    expect(reports.map(({ newDrift }) => newDrift)).toEqual([{}, {}]);
    expect(warnings).toEqual([]);
  });

  test('is not inferred from a list that was full', async () => {
    const { at, reports } = await newAccount();
    const fields = (from: number) =>
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${String(n + from).padStart(3, '0')}`, 1]));
    await at(D22, [{ ...ada, ...fields(0) }]);
    await at(D23, [{ ...ada, ...fields(5) }]);
    await at(D24, [{ ...ada, ...fields(5), a: 1 }]);
    expect(reports.map(({ newDrift }) => newDrift)).toEqual([{}, {}, { unknown_fields: 1 }]);
  });
});

describe('a commit dated in the future', () => {
  const bogus = (number: number, dt: string, objects: readonly object[]) =>
    documentBytes({
      schema_version: 1,
      commit: number,
      previous_commit_sha256: null,
      committed_at: `${dt}T00:00:00.000Z`,
      dt,
      run_id: 'x',
      execution: '0a1b2c3d',
      scheduled_at: null,
      objects,
    });
  const manifestOf = (dt: string) => [
    { kind: 'manifest', key: KEYS.manifest(dt), bytes: 2, sha256: '0'.repeat(64), staged: null },
  ];

  test.each([
    ['without objects', '9999-12-31', []],
    ['with a manifest', '9999-12-31', manifestOf('9999-12-31')],
    ['of tomorrow', '2026-11-24', manifestOf('2026-11-24')],
    ['of today, without a manifest', '2026-11-23', []],
  ])('or without a manifest is named and blocks nothing: %s', async (what, dt, objects) => {
    const { at, store, warnings, reports } = await newAccount();
    await at(D22, all);
    await store.create(KEYS.commit(2), bogus(2, dt, objects));
    const { document, manifest } = await at(D23, added);
    expect(document).toMatchObject({ status: 'published', commit: 3 });
    expect(manifest).toMatchObject({ previous_dt: '2026-11-22', changes: { admin_granted: 1 } });
    expect(reports.at(-1)).toMatchObject({ missingDays: 0, newChanges: { admin_granted: 1 } });
    expect(warnings.join('\n')).toMatch(/commit 2 /);
    await at(D24, added);
    shown(
      'C8',
      `commit 2 is ${what === 'of tomorrow' ? 'dated tomorrow' : `dated ${dt === '2026-11-23' ? 'today' : dt}, ${what}`}`,
      'named in a warning; the run publishes commit 3',
      'exit 8 forever',
    );
  });

  test.each([
    ['{}', '99999999'],
    ['a copy of commit 1', '99999999'],
    ['{}', '1234567890'],
  ])('or a garbage commit with any number blocks nothing: %s as commit %s', async (what, number) => {
    const { at, store, folder } = await newAccount();
    const { document: first } = await at(D22, all);
    const bytes = what === '{}' ? Buffer.from('{}') : ((await store.read(KEYS.commit(1))) ?? Buffer.alloc(0));
    await store.create(`commits/${number}.json`, bytes);
    const numbers: (number | undefined)[] = [first.commit];
    for (const moment of [D23, '2026-11-23T10:00:00Z', D24]) numbers.push((await at(moment, added)).document.commit);
    expect(numbers).toEqual([1, Number(number) + 1, Number(number) + 2, Number(number) + 3]);
    const { findings } = await verify(new FolderStore(folder), { today: '2026-11-24' });
    expect(new Set(findings.filter(({ level }) => level === 'damaged').map(({ key }) => key))).toEqual(
      new Set([`commits/${number}.json`, KEYS.commit(2)]),
    );
    shown(
      'C8',
      `commits/${number}.json is ${what}`,
      'named; each later run publishes, and verify reports only the garbage',
      'exit 8 from the second run on',
    );
  });

  test('only by the local clock fails the run with exit code 2, because that clock is behind', async () => {
    const { at, store } = await newAccount();
    await at('2026-11-25T02:15:00Z', all);
    const slow = { startedAt: new Date(D24), now: () => new Date(D24) };
    // The server's Date stays at the 25th, so only this machine's clock is behind.
    await expect(at('2026-11-25T02:15:00Z', all, { run: slow })).rejects.toMatchObject({ code: 2 });
    expect(await store.list('commits/')).toHaveLength(1);
    shown(
      'F37a',
      "the newest commit is of tomorrow by the local clock, but of today by Anodot's Date",
      'exit 2, nothing published',
    );
  });
});
