import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { SettingsError, StoreError } from '../../../../../functions/snapshot/errors.ts';
import type { DecisionKind } from '../../../../../functions/snapshot/review/decision.ts';
import { proveOutcome } from '../../../../../functions/snapshot/review/outcome.ts';
import { type Outcome, PROOF } from '../../../../../functions/snapshot/review/outcome-document.ts';
import { type Account, newAccount, rowsPath, type UserRecord } from '../../../../support/account-days.ts';
import { doctor } from '../../../../support/doctored.ts';
import { ada, ben, cleo, dan } from '../../../../support/four-users.ts';
import { decide, reviewOf } from '../../../../support/review-of.ts';

const D = '2026-11-20';
const NOW = new Date('2026-11-28T12:00:00Z');
const off = (user: UserRecord): UserRecord => ({ ...user, disabled: true });
const at = (dt: string): string => `${dt}T02:15:00Z`;

type Days = readonly (readonly [dt: string, users: readonly UserRecord[]])[];

/** An account with the four users on the day of the review, and other users on later days. */
async function accountWith(days: Days, users: readonly UserRecord[] = [ada, ben, cleo, dan]): Promise<Account> {
  const account = await newAccount();
  for (const [dt, later] of [[D, users] as const, ...days]) await account.at(at(dt), later, { force: true });
  return account;
}

async function outcomeOf({ store }: Account, decisions: { readonly [id: string]: DecisionKind }): Promise<Outcome> {
  const review = await reviewOf(store, D);
  return PROOF.parse(await proveOutcome(store, review, decide(review, decisions), { now: NOW, latest: '2026-11-28' }));
}

const rowOf = ({ rows }: Outcome, { _id }: { readonly _id: string }) => rows.find(({ id }) => id === _id);

async function ofBen(decision: DecisionKind, days: Days, users?: readonly UserRecord[]) {
  return rowOf(await outcomeOf(await accountWith(days, users), { [ben._id]: decision }), ben);
}

