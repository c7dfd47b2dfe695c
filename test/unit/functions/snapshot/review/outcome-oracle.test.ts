import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DECISIONS, type DecisionKind } from '../../../../../functions/snapshot/review/decision.ts';
import { proveOutcome } from '../../../../../functions/snapshot/review/outcome.ts';
import { PROOF } from '../../../../../functions/snapshot/review/outcome-document.ts';
import { newAccount } from '../../../../support/account-days.ts';
import { decide, reviewOf } from '../../../../support/review-of.ts';

/** For any history, the outcome agrees with an oracle that looks at plain lists of users, day by day. */

const ADMIN = 'customer-admin';
const IDS = ['a', 'b', 'c', 'd', 'e'];

const user = fc.record({
  email: fc.constantFrom('x@example.com', 'X@Example.com', 'y@example.com', 'z@example.com', null),
  disabled: fc.constantFrom(true, true, false, null),
  roles: fc.constantFrom([ADMIN], ['customer-user'], ['customer-user'], null),
});
/** Someone who is always there, so that no account is empty or unlike the day before. */
const anchor = { _id: 'anchor', email: 'anchor@example.com', disabled: false, roles: ['customer-user'] };

const day = fc
  .tuple(
    ...IDS.map((_id) =>
      fc.option(
        user.map((fields) => ({ _id, ...fields })),
        { freq: 4 },
      ),
    ),
  )
  .map((users) => [anchor, ...users.flatMap((one) => one ?? [])]);
type Day = typeof day extends fc.Arbitrary<infer T> ? T : never;

/** How many days after the one before: none is a second run on that day. */
const later = fc.record({ gap: fc.constantFrom(0, 1, 1, 1, 2, 3), users: day });
const decisions = fc.record(Object.fromEntries(IDS.map((id) => [id, fc.constantFrom(...DECISIONS)])));

const same = (one: string | null, other: string | null): boolean => one?.toLowerCase() === other?.toLowerCase();

/** Whether the last of these days proves that a decision is carried out. */
function holds(decision: DecisionKind, id: string, days: readonly Day[], reviewed: Day): boolean {
  const users = days.at(-1) ?? [];
  const one = users.find(({ _id }) => _id === id);
  const had = days.flatMap((day) => day.flatMap(({ _id, email }) => (_id === id && email !== null ? email : [])));
  const others = users.filter((other) => other._id !== id && had.some((email) => same(other.email, email)));
  if (decision === 'revoke')
    return (!one || one.disabled === true) && others.every(({ disabled }) => disabled === true);
  const isNoAdmin = (roles: readonly string[] | null) => roles !== null && !roles.includes(ADMIN);
  return (
    (!one || isNoAdmin(one.roles)) &&
    others
      .filter(({ _id, disabled }) => disabled !== true && !reviewed.some((other) => other._id === _id))
      .every(({ roles }) => isNoAdmin(roles))
  );
}

test('each decision is done on the day that the lists of users say, or open', async () => {
  await fc.assert(
    fc.asyncProperty(day, fc.array(later, { maxLength: 6 }), decisions, async (first, nights, decided) => {
      const account = await newAccount();
      const start = Date.parse('2026-03-01T00:15:00Z');
      await account.at(new Date(start).toISOString(), first, { force: true });
      const review = await reviewOf(account.store, '2026-03-01');
      const snapshots = new Map<string, { dt: string; commit: number; users: Day }>();
      let [days, commit] = [0, 1];
      for (const { gap, users } of nights) {
        days += gap;
        const at = new Date(start + days * 86_400_000 + ++commit * 60_000).toISOString();
        await account.at(at, users, { force: true });
        snapshots.set(at.slice(0, 10), { dt: at.slice(0, 10), commit, users });
      }
      const given = decide(review, decided);
      const options = { now: new Date(start + 40 * 86_400_000), latest: '2026-04-10' };
      const outcome = await proveOutcome(account.store, review, given, options);
      const reviewed = { dt: '2026-03-01', commit: 1, users: first };
      const history = [reviewed, ...snapshots.values()];
      for (const [i, row] of outcome.rows.entries()) {
        const decision = given[i]?.decision ?? 'keep';
        if (decision === 'keep') continue;
        const lastOpen = history.findLastIndex((_, day) => {
          const days = history.slice(0, day + 1).map(({ users }) => users);
          return !holds(decision, row.id, days, first);
        });
        const since = history[lastOpen + 1];
        expect(row.done && { dt: row.done.dt, commit: row.done.commit }).toEqual(
          since ? { dt: since.dt, commit: since.commit } : null,
        );
        const before = history[lastOpen];
        if (row.done) expect(row.done.previous).toEqual(before ? { dt: before.dt, commit: before.commit } : null);
        expect(row.result).toBe(since ? 'done' : 'open');
        expect(row.reason === null).toBe(since !== undefined);
      }
      const { counts } = outcome;
      const kinds = Map.groupBy(outcome.rows, ({ decision }) => (decision === 'keep' ? 'keep' : 'revoke'));
      expect([counts.done + counts.open, counts.unchanged + counts.changed + counts.unknown]).toEqual([
        kinds.get('revoke')?.length ?? 0,
        kinds.get('keep')?.length ?? 0,
      ]);
      expect(PROOF.parse(outcome)).toEqual(outcome);
      const ids = new Set(first.map(({ _id }) => _id));
      const newest = history.at(-1)?.users ?? first;
      expect(
        outcome.joined
          .filter(({ left }) => left === null)
          .map(({ id }) => id)
          .sort(),
      ).toEqual(newest.flatMap(({ _id }) => (ids.has(_id) ? [] : _id)).sort());
    }),
    { numRuns: 25 },
  );
}, 120_000);
