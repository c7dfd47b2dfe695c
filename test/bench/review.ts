import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Review } from '../../functions/snapshot/review/review-document.ts';
import { addDays } from '../../functions/snapshot/utc-day.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { fillWorkbook } from '../support/fill-sheet.ts';
import { publishChangingUsers } from './publish-changing-users.ts';

/**
 * Measures `report`, `review open` and `review close` over 400 days of 100,000 users. About a thousand of them change each day.
 * `npm run bench` runs it. `node test/bench/review.ts 10000 90` takes other numbers of users and days. Its exit code is 1 if a command
 * fails, or takes more memory or processor time than its limit. The time on the clock depends on what else the machine does, so it has
 * no limit.
 */
const [USERS = 100_000, DAYS = 400] = process.argv.slice(2).map(Number);
const MOST_MEGABYTES = 1000;
const MOST_SECONDS = 60;
const LAST = '2026-11-26';
const FIRST = addDays(LAST, 1 - DAYS);
/** What `--since` of the review names. */
const SINCE = addDays(LAST, -Math.min(90, DAYS - 1));
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const flags = packageJson.scripts.start
  .split(' ')
  .filter((word) => word.startsWith('--max') || word.startsWith('--heap'));

/** A list of people as an identity provider exports it: nine in ten users, and others. */
const people = (review: Review): string =>
  review.rows
    .filter(({ row }) => row % 10 > 0)
    .map(
      ({ email, first_name }, i) => `${i};${first_name};${email?.toUpperCase()};boss${i % 100}@example.com;Active\r\n`,
    )
    .join('');

/** The whole command in its own process. @returns whether it stayed within the limits */
async function measure(name: string, words: readonly string[], codes: readonly number[] = [0]): Promise<boolean> {
  const main = here('../../functions/command-line/main.ts');
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, '--import', here('report-peak.ts'), main, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const clock = (performance.now() - started) / 1000;
  if (!codes.includes(code)) throw new Error(`${words.join(' ')} ended with ${code}: ${errors}${out}`);
  const [milliseconds = 0, kilobytes = 0] = errors.trim().split('\n').slice(-2).map(Number);
  const [seconds, megabytes] = [milliseconds / 1000, (kilobytes * 1024) / 1e6];
  const isWithin = seconds <= MOST_SECONDS && megabytes <= MOST_MEGABYTES;
  process.stdout.write(
    `${name}: ${seconds.toFixed(1)} s of processor time, ${clock.toFixed(1)} s on the clock, ${megabytes.toFixed(0)} MB${isWithin ? '' : ', over the limit'}\n`,
  );
  return isWithin;
}

async function measureAll(folder: string): Promise<boolean> {
  const [store, list] = [join(folder, 'store'), join(folder, 'people.csv')];
  const [first, newest] = [join(folder, 'first'), join(folder, 'newest')];
  const place = ['--store', store];
  const within: boolean[] = [];
  // The oldest day, so that closing reads all that came after.
  within.push(await measure('review open, the first day', ['review', 'open', '--dt', FIRST, '--out', first, ...place]));
  const review: Review = JSON.parse(await readFile(join(first, 'review.json'), 'utf8'));
  await writeFile(list, `\ufeffEmployee ID;Name;Work e-mail;Manager e-mail;Status\r\n${people(review)}`);
  const since = ['--since', SINCE, '--people', list, '--for', 'vanta'];
  within.push(
    await measure('review open, the newest day', ['review', 'open', '--out', newest, ...since, ...place]),
    await measure('report', ['report', '--out', join(folder, 'report.html'), ...place]),
    await measure('report of all days', ['report', '--since', FIRST, '--out', join(folder, 'all.html'), ...place]),
  );
  const decisions = review.rows
    .filter(({ row }) => row % 50 === 0)
    .map(({ email, is_admin }) => [email, is_admin ? 'revoke-admin' : 'revoke']);
  await fillWorkbook(first, { decisions: Object.fromEntries(decisions), decidedAt: FIRST });
  within.push(await measure('review close', ['review', 'close', first, ...place], [0, 13]));
  return !within.includes(false);
}

const folder = await mkdtemp(join(tmpdir(), 'review-'));
try {
  await publishChangingUsers(join(folder, 'store'), { users: USERS, first: FIRST, days: DAYS, whole: [SINCE, LAST] });
  process.stdout.write(`\n${DAYS} days of ${USERS} users:\n`);
  if (!(await measureAll(folder))) {
    process.stdout.write(`over the limit of ${MOST_MEGABYTES} MB, or ${MOST_SECONDS} s of processor time\n`);
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