describe('revoke', () => {
  test('is done on the first day without the user, by that day’s commit', async () => {
    expect(
      await ofBen('revoke', [
        ['2026-11-21', [ada, ben, cleo, dan]],
        ['2026-11-22', [ada, cleo, dan]],
        ['2026-11-23', [ada, cleo, dan]],
      ]),
    ).toMatchObject({
      result: 'done',
      done: { dt: '2026-11-22', commit: 3, previous: { dt: '2026-11-21', commit: 2 }, missing_days: [] },
      reason: null,
      is_gone: true,
      changes: [{ dt: '2026-11-22', commit: 3, change: 'left', before: null, after: null }],
    });
  });

  test('is done on the day from which it has held without interruption', async () => {
    expect(
      await ofBen('revoke', [
        ['2026-11-21', [ada, off(ben), cleo, dan]],
        ['2026-11-22', [ada, ben, cleo, dan]],
        ['2026-11-23', [ada, off(ben), cleo, dan]],
        ['2026-11-24', [ada, cleo, dan]],
      ]),
    ).toMatchObject({ result: 'done', done: { dt: '2026-11-23', commit: 4 }, is_gone: true });
  });

  test('names the missing days on one of which it may have been done', async () => {
    expect(await ofBen('revoke', [['2026-11-24', [ada, cleo, dan]]])).toMatchObject({
      done: {
        dt: '2026-11-24',
        commit: 2,
        previous: { dt: D, commit: 1 },
        missing_days: ['2026-11-21', '2026-11-22', '2026-11-23'],
      },
    });
  });

  test('of a user who was disabled at the review is done on its day, by its own commit, unless access came back', async () => {
    const users = [ada, off(ben), cleo, dan];
    expect(
      await ofBen(
        'revoke',
        [
          ['2026-11-21', users],
          ['2026-11-22', users],
        ],
        users,
      ),
    ).toMatchObject({ result: 'done', done: { dt: D, commit: 1, previous: null, missing_days: [] } });
    expect(await ofBen('revoke', [], users)).toMatchObject({ result: 'done', done: { dt: D, commit: 1 } });
    const days: Days = [
      ['2026-11-21', [ada, ben, cleo, dan]],
      ['2026-11-22', users],
    ];
    expect(await ofBen('revoke', days, users)).toMatchObject({ done: { dt: '2026-11-22', commit: 3 } });
    expect(await ofBen('revoke', days.slice(0, 1), users)).toMatchObject({ result: 'open', reason: 'still_active' });
  });

  test('is open while the user is active', async () => {
    expect(await ofBen('revoke', [['2026-11-21', [ada, ben, cleo, dan]]])).toMatchObject({
      result: 'open',
      done: null,
      reason: 'still_active',
    });
  });

  test('stays open if the address belongs to a new account, in whatever case, until that is disabled too', async () => {
    const again = { ...ben, _id: 'b00000000000000000000009', email: ' BEN@Example.com' };
    const open: Days = [['2026-11-21', [ada, again, cleo, dan]]];
    expect(await ofBen('revoke', open)).toMatchObject({
      result: 'open',
      reason: 'address_in_use',
      other_ids: [again._id],
      is_gone: true,
    });
    expect(await ofBen('revoke', [...open, ['2026-11-22', [ada, off(again), cleo, dan]]])).toMatchObject({
      result: 'done',
      done: { dt: '2026-11-22' },
    });
    expect(
      await ofBen('revoke', [
        ['2026-11-21', [ada, cleo, dan]],
        ['2026-11-22', [ada, cleo, { ...dan, email: 'BEN@example.com' }]],
        ['2026-11-23', [ada, cleo, { ...dan, email: 'dan@example.com' }]],
      ]),
    ).toMatchObject({ result: 'done', done: { dt: '2026-11-23' } });
  });

  test('stays open if a new account has an address that the user got after the review', async () => {
    const renamed = { ...ben, email: 'ben.new@example.com' };
    const again = { ...renamed, _id: 'b00000000000000000000009', email: 'Ben.New@example.com' };
    const open: Days = [
      ['2026-11-21', [ada, renamed, cleo, dan]],
      ['2026-11-22', [ada, cleo, dan]],
      ['2026-11-23', [ada, again, cleo, dan]],
    ];
    expect(await ofBen('revoke', open.slice(0, 2))).toMatchObject({ result: 'done', done: { dt: '2026-11-22' } });
    expect(await ofBen('revoke', open)).toMatchObject({
      ...{ result: 'open', done: null, reason: 'address_in_use', other_ids: [again._id] },
    });
    expect(await ofBen('revoke', [...open, ['2026-11-24', [ada, off(again), cleo, dan]]])).toMatchObject({
      ...{ result: 'done', done: { dt: '2026-11-24', previous: { dt: '2026-11-23' } } },
    });
    const admin = { ...again, roles: ['customer-admin'] };
    expect(await ofBen('revoke-admin', [...open.slice(0, 2), ['2026-11-23', [ada, admin, cleo, dan]]])).toMatchObject({
      ...{ result: 'open', reason: 'address_is_administrator', other_ids: [again._id] },
    });
  });

  test('is never proved by a status that is unknown, of the user or of another user with the address', async () => {
    const unknown = { ...ben, disabled: 'yes' };
    expect(await ofBen('revoke', [['2026-11-21', [ada, unknown, cleo, dan]]])).toMatchObject({
      result: 'open',
      reason: 'disabled_unknown',
    });
    const other = { ...unknown, _id: 'b00000000000000000000009' };
    expect(await ofBen('revoke', [['2026-11-21', [ada, other, cleo, dan]]])).toMatchObject({
      result: 'open',
      reason: 'address_use_unknown',
      other_ids: [other._id],
    });
  });

  test('is interrupted by a day on which the status is unknown, although no feed lists that', async () => {
    expect(
      await ofBen('revoke', [
        ['2026-11-21', [ada, off(ben), cleo, dan]],
        ['2026-11-22', [ada, { ...ben, disabled: 'yes' }, cleo, dan]],
        ['2026-11-23', [ada, off(ben), cleo, dan]],
        ['2026-11-24', [ada, off(ben), cleo, dan]],
      ]),
    ).toMatchObject({ result: 'done', done: { dt: '2026-11-23' } });
  });

  test('of one of two users with the same address is open while the other is active', async () => {
    const twin = { ...cleo, email: 'Ben@example.com' };
    const users = [ada, ben, twin, dan];
    expect(await ofBen('revoke', [['2026-11-21', [ada, twin, dan]]], users)).toMatchObject({
      result: 'open',
      reason: 'address_in_use',
      other_ids: [cleo._id],
    });
    expect(await ofBen('revoke', [['2026-11-21', [ada, dan]]], users)).toMatchObject({ result: 'done' });
  });

  test('of a user without an address is judged by the id alone', async () => {
    const [one, other] = [
      { ...ben, email: null },
      { ...cleo, email: null },
    ];
    const users = [ada, one, other, dan];
    expect(await ofBen('revoke', [['2026-11-21', [ada, other, dan]]], users)).toMatchObject({ result: 'done' });
    expect(await ofBen('revoke', [['2026-11-21', users]], users)).toMatchObject({ reason: 'still_active' });
  });
});

