import fc from 'fast-check';
import type { User } from '../../functions/snapshot/user.ts';

/** Any text that a row can contain: all of Unicode except lone surrogates, and texts that are easily mistaken for null. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'null', '[]', '\u0000', '"', '\n', '\ud83d\ude00', '\uffff', '\u00e9', 'e\u0301'),
  fc.string({ unit: 'binary' }),
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 });

/** Few ids, so that users recur. Their order differs between UTF-16 code units and code points. */
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

export const user: fc.Arbitrary<User> = fc.record({
  id,
  created_at: maybe(fc.constant('2026-01-02T03:04:05.678Z')),
  first_name: maybe(text),
  last_name: maybe(text),
  email: maybe(text),
  roles: maybe(fc.array(role, { maxLength: 4 }).map(sorted)),
  disabled: maybe(fc.boolean()),
  owner_organization: maybe(fc.constantFrom('o1', 'o2')),
  groups: maybe(fc.array(group, { maxLength: 4 }).map(sorted)),
  default_group: maybe(fc.constantFrom('g1', 'g2')),
  last_active: maybe(fc.constantFrom('2026-11-20T10:00:00.000Z', '2026-11-22T10:00:00.000Z')),
  extra_json: maybe(fc.constantFrom('{"a":1}', '{"a":2}')),
});

export const snapshot = fc.uniqueArray(user, { selector: ({ id }) => id, maxLength: 13 });

/** What happens between two snapshots. Some users stay unchanged, some change in a few fields, some leave, some join. */
export const night = fc.record({
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

export function sleepOver(before: readonly User[], { fates, others, fields, joiners }: Night): User[] {
  const stayed = before.flatMap((old, i) => {
    const other = others[i];
    if (fates[i] === 'leaves') return [];
    if (fates[i] === 'stays' || other === undefined) return [old];
    return [{ ...old, ...Object.fromEntries((fields[i] ?? []).map((field) => [field, other[field]])) }];
  });
  const there = new Set(before.map(({ id }) => id));
  return [...stayed, ...joiners.filter(({ id }) => !there.has(id)).slice(0, 3)];
}

export const history = fc.tuple(snapshot, fc.array(night, { minLength: 1, maxLength: 6 })).map(([first, nights]) => {
  const days = [first];
  for (const next of nights) days.push(sleepOver(days.at(-1) ?? [], next));
  return days;
});

export const shuffled = (users: readonly User[]) => fc.shuffledSubarray([...users], { minLength: users.length });
