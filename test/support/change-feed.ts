import { expect } from 'vitest';
import type { Change, Span } from '../../functions/snapshot/changes/change.ts';
import { Comparison } from '../../functions/snapshot/changes/comparison.ts';
import { lineOf, readLines } from '../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../functions/snapshot/user.ts';

export const SPAN: Span = {
  dt: '2026-11-23',
  previous_dt: '2026-11-21',
  previous_observed_at: '2026-11-21T02:15:01.000Z',
  observed_at: '2026-11-23T02:15:01.500Z',
};

/** The fields of a change, in the order of the feed. */
export const CHANGE_FIELDS = [
  'dt',
  'previous_dt',
  'previous_observed_at',
  'observed_at',
  'id',
  'email',
  'change',
  'before',
  'after',
];

export const KINDS = [
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

/** Rows as they are stored, read back in pieces of a given length. */
function rowsOf(users: readonly User[], pieceLength: number): AsyncGenerator<string[]> {
  const bytes = Buffer.from(users.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return readLines(
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
    })(),
  );
}

export async function compare(before: readonly User[], after: readonly User[], pieceLength = 97, batchLength = 2) {
  const comparison = new Comparison(rowsOf(before, pieceLength), SPAN);
  for (let at = 0; at < after.length; at += batchLength)
    await comparison.add(after.slice(at, at + batchLength).map(lineOf));
  return comparison.end();
}

/** The compared fields of a user. Null means unknown. Roles and groups are compared as sets. */
interface Compared {
  roles: Set<string> | null;
  groups: Set<string> | null;
  disabled: unknown;
  default_group: unknown;
  email: unknown;
  name: unknown;
}

const compared = (row: User): Compared => ({
  roles: row.roles && new Set(row.roles),
  groups: row.groups && new Set(row.groups),
  disabled: row.disabled,
  default_group: row.default_group,
  email: row.email,
  name: { first_name: row.first_name, last_name: row.last_name },
});

export const byId = (users: readonly User[]) => new Map(users.map((row) => [row.id, compared(row)]));

/** What a reader of the feed knows after it. A value that is unknown on either side stays as before, but a new administrator always counts. */
export function known(before: Map<string, Compared>, after: Map<string, Compared>): Map<string, Compared> {
  return new Map(
    [...after].map(([id, row]) => {
      const was = before.get(id);
      if (!was) return [id, row];
      const granted = was.roles === null && row.roles?.has('customer-admin') === true;
      return [
        id,
        {
          ...row,
          roles: was.roles && row.roles ? row.roles : granted ? new Set(['customer-admin']) : was.roles,
          groups: was.groups && row.groups ? row.groups : was.groups,
          disabled: was.disabled !== null && row.disabled !== null ? row.disabled : was.disabled,
        },
      ];
    }),
  );
}

const copy = (row: Compared): Compared => ({
  ...row,
  roles: row.roles && new Set(row.roles),
  groups: row.groups && new Set(row.groups),
});

const told = (json: string | null): unknown => (json === null ? null : JSON.parse(json));

const memberOf = (json: string | null): string => {
  const value = told(json);
  if (typeof value !== 'string') throw new Error('expected the JSON text of a role or a group');
  return value;
};

/** Applies a feed to a snapshot, and checks that `before` in each line is true. */
export function apply(feed: readonly Change[], users: Map<string, Compared>): Map<string, Compared> {
  const result = new Map([...users].map(([key, row]) => [key, copy(row)]));
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
    if (!row) throw new Error('a change to an unknown user');
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
        // A new administrator whose earlier roles are unknown has only this line.
        if (change === 'admin_granted') row.roles ??= new Set();
        const members = change === 'group_added' ? row.groups : row.roles;
        if (!members) throw new Error('a change of an unknown value');
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
        if (!members) throw new Error('a change of an unknown value');
        expect(after).toBeNull();
        if (change !== 'group_removed') expect(memberOf(before) === 'customer-admin').toBe(change === 'admin_revoked');
        expect(members.delete(memberOf(before))).toBe(true);
        break;
      }
      case 'disabled':
      case 'enabled':
        expect(row.disabled).toEqual(told(before));
        expect(told(after)).toBe(change === 'disabled');
        expect(row.disabled).not.toBeNull();
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

/** The number of lines that the contract requires, including the administrator lines of joiners and leavers. */
function linesNeeded(before: readonly User[], after: readonly User[]): number {
  const [old, young] = [byId(before), byId(after)];
  let lines = 0;
  for (const id of new Set([...old.keys(), ...young.keys()])) {
    const [was, is] = [old.get(id), young.get(id)];
    if (!was || !is) {
      lines += (was ?? is)?.roles?.has('customer-admin') ? 2 : 1;
      continue;
    }
    if (was.roles && is.roles) lines += was.roles.symmetricDifference(is.roles).size;
    else if (is.roles?.has('customer-admin')) lines++;
    if (was.groups && is.groups) lines += was.groups.symmetricDifference(is.groups).size;
    if (was.disabled !== null && is.disabled !== null && was.disabled !== is.disabled) lines++;
    for (const field of ['default_group', 'email'] as const) if (was[field] !== is[field]) lines++;
    if (JSON.stringify(was.name) !== JSON.stringify(is.name)) lines++;
  }
  return lines;
}

const rowTexts = (users: readonly User[]) => new Map(users.map((row) => [row.id, JSON.stringify(row)]));

/** Null sorts first, and texts by their UTF-16 code units. */
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
    expect(a < b, `line ${i} does not sort after the one before it`).toBe(true);
  }
}

export async function expectFaithful(
  before: readonly User[],
  after: readonly User[],
  pieceLength?: number,
  batchLength?: number,
) {
  const { changes: feed, counts } = await compare(before, after, pieceLength, batchLength);
  expect(apply(feed, byId(before))).toEqual(known(byId(before), byId(after)));
  expect(feed.length).toBe(linesNeeded(before, after));
  expectSorted(feed);
  expect(Object.keys(counts)).toEqual(KINDS);
  for (const kind of KINDS) expect(counts[kind]).toBe(feed.filter(({ change }) => change === kind).length);
  const emails = new Map([...before, ...after].map((row) => [row.id, row.email]));
  const [textsBefore, textsAfter] = [rowTexts(before), rowTexts(after)];
  for (const line of feed) {
    expect(Object.keys(line)).toEqual(CHANGE_FIELDS);
    expect(line).toMatchObject(SPAN);
    expect(line.email, 'the newer address').toBe(emails.get(line.id));
    if (line.change === 'joined') expect(line.after).toBe(textsAfter.get(line.id));
    if (line.change === 'left') expect(line.before).toBe(textsBefore.get(line.id));
  }
  return feed;
}
