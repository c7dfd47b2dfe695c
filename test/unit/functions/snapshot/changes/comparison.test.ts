import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Change,
  Comparison,
  newChanges,
  noChanges,
  type Span,
} from '../../../../../functions/snapshot/changes/comparison.ts';
import { readRows } from '../../../../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';

const SPAN: Span = {
  dt: '2026-11-23',
  previous_dt: '2026-11-21',
  previous_observed_at: '2026-11-21T02:15:01.000Z',
  observed_at: '2026-11-23T02:15:01.500Z',
};
const KINDS = [
  'joined',
  'left',
  'disabled',
  'enabled',
  'admin_granted',
  'admin_revoked',
  'role_added',
  'role_removed',
  'group_added',
  'group_removed',
  'default_group_changed',
  'email_changed',
  'name_changed',
] as const;

// --- users and histories -----------------------------------------------------------------------------------------------------

/** Any text that a row can hold: all of Unicode but lone surrogates, and what is easily mistaken for nothing. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'null', '[]', '\u0000', '"', '\n', '\ud83d\ude00', '\uffff', '\u00e9', 'e\u0301'),
  fc.string({ unit: 'binary' }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });
/** Few of them, so that users meet themselves; sorted as UTF-16 and as code points they stand differently. */
const id = fc.constantFrom(
  'a',
  'b',
  'B',
  'aa',
  '__proto__',
  'constructor',
  '0',
  '10',
  '9',
  '\uffff',
  '\ud83d\ude00',
  '\u00e9',
  'e\u0301',
  '',
);
const role = fc.oneof(
  fc.constantFrom(
    'customer-admin',
    'customer-user',
    'customer-read-only',
    'Customer-Admin',
    'customer-administrator',
    '',
  ),
  text,
);
const group = fc.oneof(fc.constantFrom('g1', 'g2', 'g3', 'customer-admin'), text);
const sorted = (members: readonly string[]) => members.toSorted();

const user: fc.Arbitrary<User> = fc.record({
  id,
  created_at: maybe(fc.constant('2026-01-02T03:04:05.678Z')),
  first_name: maybe(text),
  last_name: maybe(text),
  email: maybe(text),
  roles: maybe(fc.array(role, { maxLength: 4 }).map(sorted)),
  disabled: maybe(fc.boolean()),
  owner_organization: maybe(fc.constantFrom('o1', 'o2')),
  groups: fc.array(group, { maxLength: 4 }).map(sorted),
  default_group: maybe(fc.constantFrom('g1', 'g2')),
  last_active: maybe(fc.constantFrom('2026-11-20T10:00:00.000Z', '2026-11-22T10:00:00.000Z')),
  extra_json: maybe(fc.constantFrom('{"a":1}', '{"a":2}')),
});
const snapshot = fc.uniqueArray(user, { selector: ({ id }) => id, maxLength: 13 });

/** What happens to a snapshot until the next: some users stay as they are, some change in a few fields, some leave, some join. */
const night = fc.record({
  fates: fc.array(fc.constantFrom('stays', 'stays', 'changes', 'leaves'), { minLength: 13, maxLength: 13 }),
  others: fc.array(user, { minLength: 13, maxLength: 13 }),
  fields: fc.array(
    fc.subarray([
      'roles',
      'groups',
      'disabled',
      'default_group',
      'email',
      'first_name',
      'last_name',
      'last_active',
    ] as const),
    { minLength: 13, maxLength: 13 },
  ),
  joiners: snapshot,
});
type Night = typeof night extends fc.Arbitrary<infer T> ? T : never;

function sleepOver(before: readonly User[], { fates, others, fields, joiners }: Night): User[] {
  const stayed = before.flatMap((old, i) => {
    const other = others[i];
    if (fates[i] === 'leaves') return [];
    if (fates[i] === 'stays' || other === undefined) return [old];
    return [{ ...old, ...Object.fromEntries((fields[i] ?? []).map((field) => [field, other[field]])) }];
  });
  const there = new Set(before.map(({ id }) => id));
  return [...stayed, ...joiners.filter(({ id }) => !there.has(id)).slice(0, 3)];
}

const history = fc.tuple(snapshot, fc.array(night, { minLength: 1, maxLength: 6 })).map(([first, nights]) => {
  const days = [first];
  for (const next of nights) days.push(sleepOver(days.at(-1) ?? [], next));
  return days;
});

// --- the product, fed as the pipeline feeds it -------------------------------------------------------------------------------