describe('revoke-admin', () => {
  const plain = { ...ada, roles: ['customer-user'] };
  const ofAda = async (...days: Days) =>
    rowOf(await outcomeOf(await accountWith(days), { [ada._id]: 'revoke-admin' }), ada);

  test('is done on the first day without the role, or without the user', async () => {
    expect(await ofAda(['2026-11-21', [plain, ben, cleo, dan]])).toMatchObject({
      result: 'done',
      done: { dt: '2026-11-21', commit: 2 },
      changes: [{ change: 'admin_revoked' }],
    });
    expect(await ofAda(['2026-11-21', [ada, ben, cleo, dan]], ['2026-11-22', [ben, cleo, dan]])).toMatchObject({
      result: 'done',
      done: { dt: '2026-11-22' },
      is_gone: true,
    });
  });

  test('is open while the user is an administrator, if only a disabled one, or the roles are unknown', async () => {
    expect(await ofAda(['2026-11-21', [off(ada), ben, cleo, dan]])).toMatchObject({ reason: 'still_administrator' });
    expect(await ofAda(['2026-11-21', [{ ...ada, roles: 'none' }, ben, cleo, dan]])).toMatchObject({
      result: 'open',
      reason: 'roles_unknown',
    });
  });

  test('is open while someone who joined with the address since is an administrator', async () => {
    const again = { ...ada, _id: 'b00000000000000000000009' };
    expect(await ofAda(['2026-11-21', [again, ben, cleo, dan]])).toMatchObject({
      result: 'open',
      reason: 'address_is_administrator',
      other_ids: [again._id],
    });
    expect(
      await ofAda(
        ['2026-11-21', [again, ben, cleo, dan]],
        ['2026-11-22', [{ ...plain, _id: again._id }, ben, cleo, dan]],
      ),
    ).toMatchObject({ result: 'done', done: { dt: '2026-11-22' } });
  });
});

describe('keep', () => {
  test('is unchanged, or lists what changed with day and commit', async () => {
    const outcome = await outcomeOf(
      await accountWith([
        ['2026-11-21', [ada, { ...ben, lastName: 'Odd' }, cleo, dan]],
        ['2026-11-22', [ada, { ...ben, roles: ['customer-admin'] }, cleo]],
      ]),
      {},
    );
    expect(outcome.counts).toEqual({ done: 0, open: 0, unchanged: 2, changed: 2, unknown: 0, joined: 0 });
    expect(rowOf(outcome, ada)).toMatchObject({ result: 'unchanged', changes: [], is_gone: false });
    expect(rowOf(outcome, ben)?.changes.map(({ dt, commit, change }) => [dt, commit, change])).toEqual([
      ['2026-11-21', 2, 'name_changed'],
      ['2026-11-22', 3, 'admin_granted'],
      ['2026-11-22', 3, 'name_changed'],
      ['2026-11-22', 3, 'role_removed'],
    ]);
    expect(rowOf(outcome, dan)).toMatchObject({ result: 'changed', is_gone: true });
  });

  test('is never unchanged if the newest snapshot does not say the user’s roles or status', async () => {
    const outcome = await outcomeOf(
      await accountWith([['2026-11-21', [{ ...ada, roles: 'none' }, { ...ben, disabled: 'yes' }, cleo, dan]]]),
      {},
    );
    expect(outcome.counts).toMatchObject({ unchanged: 2, changed: 2, unknown: 0 });
    expect(rowOf(outcome, ada)).toMatchObject({ result: 'changed', reason: 'roles_unknown' });
    expect(rowOf(outcome, ben)).toMatchObject({ result: 'changed', reason: 'disabled_unknown' });
    expect(rowOf(outcome, cleo)).toMatchObject({ result: 'unchanged', reason: null });
  });
});

