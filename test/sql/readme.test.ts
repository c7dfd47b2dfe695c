import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleGroups, sampleUsers } from '../../functions/command-line/sample/account.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { runCommand } from '../support/command.ts';
import { newFolder, take } from '../support/take.ts';

/** The days of the sample account in the README's examples; one day of the week is missing. */
const DATES = ['2026-11-16', '2026-11-17', '2026-11-19', '2026-11-20'];

const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
/** Each query in the README with the output that follows it. */
const QUESTIONS = [...readme.matchAll(/^```sh\nnpm start -- query "([^"]+)"\n```\n+```(?:text)?\n([^`]*)```$/gm)].map(
  ([, sql = '', output = '']) => [sql, output] as const,
);

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
  for (const dt of DATES) {
    const now = new Date(`${dt}T02:15:00Z`);
    const headers = { date: now.toUTCString() };
    const users = answer(sampleUsers(now), 200, headers);
    const server = await serveAnodot({ users, groups: answer(sampleGroups(), 200, headers) });
    await take({ url: server.url, store: new FolderStore(folder), run: { startedAt: now, now: () => now } });
    await server.close();
  }
});
afterAll(() => rm(folder, { recursive: true }));

test('the README has at least five example queries, one for each of the main views', () => {
  expect(QUESTIONS.length).toBeGreaterThanOrEqual(5);
  const asked = QUESTIONS.map(([sql]) => /\bfrom (\w+)/.exec(sql)?.[1]);
  expect(asked).toEqual(
    expect.arrayContaining(['current_users', 'current_admins', 'dormant_users', 'user_changes', 'missing_days']),
  );
});

test.each(QUESTIONS)('the query %j prints what the README shows', async (sql, output) => {
  const { code, out } = await runCommand(['query', sql, '--store', folder], { cwd: folder });
  expect([code, out]).toEqual([0, output]);
  expect(out.split('\n').length).toBeGreaterThan(3); // names, rule, and a row at least
});
