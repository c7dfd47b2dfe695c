import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SampleUser, sampleUsers } from '../../../../../functions/command-line/sample/days.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { answer, serveAnodot } from '../../../../support/anodot/server.ts';
import { newFolder, type Taken, take } from '../../../../support/take.ts';

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
/** The sample account never changes a role but the administrator's. */
const NEVER = ['role_added', 'role_removed'];

const dates = Array.from({ length: 10 }, (_, n) => new Date(Date.UTC(2026, 10, 19 + n)).toISOString().slice(0, 10));
const momentOf = (dt: string) => new Date(`${dt}T02:15:00Z`);

interface Line {
  readonly dt: string;
  readonly previous_dt: string;
  readonly id: string;
  readonly email: string;
  readonly change: string;
  readonly before: string | null;
  readonly after: string | null;
}

let folder: string;
const taken: Taken[] = [];
const feeds = new Map<string, Line[]>();

beforeAll(async () => {
  folder = await newFolder();
  const store = new FolderStore(folder);
  for (const dt of dates) {
    const now = momentOf(dt);
    const server = await serveAnodot({ users: answer(sampleUsers(now), 200, { date: now.toUTCString() }) });
    try {
      taken.push(await take({ url: server.url, store, run: { sourceName: 'sample', startedAt: now, now: () => now } }));
    } finally {
      await server.close();
    }
    const text = await readFile(join(folder, `changes/dt=${dt}/changes-${dt}.jsonl`), 'utf8');
    feeds.set(
      dt,
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    );
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** What changed between two answers of the account, as far as it can be told without rows: told from the answers themselves. */
function expected(before: readonly SampleUser[], after: readonly SampleUser[]): string[] {
  const old = new Map(before.map((user) => [user._id, user]));
  const young = new Map(after.map((user) => [user._id, user]));
  const lines: string[] = [];
  for (const { _id, email, roles } of before) {
    if (young.has(_id)) continue;
    lines.push(`${_id} ${email} left`);
    if (roles.includes('customer-admin')) lines.push(`${_id} ${email} admin_revoked "customer-admin" null`);
  }
  for (const { _id, email, roles, ...now } of after) {
    const was = old.get(_id);
    const tell = (change: string, from: unknown, to: unknown) =>
      lines.push(`${_id} ${email} ${change} ${JSON.stringify(from)} ${JSON.stringify(to)}`);
    if (!was) lines.push(`${_id} ${email} joined`);
    const admins = [was?.roles.includes('customer-admin') ?? false, roles.includes('customer-admin')];
    if (admins[0] !== admins[1])
      tell(
        admins[1] ? 'admin_granted' : 'admin_revoked',
        admins[0] ? 'customer-admin' : null,
        admins[1] ? 'customer-admin' : null,
      );
    if (!was) continue;
    for (const role of roles)
      if (role !== 'customer-admin' && !was.roles.includes(role)) tell('role_added', null, role);
    for (const role of was.roles)
      if (role !== 'customer-admin' && !roles.includes(role)) tell('role_removed', role, null);
    for (const group of now.groups) if (!was.groups.includes(group)) tell('group_added', null, group);
    for (const group of was.groups) if (!now.groups.includes(group)) tell('group_removed', group, null);
    if (was.disabled !== now.disabled) tell(now.disabled ? 'disabled' : 'enabled', was.disabled, now.disabled);
    if (was.defaultGroup !== now.defaultGroup)
      tell('default_group_changed', was.defaultGroup || null, now.defaultGroup || null);
    if (was.email !== email) tell('email_changed', was.email, email);
    if (was.firstName !== now.firstName || was.lastName !== now.lastName)
      tell(
        'name_changed',
        { first_name: was.firstName, last_name: was.lastName },
        { first_name: now.firstName, last_name: now.lastName },
      );
  }
  return lines.sort();
}

const inWords = ({ id, email, change, before, after }: Line): string =>
  change === 'joined' || change === 'left' ? `${id} ${email} ${change}` : `${id} ${email} ${change} ${before} ${after}`;

test('no day of the ten is refused, and all verify as sound', async () => {
  expect(taken.map(({ document }) => [document.dt, document.status, document.commit])).toEqual(
    dates.map((dt, n) => [dt, 'published', n + 1]),
  );
  const verification = await verify(new FolderStore(folder), { today: dates.at(-1) ?? '' });
  expect(verification).toMatchObject({ status: 'sound', missing_days: [], findings: [], commits: 10 });
});

test('each kind of event occurs within the ten days, but for roles, of which only the administrator comes and goes', () => {
  const occurred = new Set([...feeds.values()].flat().map(({ change }) => change));
  expect([...occurred].sort()).toEqual(KINDS.filter((kind) => !NEVER.includes(kind)).toSorted());
});

test('the first day has nothing to be compared with', () => {
  expect(feeds.get(dates[0] ?? '')).toEqual([]);
  expect(taken[0]?.manifest?.changes).toBeNull();
});

test.each(dates.slice(1).map((dt, n) => [dates[n] ?? '', dt]))(
  'from %s to %s the feed is what a comparison of the two answers gives, and the manifest counts it',
  (previous, dt) => {
    const feed = feeds.get(dt) ?? [];
    expect(feed.map(inWords).sort()).toEqual(expected(sampleUsers(momentOf(previous)), sampleUsers(momentOf(dt))));
    for (const line of feed) expect([line.dt, line.previous_dt]).toEqual([dt, previous]);
    const { manifest, newChanges } = taken[dates.indexOf(dt)] ?? {};
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, feed.filter(({ change }) => change === kind).length]));
    expect(manifest).toMatchObject({ dt, previous_dt: previous, changes: counts });
    expect(newChanges).toEqual(counts);
  },
);

test('at weekends nothing happens, and on other days not too much for a person to read', () => {
  for (const dt of dates.slice(1)) {
    const quiet = [0, 1].includes(new Date(dt).getUTCDay()); // of Saturday and Sunday, which are over at 00:00 UTC
    if (quiet) expect(feeds.get(dt)).toEqual([]);
    expect(feeds.get(dt)?.length).toBeLessThan(30);
  }
});