test('who joined since the review is listed with day and commit, and with the day on which they left again', async () => {
  const [eve, flo] = [
    { ...ada, _id: 'e', email: 'eve@example.com' },
    { ...ben, _id: 'f', email: 'flo@example.com' },
  ];
  const outcome = await outcomeOf(
    await accountWith([
      ['2026-11-21', [ada, ben, cleo, dan, { ...eve, roles: [] }, flo]],
      ['2026-11-23', [ada, ben, cleo, dan, eve]],
    ]),
    {},
  );
  expect(outcome.joined).toEqual([
    { id: 'e', email: 'eve@example.com', dt: '2026-11-21', commit: 2, is_admin: true, left: null },
    {
      ...{ id: 'f', email: 'flo@example.com', dt: '2026-11-21', commit: 2, is_admin: false },
      left: { dt: '2026-11-23', commit: 3 },
    },
  ]);
  expect(outcome.days).toEqual({
    published: [
      { dt: '2026-11-21', commit: 2 },
      { dt: '2026-11-23', commit: 3 },
    ],
    missing: ['2026-11-22', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'],
    refused: [],
    expired: [],
  });
});

describe('the days after the review', () => {
  test('if there are none, leave removals open, and whether kept users changed unknown', async () => {
    const outcome = await outcomeOf(await accountWith([], [ada, ben]), { [ben._id]: 'revoke' });
    expect(outcome).toMatchObject({ newest: null, counts: { open: 1, unknown: 1, unchanged: 0, done: 0, changed: 0 } });
    expect(rowOf(outcome, ada)).toMatchObject({ result: 'unknown', reason: 'no_later_snapshot', is_gone: false });
    expect(rowOf(outcome, ben)).toMatchObject({ result: 'open', reason: 'no_later_snapshot' });
  });

  test('include the day of the review itself if another commit published it again', async () => {
    const account = await accountWith([]);
    const review = await reviewOf(account.store, D);
    await account.at(`${D}T09:00:00Z`, [ada, cleo, { ...dan, roles: ['customer-admin', 'customer-user'] }]);
    const decisions = decide(review, { [ben._id]: 'revoke' });
    const options = { now: NOW, latest: '2026-11-28' };
    const first = await proveOutcome(account.store, review, decisions, options);
    expect(first).toMatchObject({ published_again: 2, counts: { done: 1, changed: 1, unchanged: 2 } });
    expect(rowOf(first, ben)).toMatchObject({
      done: { dt: D, commit: 2, previous: { dt: D, commit: 1 }, missing_days: [] },
    });
    expect(rowOf(first, dan)?.changes).toMatchObject([{ dt: D, commit: 2, change: 'admin_granted' }]);
    await account.at(at('2026-11-21'), [ada, ben, cleo]);
    const second = await proveOutcome(account.store, review, decisions, options);
    expect(rowOf(second, ben)).toMatchObject({ result: 'open', reason: 'still_active' });
  });

  test('are compared by their users if no feed records the step, and the review stands in for its own day', async () => {
    const account = await accountWith([
      ['2026-11-21', [ada, cleo, dan]],
      ['2026-11-22', [ada, cleo, dan]],
    ]);
    const review = await reviewOf(account.store, D);
    for (const dt of [D, '2026-11-21']) await rm(rowsPath(account.folder, dt));
    const options = { now: NOW, latest: '2026-11-28' };
    const outcome = await proveOutcome(account.store, review, decide(review, { [ben._id]: 'revoke' }), options);
    expect(outcome.days).toMatchObject({ published: [{ dt: '2026-11-22' }], expired: ['2026-11-21'] });
    expect(rowOf(outcome, ben)).toMatchObject({
      done: { dt: '2026-11-22', previous: { dt: D, commit: 1 }, missing_days: ['2026-11-21'] },
    });
  });

  test('end in an error if a feed contradicts the newest snapshot, is damaged, or a manifest is lost', async () => {
    const days: Days = [['2026-11-21', [ada, cleo, dan]]];
    const [silent, damaged, lost] = [await accountWith(days), await accountWith(days), await accountWith(days)];
    await doctor(silent.folder, '2026-11-21', { texts: { changes: () => '' } });
    await appendFile(join(damaged.folder, KEYS.changes('2026-11-21')), '\n');
    await rm(join(lost.folder, KEYS.manifest('2026-11-21')));
    const decisions = { [ben._id]: 'revoke' } as const;
    await expect(outcomeOf(silent, decisions)).rejects.toThrow(/contradict the users of the newest snapshot/);
    await expect(outcomeOf(damaged, decisions)).rejects.toThrow(StoreError);
    await expect(outcomeOf(lost, decisions)).rejects.toThrow(/was published, but/);
  });
});

describe('a review of another store', () => {
  test('is refused, whether the store lacks its commit or has another one in its place', async () => {
    const account = await accountWith([['2026-11-21', [ada, ben]]]);
    const review = await reviewOf(account.store, '2026-11-21');
    const options = { now: NOW, latest: '2026-11-28' };
    const prove = (store: Account) => proveOutcome(store.store, review, decide(review, {}), options);
    await expect(prove(await accountWith([]))).rejects.toThrow(/which .* does not have/);
    const other = await accountWith([['2026-11-21', [ada, dan]]]);
    await expect(prove(other)).rejects.toThrow(/has another hash in/);
    await expect(prove(other)).rejects.toThrow(SettingsError);
  });
});
