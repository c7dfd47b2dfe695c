import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../../functions/snapshot/errors.ts';
import type { Run } from '../../../../functions/snapshot/run.ts';
import { verify } from '../../../../functions/snapshot/verify/verify.ts';
import { type Account, newAccount } from '../../../support/account-days.ts';
import { shown } from '../../../support/fault-table.ts';
import { ada, all, ben, cleo, dan } from '../../../support/four-users.ts';
import { dyingInFinish, isCommit, Killed, watched } from '../../../support/store-doubles.ts';
import { documentOf } from '../../../support/stored-commits.ts';
import { newSigner } from '../../../support/test-signer.ts';

/** Publications that only a later run can report: taken from a terminal, long ago, or by a delivery that failed. */

const LOCAL: Partial<Run> = { trigger: 'local', onPublished: undefined, othersHaveAlarms: true };
const benIsAdmin = [ada, { ...ben, roles: ['customer-admin', 'customer-user'] }, cleo, dan];
const danIsAdmin = [ada, ben, cleo, { ...dan, roles: ['customer-admin'] }];
const grants = ({ reports }: Account) =>
  reports.map(({ manifest, newChanges }) => [manifest.commit, newChanges?.admin_granted]);

describe('a snapshot with unreported new administrators that a terminal replaces on its day', () => {
  test('is reported by the next run if its own run died', async () => {
    const account = await newAccount();
    await account.at('2026-11-01T02:15:00Z', all);
    const dying = dyingInFinish(account.store, 3);
    await expect(account.at('2026-11-02T02:15:00Z', benIsAdmin, { store: dying })).rejects.toThrow(Killed);
    await account.at('2026-11-02T05:00:00Z', all, { run: LOCAL });
    await account.at('2026-11-03T02:15:00Z', all);
    expect(grants(account)).toEqual([
      [1, undefined],
      [2, 1],
      [3, 0],
      [4, 0],
    ]);
    const done =
      'a run finds administrator B and dies; a snapshot without B from a terminal replaces it on that day; the next day follows';
    shown('C1', done, 'admin_granted of B is reported by the run of the next day', 'never reported');
  });

  test('is reported by the next run if it was taken from a terminal as well', async () => {
    const account = await newAccount();
    await account.at('2026-11-01T02:15:00Z', all);
    await account.at('2026-11-02T05:00:00Z', benIsAdmin, { run: LOCAL });
    await account.at('2026-11-02T06:00:00Z', danIsAdmin, { run: LOCAL });
    await account.at('2026-11-02T07:00:00Z', all, { run: LOCAL });
    await account.at('2026-11-03T02:15:00Z', all);
    expect(new Map(grants(account) as [number, number][])).toEqual(
      new Map([
        [1, undefined],
        [2, 1],
        [3, 1],
        [4, 0],
        [5, 0],
      ]),
    );
    const { status, findings } = await verify(account.store, { today: '2026-11-03' });
    expect([status, findings]).toEqual(['sound', []]);
    const done = 'on one day, three snapshots from a terminal find administrator B, then D, then neither';
    shown('C3', done, 'admin_granted of both is reported by the run of the next day', 'never reported');
  });

  test('leaves no trace in runs/ if no administrator was added to a signed snapshot, or the alarms have already been notified', async () => {
    const { at, folder } = await newAccount();
    await at('2026-11-01T02:15:00Z', all);
    await at('2026-11-02T02:15:00Z', benIsAdmin);
    const signed = { ...LOCAL, signer: newSigner() };
    for (let run = 0; run < 2; run++) await at('2026-11-02T05:00:00Z', all, { run: signed });
    expect((await readdir(join(folder, 'runs'))).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a run that died is reported by the next run', () => {
  test.each([
    ['a month', '2026-11-03T02:15:00Z'],
    ['a year', '2027-10-03T02:15:00Z'],
  ])('even after %s', async (time, moment) => {
    const account = await newAccount();
    await account.at('2026-10-01T02:15:00Z', all);
    const dying = dyingInFinish(account.store, 3);
    await expect(account.at('2026-10-02T02:15:00Z', benIsAdmin, { store: dying })).rejects.toThrow(Killed);
    await account.at(moment, benIsAdmin);
    expect(grants(account)).toEqual([
      [1, undefined],
      [2, 1],
      [3, 0],
    ]);
    shown(
      'C1',
      `killed before it reported; the next run comes after ${time}`,
      'admin_granted reported by that run',
      'never reported',
    );
  });
});

describe('a redelivered event', () => {
  const RUN = { runId: '20261102T021500Z-schedule' };

  test('counts the publication of a delivery that could neither finish nor record it', async () => {
    const { at, store, reports } = await newAccount();
    await at('2026-11-01T02:15:00Z', all);
    let committed = false;
    const failing = watched(store, async (call, perform, key) => {
      if (committed && (call === 'putInPlace' || call === 'replace')) throw new StoreError('the store did not respond');
      const result = await perform();
      committed ||= call === 'create' && isCommit(key);
      return result;
    });
    await expect(at('2026-11-02T02:15:00Z', benIsAdmin, { run: RUN, store: failing })).rejects.toThrow(StoreError);
    expect((await documentOf(store, RUN.runId)).status).toBe('running');
    await at('2026-11-02T02:16:00Z', benIsAdmin, { run: RUN });
    expect(reports.map(({ isCounted, newChanges }) => [isCounted, newChanges?.admin_granted])).toEqual([
      [true, undefined],
      [true, 1],
    ]);
    const done = 'the store fails from the commit on, then the event is redelivered';
    shown('C1', done, 'the second delivery counts the publication and the new administrator', 'never counted');
  });

  test('fails as long as its commit has lost an object, and its document says so', async () => {
    const { at, folder, store } = await newAccount();
    await expect(at('2026-11-02T02:15:00Z', all, { run: RUN, store: dyingInFinish(store, 0) })).rejects.toThrow(Killed);
    await rm(join(folder, '.staged'), { recursive: true });
    for (let delivery = 0; delivery < 2; delivery++) {
      const again = at('2026-11-02T02:16:00Z', all, { run: RUN });
      await expect(again).rejects.toThrow(/commit 1 is committed, .* is lost. Run verify/);
      expect((await documentOf(store, RUN.runId)).message).toMatch(/is lost/);
    }
    const { document } = await at('2026-11-02T02:20:00Z', all);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    shown(
      'C49',
      'an event is redelivered whose commit has lost an object',
      'exit 7, naming the object; the next run publishes',
      'published, code 0',
    );
  });
});
