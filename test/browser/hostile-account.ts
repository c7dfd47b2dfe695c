/** A small account of the worst values over three days, and the pages that the product writes of it. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { runAt } from '../support/clock.ts';
import { NASTY } from '../support/odd-users.ts';
import { take } from '../support/take.ts';
import { PEOPLE } from './hostile-page.ts';
import { type Pages, writePages } from './reviewed-pages.ts';

const DAYS = ['2026-11-20', '2026-11-22', '2026-11-23'] as const;
const GROUPS = Array.from({ length: 50 }, (_, index) => `6000000000000000000000${String(index).padStart(2, '0')}`);
const nameAt = (index: number) => PEOPLE[index % 19]?.name ?? '';

const USERS = PEOPLE.slice(0, 24).map(({ name }, index) => ({
  _id: `a000000000000000000000${String(index).padStart(2, '0')}`,
  createdAt: '2026-01-05T09:00:00.000Z',
  firstName: name,
  lastName: NASTY[index * 3],
  email: index % 2 === 0 ? `${index}${nameAt(index)}@example.com` : `user-${index}@example.com`,
  roles: [...(index % 3 === 0 ? ['customer-admin'] : []), index < 12 ? nameAt(index) : 'customer-user'],
  disabled: index % 11 === 10,
  ownerOrganization: '<b>Acme</b>\u202e',
  groups: index < 3 ? GROUPS : GROUPS.slice(index, index + 2),
  defaultGroup: GROUPS[0],
  ...(index % 7 === 0 ? {} : { lastActive: `2026-${String((index % 11) + 1).padStart(2, '0')}-17T10:00:00.000Z` }),
}));

type Account = readonly (typeof USERS)[number][];

/** On the second day names, groups and roles change, and users join and leave. On the third the changes are undone. */
const usersOn = (day: number): Account =>
  day !== 1
    ? USERS.slice(0, 20)
    : USERS.slice(2).map((user, index) => ({
        ...user,
        firstName: nameAt(index + 5),
        email: index % 4 === 0 ? `${nameAt(index)}@changed.example.com` : user.email,
        roles: index % 3 === 0 ? ['=1+1', '<script>alert(3)</script>'] : user.roles,
        groups: GROUPS.slice(0, 2),
      }));

export async function hostileAccount(): Promise<Pages> {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  const [store, out] = [join(folder, 'snapshots'), join(folder, '<b> & "quoted"')];
  const created = '2016-05-09T09:00:00.000Z';
  const groups = GROUPS.map((id, index) => ({ id, name: nameAt(index), created, modified: created }));
  for (const [day, dt] of DAYS.entries()) {
    const now = new Date(`${dt}T02:15:00Z`);
    const date = now.toUTCString();
    const server = await serveAnodot({
      users: answer(usersOn(day), 200, { date }),
      groups: answer(groups, 200, { date }),
    });
    await take({ url: server.url, store: new FolderStore(store), run: { ...runAt(now), force: true } }).finally(
      server.close,
    );
  }
  await mkdir(out);
  const decisions = { 'user-1@example.com': 'revoke', 'user-3@example.com': 'revoke-admin' };
  const remark = nameAt(4);
  return writePages({ store, out, now: '2026-11-23T09:00:00Z', dt: DAYS[0], decisions, remark });
}