/** The rows as they lie in a store, read back in pieces that are cut anywhere. */
function rowsOf(users: readonly User[], pieceLength: number): AsyncGenerator<User[]> {
  const bytes = Buffer.from(users.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return readRows(
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
    })(),
  );
}

async function compare(before: readonly User[], after: readonly User[], pieceLength = 97, batchLength = 2) {
  const comparison = new Comparison(rowsOf(before, pieceLength), SPAN);
  for (let at = 0; at < after.length; at += batchLength) await comparison.add(after.slice(at, at + batchLength));
  return comparison.end();
}

// --- the contract, written anew ----------------------------------------------------------------------------------------------

/** The fields of a user that count. Roles that weren't said compare as no roles: they compare as sets. */
interface Compared {
  roles: Set<string>;
  groups: Set<string>;
  disabled: unknown;
  default_group: unknown;
  email: unknown;
  name: unknown;
}

const compared = (row: User): Compared => ({
  roles: new Set(row.roles ?? []),
  groups: new Set(row.groups),
  disabled: row.disabled,
  default_group: row.default_group,
  email: row.email,
  name: { first_name: row.first_name, last_name: row.last_name },
});

const byId = (users: readonly User[]) => new Map(users.map((row) => [row.id, compared(row)]));
const told = (json: string | null): unknown => (json === null ? null : JSON.parse(json));
const memberOf = (json: string | null): string => {
  const value = told(json);
  if (typeof value !== 'string') throw new Error('expected the JSON text of a role or a group');
  return value;
};

/** Applies a feed to a snapshot, and insists that each line says of `before` what is so. */
function apply(feed: readonly Change[], users: Map<string, Compared>): Map<string, Compared> {
  const result = new Map(
    [...users].map(([key, row]) => [key, { ...row, roles: new Set(row.roles), groups: new Set(row.groups) }]),
  );
  const joiners = new Set<string>();
  const leavers = new Set<string>();
  for (const { id, change, before, after } of feed) {
    if (change === 'joined') {
      expect(before).toBeNull();
      expect(result.has(id)).toBe(false);
      result.set(id, compared(JSON.parse(after ?? '')));
      joiners.add(id);
    } else if (change === 'left') {
      expect(after).toBeNull();
      expect(compared(JSON.parse(before ?? ''))).toEqual(result.get(id));
      leavers.add(id);
    }
  }
  for (const { id, change, before, after } of feed) {
    if (change === 'joined' || change === 'left') continue;
    const row = result.get(id);
    if (!row) throw new Error('a change of nobody');
    if (joiners.has(id) || leavers.has(id)) {
      expect([change, before, after]).toEqual(
        joiners.has(id) ? ['admin_granted', null, '"customer-admin"'] : ['admin_revoked', '"customer-admin"', null],
      );
      expect(row.roles).toContain('customer-admin');
      continue;
    }
    switch (change) {
      case 'admin_granted':
      case 'role_added':
      case 'group_added': {
        const members = change === 'group_added' ? row.groups : row.roles;
        expect(before).toBeNull();
        expect(members.has(memberOf(after))).toBe(false);
        if (change !== 'group_added') expect(memberOf(after) === 'customer-admin').toBe(change === 'admin_granted');
        members.add(memberOf(after));
        break;
      }
      case 'admin_revoked':
      case 'role_removed':
      case 'group_removed': {
        const members = change === 'group_removed' ? row.groups : row.roles;
        expect(after).toBeNull();
        if (change !== 'group_removed') expect(memberOf(before) === 'customer-admin').toBe(change === 'admin_revoked');
        expect(members.delete(memberOf(before))).toBe(true);
        break;
      }
      case 'disabled':
      case 'enabled':
        expect(row.disabled).toEqual(told(before));
        if (after !== null) expect(told(after)).toBe(change === 'disabled');
        row.disabled = told(after);
        break;
      default: {
        const field = (
          { default_group_changed: 'default_group', email_changed: 'email', name_changed: 'name' } as const
        )[change];
        expect(row[field]).toEqual(told(before));
        row[field] = told(after);
      }
    }
  }
  for (const id of leavers) result.delete(id);
  return result;
}

