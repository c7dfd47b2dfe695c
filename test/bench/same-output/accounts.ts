/** Accounts day by day, from all generators of the tests: what Anodot returns to each run. Always the same. */
import fc from 'fast-check';
import { sampleGroups } from '../../../functions/command-line/sample/account.ts';
import { historyDays, scheduleOf } from '../../../functions/command-line/sample/calendar.ts';
import { usersOn } from '../../../functions/command-line/sample/history.ts';
import type { User } from '../../../functions/snapshot/user.ts';
import { accountOn } from '../../sql/account.ts';
import { anyJson, mutated } from '../../support/anodot/json-texts.ts';
import { user as oddUser } from '../../support/odd-users.ts';
import { history } from '../../support/user-histories.ts';
import { ChangingUsers, groups as changingGroups } from '../changing-users.ts';
import { dayLater, jsonOf, groups as manyGroups, unusualUser, user } from '../many-users.ts';

/** What Anodot returns to one run. */
export interface Response {
  readonly at: Date;
  /** The JSON text, in pieces. */
  readonly users: Iterable<string>;
  /** Undefined if the token may not read them. */
  readonly groups: readonly object[] | undefined;
}

export interface Account {
  readonly name: string;
  responses(users: number): Iterable<Response>;
}

const START = Date.UTC(2026, 9, 1, 2, 15, 0, 7);
const SEED = 20_261_127;
/** The time of the n-th run, one a day. */
const day = (n: number): Date => new Date(START + n * 86_400_000);
const sampled = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { seed: SEED, numRuns });
const text = (users: readonly object[]): string[] => [JSON.stringify(users)];

/** A row as Anodot would return it. */
const recordOf = ({ extra_json, ...row }: User): object => ({
  _id: row.id,
  createdAt: row.created_at,
  firstName: row.first_name,
  lastName: row.last_name,
  email: row.email,
  roles: row.roles,
  disabled: row.disabled,
  ownerOrganization: row.owner_organization,
  groups: row.groups,
  defaultGroup: row.default_group,
  ...(row.last_active !== null && { lastActive: row.last_active }),
  ...(extra_json !== null && { extra: extra_json }),
});

const withinOneOrganization = (row: User): User => ({ ...row, owner_organization: 'organization' });

const withDistinctIds = (rows: readonly User[]): User[] => [...new Map(rows.map((row) => [row.id, row])).values()];

/** Responses that a run refuses, or that it accepts although they look odd. */
const ODD_RESPONSES: readonly string[] = [
  JSON.stringify([user(1), user(2), user(1)]),
  JSON.stringify([user(1), { ...user(1), email: 'other@example.com' }]),
  JSON.stringify([user(1), { ...user(2), _id: undefined }]),
  JSON.stringify([user(1), null]),
  JSON.stringify([user(1), { ...user(2), ownerOrganization: 'another' }]),
  '[]',
  '{}',
  '<html></html>',
  JSON.stringify([user(1), user(2)]).slice(0, -30),
  ` \n[ ${JSON.stringify(user(1))}\t, ${JSON.stringify(user(3))} ]\r\n`,
];

export const ACCOUNTS: readonly Account[] = [
  {
    name: 'ordinary',
    *responses(users) {
      for (const [n, userOf] of [user, dayLater, dayLater].entries())
        yield { at: day(n), users: jsonOf(users, userOf, n === 2 ? 100 : 0), groups: manyGroups };
      yield { at: new Date(day(2).getTime() + 3_600_000), users: jsonOf(users, user, 50), groups: undefined };
    },
  },
  {
    name: 'unusual',
    *responses(users) {
      const few = Math.ceil(users / 4);
      yield { at: day(0), users: jsonOf(few, unusualUser), groups: manyGroups };
      yield { at: day(1), users: jsonOf(few, (n) => (n % 5 ? unusualUser(n) : dayLater(n))), groups: manyGroups };
    },
  },
  {
    name: 'changing',
    *responses(users) {
      const account = new ChangingUsers(Math.min(users, 100_000));
      for (let n = 0; n < 4; n++) {
        const at = day(n);
        if (n > 0) account.nextDay(at.getTime());
        yield { at, users: text([...account.rows(at.getTime())].map(recordOf)), groups: changingGroups };
      }
    },
  },
  {
    name: 'odd',
    *responses() {
      const rows = withDistinctIds(sampled(oddUser, 1200).map(withinOneOrganization)).filter(({ id }) => id !== '');
      for (const [n, from] of [0, 100, 250].entries())
        yield {
          at: day(n),
          users: text(rows.slice(from, from + 800).map((row, i) => recordOf(i % 5 ? row : { ...row, email: `${n}` }))),
          groups: [],
        };
    },
  },
  {
    name: 'histories',
    *responses() {
      const days = sampled(history, 12).flat();
      for (const [n, rows] of days.entries())
        yield { at: day(n), users: text(rows.map(withinOneOrganization).map(recordOf)), groups: [] };
    },
  },
  {
    name: 'sixty-days',
    *responses() {
      for (let n = 1; n <= 60; n++) {
        const { users, groups } = accountOn(n, day(n));
        yield { at: day(n), users: text(users), groups };
      }
    },
  },
  {
    name: 'sample',
    *responses() {
      for (const dt of historyDays('2026-11-27')) {
        const at = new Date(scheduleOf(dt).scheduledAt);
        yield { at, users: text(usersOn(at)), groups: sampleGroups() };
      }
    },
  },
  {
    name: 'odd-responses',
    *responses() {
      for (const [n, users] of ODD_RESPONSES.entries()) yield { at: day(n), users: [users], groups: [] };
    },
  },
  {
    name: 'any-json',
    *responses() {
      const texts = sampled(
        fc.oneof(
          anyJson.map((json) => json.text),
          mutated,
        ),
        150,
      );
      for (const [n, users] of texts.entries()) yield { at: new Date(START + n * 60_000), users: [users], groups: [] };
    },
  },
];
