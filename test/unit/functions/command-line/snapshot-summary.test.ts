import { expect, onTestFinished, test } from 'vitest';
import { summary } from '../../../../functions/command-line/snapshot-summary.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../support/anodot/server.ts';
import { newFolder, type Taken, take } from '../../../support/take.ts';

const EVE = { _id: 'a', email: 'eve@example.com', roles: ['customer-user'] };
const MAX = { _id: 'b', email: 'max@example.com', roles: ['customer-user'] };

/** Takes a snapshot of these users on each day, the first on 2026-11-24. */
async function takeDays(...accounts: (typeof EVE)[][]): Promise<Taken[]> {
  const store = new FolderStore(await newFolder());
  const taken: Taken[] = [];
  for (const [i, users] of accounts.entries()) {
    const now = new Date(Date.UTC(2026, 10, 24 + i, 9));
    const server = await serveAnodot({ users: answer(users, 200, { date: now.toUTCString() }) });
    onTestFinished(server.close);
    const run = { startedAt: now, now: () => now, dt: now.toISOString().slice(0, 10) };
    taken.push(await take({ url: server.url, store, run }));
  }
  return taken;
}

const changeLineOf = (one: Taken | undefined): string | undefined =>
  one && /^ {2}(?:Changed|The first).*$/m.exec(summary('npx x', './snapshots', one, true))?.[0];

test('the summary of a snapshot counts what changed on one line, administrators first', async () => {
  const days = await takeDays([EVE], [{ ...EVE, roles: ['customer-admin'] }, MAX], [EVE], [EVE]);
  expect(days.map(changeLineOf)).toEqual([
    '  The first snapshot: nothing to compare with yet',
    '  Changed since 2026-11-24: 1 admin_granted, 1 joined, 1 role_removed',
    '  Changed since 2026-11-25: 1 admin_revoked, 1 left, 1 role_added',
    '  Changed since 2026-11-26: nothing',
  ]);
});

test('the summary advises commands that a shell can run, whatever the store is called', async () => {
  const [taken] = await takeDays([EVE]);
  const lines = (place: string) => taken && summary('npx x', place, taken, false).split('\n');
  expect(lines('./snapshots')?.slice(-5)).toEqual([
    'Next:',
    '  npx x status',
    '  npx x changes --since 7d',
    '  npx x verify',
    '',
  ]);
  expect(lines("my team's")).toContain(String.raw`NOT verified: run npx x verify --store 'my team'\''s'`);
  expect(lines('s3://b/p')).toContain('  npx x status --store s3://b/p');
});