/** How many lines the contract asks for, the administrator lines of joiners and leavers included. */
function linesNeeded(before: readonly User[], after: readonly User[]): number {
  const [old, young] = [byId(before), byId(after)];
  let lines = 0;
  for (const id of new Set([...old.keys(), ...young.keys()])) {
    const [was, is] = [old.get(id), young.get(id)];
    if (!was || !is) {
      lines += (was ?? is)?.roles.has('customer-admin') ? 2 : 1;
      continue;
    }
    lines += was.roles.symmetricDifference(is.roles).size + was.groups.symmetricDifference(is.groups).size;
    for (const field of ['disabled', 'default_group', 'email'] as const) if (was[field] !== is[field]) lines++;
    if (JSON.stringify(was.name) !== JSON.stringify(is.name)) lines++;
  }
  return lines;
}

const rowTexts = (users: readonly User[]) => new Map(users.map((row) => [row.id, JSON.stringify(row)]));

/** Null before everything, texts by their UTF-16 units. */
function expectSorted(feed: readonly Change[]): void {
  const rank = (value: string | null) => (value === null ? '' : `+${value}`);
  for (const [i, { id, change, before, after }] of feed.entries()) {
    const previous = feed[i - 1];
    if (!previous) continue;
    const pairs = [
      [previous.id, id],
      [previous.change, change],
      [rank(previous.before), rank(before)],
      [rank(previous.after), rank(after)],
    ] as const;
    const [a, b] = pairs.find(([left, right]) => left !== right) ?? ['', ''];
    expect(a < b, `line ${i} is the same as the one before it, or stands behind it`).toBe(true);
  }
}

async function expectFaithful(
  before: readonly User[],
  after: readonly User[],
  pieceLength?: number,
  batchLength?: number,
) {
  const { changes: feed, counts } = await compare(before, after, pieceLength, batchLength);
  expect(apply(feed, byId(before))).toEqual(byId(after));
  expect(feed.length).toBe(linesNeeded(before, after));
  expectSorted(feed);
  expect(Object.keys(counts)).toEqual(KINDS);
  for (const kind of KINDS) expect(counts[kind]).toBe(feed.filter(({ change }) => change === kind).length);
  const emails = new Map([...before, ...after].map((row) => [row.id, row.email]));
  const [textsBefore, textsAfter] = [rowTexts(before), rowTexts(after)];
  for (const line of feed) {
    expect(Object.keys(line)).toEqual([
      'dt',
      'previous_dt',
      'previous_observed_at',
      'observed_at',
      'id',
      'email',
      'change',
      'before',
      'after',
    ]);
    expect(line).toMatchObject(SPAN);
    expect(line.email, 'the newer address').toBe(emails.get(line.id));
    if (line.change === 'joined') expect(line.after).toBe(textsAfter.get(line.id));
    if (line.change === 'left') expect(line.before).toBe(textsBefore.get(line.id));
  }
  return feed;
}

// --- what is promised --------------------------------------------------------------------------------------------------------

const pieces = fc.record({
  pieceLength: fc.integer({ min: 1, max: 4000 }),
  batchLength: fc.integer({ min: 1, max: 14 }),
});
const shuffled = (users: readonly User[]) => fc.shuffledSubarray([...users], { minLength: users.length });

describe('for any two snapshots', () => {
  test('the feed turns the one before into the one after, is minimal, in order and counted, however the users are ordered', async () => {
    await fc.assert(
      fc.asyncProperty(snapshot, snapshot, pieces, (before, after, { pieceLength, batchLength }) =>
        expectFaithful(before, after, pieceLength, batchLength).then(() => undefined),
      ),
      { numRuns: 700 },
    );
  });

  test('a snapshot compared with itself has no changes, in any order and whatever happened to last_active', async () => {
    const pair = snapshot.chain((users) => fc.tuple(fc.constant(users), shuffled(users), fc.gen()));
    await fc.assert(
      fc.asyncProperty(pair, async ([before, after]) => {
        const later = after.map((row) => ({
          ...row,
          last_active: '2026-11-23T00:00:00.000Z',
          extra_json: '{"n":1}',
          created_at: null,
          owner_organization: 'o9',
        }));
        expect(await expectFaithful(before, later)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('the feed is the same for every order of both sides', async () => {
    const orders = fc
      .tuple(snapshot, night)
      .map(([before, next]) => [before, sleepOver(before, next)] as const)
      .chain(([before, after]) => fc.tuple(fc.constant([before, after] as const), shuffled(before), shuffled(after)));
    await fc.assert(
      fc.asyncProperty(orders, async ([[before, after], otherBefore, otherAfter]) => {
        expect(await compare(otherBefore, otherAfter)).toEqual(await compare(before, after));
      }),
      { numRuns: 500 },
    );
  });
});

describe('for any history', () => {
  test('the feeds lead from the first day to each later one, in alike order', async () => {
    await fc.assert(
      fc.asyncProperty(history, pieces, async (days, { pieceLength, batchLength }) => {
        let state = byId(days[0] ?? []);
        for (const [i, after] of days.entries()) {
          if (i === 0) continue;
          state = apply(await expectFaithful(days[i - 1] ?? [], after, pieceLength, batchLength), state);
          expect(state).toEqual(byId(after));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('the feeds lead from the first day to each later one, each day shuffled', async () => {
    const shuffledHistory = history.chain((days) => fc.tuple(...days.map(shuffled)));
    await fc.assert(
      fc.asyncProperty(shuffledHistory, async (days) => {
        let state = byId(days[0] ?? []);
        for (const [i, after] of days.entries()) {
          if (i === 0) continue;
          state = apply(await expectFaithful(days[i - 1] ?? [], after), state);
          expect(state).toEqual(byId(after));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('of one user', () => {
  const plain: User = {
    id: '5ffc5ca3c4b329000e9d1065',
    created_at: '2021-01-11T14:11:47.052Z',
    first_name: 'Roger',
    last_name: 'Rabbit',
    email: 'roger@example.com',
    roles: ['customer-user'],
    disabled: false,
    owner_organization: '5ffc5ca1c4b329000e9d1063',
    groups: ['g1'],
    default_group: null,
    last_active: null,
    extra_json: null,
  };
  const linesOf = async (before: Partial<User>, after: Partial<User>) =>
    (await compare([{ ...plain, ...before }], [{ ...plain, ...after }])).changes.map(({ change, before, after }) => [
      change,
      before,
      after,
    ]);

  test.each<[string, Partial<User>, Partial<User>, (string | null)[][]]>([
    ['roles that are not said and no roles compare alike', { roles: null }, { roles: [] }, []],
    ['no roles and roles that are not said compare alike', { roles: [] }, { roles: null }, []],
    ['roles that are not said any more were removed', {}, { roles: null }, [['role_removed', '"customer-user"', null]]],
    [
      'the administrator whose roles are not said any more was revoked',
      { roles: ['customer-admin'] },
      { roles: null },
      [['admin_revoked', '"customer-admin"', null]],
    ],
    ['a role that stands twice is one', { roles: ['customer-user', 'customer-user'] }, {}, []],
    [
      'the order of roles and groups says nothing',
      { roles: ['b', 'a'], groups: ['2', '1'] },
      { roles: ['a', 'b'], groups: ['1', '2'] },
      [],
    ],
    [
      'a role that only looks like the administrator is a role',
      {},
      { roles: ['Customer-Admin', 'customer-user'] },
      [['role_added', null, '"Customer-Admin"']],
    ],
    [
      'a role that begins like the administrator is a role',
      {},
      { roles: ['customer-admin-x', 'customer-user'] },
      [['role_added', null, '"customer-admin-x"']],
    ],
    [
      'a group called like the administrator is a group',
      {},
      { groups: ['customer-admin', 'g1'] },
      [['group_added', null, '"customer-admin"']],
    ],
    ['a disabled user', {}, { disabled: true }, [['disabled', 'false', 'true']]],
    ['an enabled user', { disabled: true }, {}, [['enabled', 'true', 'false']]],
    [
      'a user of whom it is said now that they are disabled',
      { disabled: null },
      { disabled: true },
      [['disabled', null, 'true']],
    ],
    ['a user of whom it is said now that they are not disabled', { disabled: null }, {}, [['enabled', null, 'false']]],
    ['an empty address is not an absent one', { email: '' }, { email: null }, [['email_changed', '""', null]]],
    [
      'an empty first name is not an absent one',
      { first_name: '' },
      { first_name: null },
      [['name_changed', '{"first_name":"","last_name":"Rabbit"}', '{"first_name":null,"last_name":"Rabbit"}']],
    ],
    [
      'both names are one line',
      {},
      { first_name: 'R', last_name: 'R' },
      [['name_changed', '{"first_name":"Roger","last_name":"Rabbit"}', '{"first_name":"R","last_name":"R"}']],
    ],
    ['a default group that is new', {}, { default_group: 'g1' }, [['default_group_changed', null, '"g1"']]],
    ['a default group that has gone', { default_group: 'g1' }, {}, [['default_group_changed', '"g1"', null]]],
    [
      'when someone was created or active, their organization and unknown fields never count',
      {},
      { created_at: null, last_active: '2026-11-22T00:00:00.000Z', owner_organization: 'x', extra_json: '{}' },
      [],
    ],
  ])('%s', async (_, before, after, expected) => {
    expect(await linesOf(before, after)).toEqual(expected);
  });

  test('everything at once is one line a thing, in order', async () => {
    const before: Partial<User> = {
      roles: ['a', 'customer-admin'],
      groups: ['g1', 'g2'],
      disabled: true,
      email: 'old@example.com',
    };
    const after: Partial<User> = {
      roles: ['b', 'c'],
      groups: ['g2', 'g3'],
      email: null,
      first_name: null,
      default_group: 'g3',
    };
    expect(await linesOf(before, after)).toEqual([
      ['admin_revoked', '"customer-admin"', null],
      ['default_group_changed', null, '"g3"'],
      ['email_changed', '"old@example.com"', null],
      ['enabled', 'true', 'false'],
      ['group_added', null, '"g3"'],
      ['group_removed', '"g1"', null],
      ['name_changed', '{"first_name":"Roger","last_name":"Rabbit"}', '{"first_name":null,"last_name":"Rabbit"}'],
      ['role_added', null, '"b"'],
      ['role_added', null, '"c"'],
      ['role_removed', '"a"', null],
    ]);
  });

  test('who leaves and who joins has the whole row on the line, and an administrator a line more', async () => {
    const old = { ...plain, id: 'a', roles: ['customer-admin', 'customer-user'] };
    const young = { ...plain, id: 'b', roles: ['customer-admin'], email: null };
    const { changes, counts } = await compare([old], [young]);
    expect(changes).toEqual([
      {
        ...SPAN,
        id: 'a',
        email: 'roger@example.com',
        change: 'admin_revoked',
        before: '"customer-admin"',
        after: null,
      },
      { ...SPAN, id: 'a', email: 'roger@example.com', change: 'left', before: JSON.stringify(old), after: null },
      { ...SPAN, id: 'b', email: null, change: 'admin_granted', before: null, after: '"customer-admin"' },
      { ...SPAN, id: 'b', email: null, change: 'joined', before: null, after: JSON.stringify(young) },
    ]);
    expect(counts).toEqual({ ...noChanges(), joined: 1, left: 1, admin_granted: 1, admin_revoked: 1 });
  });
});

test.each([0, 1])('a comparison that is given up after %i users closes the snapshot before', async (count) => {
  const users = fc.sample(user, 3);
  let closed = false;
  const comparison = new Comparison(
    (async function* () {
      try {
        for (const row of users) yield [row];
      } finally {
        closed = true;
      }
    })(),
    SPAN,
  );
  await comparison.add(users.slice(0, count));
  await comparison.close();
  expect(closed).toBe(true);
});

test('thousands of users in random order are compared as in alike order', async () => {
  const row = (n: number): User => ({
    id: n.toString(16).padStart(24, '0'),
    created_at: null,
    first_name: 'F',
    last_name: randomBytes(3).toString('hex'),
    email: `${n}@example.com`,
    roles: n % 50 === 0 ? ['customer-admin'] : [],
    disabled: false,
    owner_organization: null,
    groups: [],
    default_group: null,
    last_active: null,
    extra_json: null,
  });
  const before = Array.from({ length: 5000 }, (_, n) => row(n));
  const after = before.filter((_, n) => n % 7 !== 0).map((old, n) => (n % 11 === 0 ? { ...old, disabled: true } : old));
  after.unshift(row(9001), row(9050));
  const mixed = after.toSorted((a, b) => (a.last_name ?? '').localeCompare(b.last_name ?? ''));
  expect(await compare(before, mixed, 65_536, 500)).toEqual(await compare(before, after, 65_536, 500));
  await expectFaithful(before, mixed, 65_536, 500);
});

describe('a second run on a day counts as new', () => {
  const counts = fc.array(fc.nat(20), { minLength: 13, maxLength: 13 }).map((numbers) => {
    const all = noChanges();
    for (const [i, kind] of KINDS.entries()) all[kind] = numbers[i] ?? 0;
    return all;
  });

  test('everything where the day had no manifest before it, or one with nothing to compare', () => {
    fc.assert(
      fc.property(counts, (now) => {
        expect(newChanges(now, null)).toEqual(now);
      }),
    );
  });

  test('of each kind what is beyond the manifest before it, and never less than nothing', () => {
    fc.assert(
      fc.property(counts, counts, (now, before) => {
        const added = newChanges(now, before);
        for (const kind of KINDS) expect(added[kind]).toBe(now[kind] > before[kind] ? now[kind] - before[kind] : 0);
      }),
    );
  });
});
