import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sha256Of } from '../../../../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { InterruptedError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../../functions/snapshot/utc-day.ts';
import { verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { copyOf } from '../../../../support/folder-copy.ts';
import { snapshotSample } from '../../../../support/sample-terminal.ts';
import { newFolder } from '../../../../support/take.ts';

const NOW = new Date('2026-11-26T09:00:00Z');
const FIVE_DAYS_LATER = new Date('2026-12-01T09:00:00Z');

/** @param refusal why the gate refused a day, as its run document says */
const screenWith = (refusal: string, hash: string): string => `\
Published the snapshot of 2026-11-26 in ./sample-snapshots.
  48 users, 7 administrators
  36 active, 6 dormant, 1 new, 2 never active, 3 disabled
  commit 29: ${hash}
Verified: all 29 snapshots were read back and match their commits.

Changed since 2026-11-19:
  2026-11-19  admin_revoked  thandiwe.nkosi@example.com
  2026-11-19  joined         fang.chen@example.com
  2026-11-19  left           harpreet.singhgill@example.com
  2026-11-20  admin_granted  kwame.mensah@example.com
  2026-11-24  admin_revoked  eleni.papadopoulou@example.com
  and 6 more

Days without a snapshot:
  2026-11-08  missing: no run started
  2026-11-18  refused: ${refusal}

Next:
  npm start --silent -- report --store ./sample-snapshots
  npm start --silent -- changes --since 7d --store ./sample-snapshots
  npm start --silent -- query --store ./sample-snapshots \\
    "select email, state, last_active from current_admins"
For your own account, set ANODOT_TOKEN and run npm start --silent -- check.
`;

const verified = (folder: string, now: Date) => verify(new FolderStore(folder), { today: dtOf(now) });

async function runsIn(folder: string): Promise<RunDocument[]> {
  const names = (await readdir(join(folder, 'runs'))).sort();
  return Promise.all(
    names.map(async (name) => RUN_DOCUMENT.parse(JSON.parse(await readFile(join(folder, 'runs', name), 'utf8')))),
  );
}

/** The first part of the gate's message. */
async function refusalIn(folder: string): Promise<string> {
  const refused = (await runsIn(folder)).find(({ status }) => status === 'refused');
  return refused?.message?.split(';')[0] ?? '';
}

const newestHash = async (folder: string): Promise<string> =>
  sha256Of(await readFile(join(folder, 'commits/00000029.json')));

async function folderForTest(): Promise<string> {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

describe('the first run of the sample', () => {
  let folder: string;
  let first: Awaited<ReturnType<typeof snapshotSample>>;
  beforeAll(async () => {
    folder = await newFolder();
    first = await snapshotSample({ store: folder, now: NOW });
    return () => rm(folder, { recursive: true });
  });

  test('publishes 30 days and today, of which one is missing and one refused, and all verify as sound', async () => {
    expect(first.code).toBe(0);
    expect(await verified(folder, NOW)).toMatchObject({
      status: 'sound',
      findings: [],
      commits: 29,
      missing_days: ['2026-11-08', '2026-11-18'],
      refused_days: ['2026-11-18'],
    });
    const runs = await runsIn(folder);
    expect(runs.filter(({ dt }) => dt === '2026-11-08')).toEqual([]);
    expect(runs.filter(({ dt }) => dt === '2026-11-18')).toEqual([
      expect.objectContaining({
        run_id: '20261118T021500Z-schedule',
        trigger: 'schedule',
        status: 'refused',
        code: 6,
        started_at: '2026-11-18T02:15:00.000Z',
        message: expect.stringMatching(/^users .* 48 \(2026-11-17\) to 12, .*; /),
        raw_key: expect.stringContaining('raw/dt=2026-11-18/'),
      }),
    ]);
    expect(runs.at(-1)).toMatchObject({ trigger: 'local', status: 'published', dt: '2026-11-26' });
  });

  test('ends with what changed, the days without a snapshot and the next commands, in 80 columns', async () => {
    const screen = first.out.replaceAll(folder, './sample-snapshots');
    expect(screen).toBe(screenWith(await refusalIn(folder), await newestHash(folder)));
    const lines = screen.split('\n');
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThanOrEqual(80);
  });

  test('says in two lines on standard error what it takes', () => {
    expect(first.err).toBe(
      'ANODOT_TOKEN is not set: this is the sample account, served on this machine.\n' +
        "Taking its snapshots of 2026-10-27 to 2026-11-25, then today's.\n" +
        'Receiving users and groups of the sample account\n',
    );
  });

  test('is repeated on the same day by one that replaces the snapshot of today only, with one JSON document as its result', async () => {
    const before = await readdir(join(folder, 'commits'));
    const again = await snapshotSample({ store: folder, now: new Date('2026-11-26T17:00:00Z'), format: 'json' });
    expect(JSON.parse(again.out)).toMatchObject({
      dt: '2026-11-26',
      commit: 30,
      verified: true,
      manifest: { commit: 30 },
    });
    expect(again.err).not.toContain('Taking its snapshots');
    expect(await readdir(join(folder, 'commits'))).toEqual([...before, '00000030.json']);
  });

  test('says how many snapshots are sound if an older one is damaged', async () => {
    const copy = await copyOf(folder);
    await appendFile(join(copy, KEYS.json('2026-11-20')), '\n');
    const { code, out } = await snapshotSample({ store: copy, now: NOW });
    expect(code).toBe(0);
    expect(out).toContain(
      `Verified: 28 of 29 snapshots. For the others run npm start --silent -- verify --store ${copy}\n`,
    );
  });

  test('is followed days later by one that takes the days in between as well', async () => {
    const later = await snapshotSample({ store: folder, now: FIVE_DAYS_LATER, quiet: true });
    expect(later).toEqual({ code: 0, out: '', err: '' });
    expect(await verified(folder, FIVE_DAYS_LATER)).toMatchObject({
      status: 'sound',
      commits: 35,
      missing_days: ['2026-11-08', '2026-11-18'],
    });
    expect((await runsIn(folder)).slice(-2)).toMatchObject([
      { dt: '2026-11-30', trigger: 'schedule', status: 'published' },
      { dt: '2026-12-01', trigger: 'local', status: 'published' },
    ]);
  });
});

test('a first run of the sample that is interrupted says how to continue, and the next one takes the rest', async () => {
  const folder = await folderForTest();
  const interrupt = new AbortController();
  const run = snapshotSample({ store: folder, now: NOW, interrupt: interrupt.signal }).catch((error) => error);
  const commits = () => readdir(join(folder, 'commits')).catch(() => []);
  await expect.poll(commits, { interval: 10, timeout: 60_000 }).toContain('00000005.json');
  interrupt.abort(new InterruptedError('interrupted; nothing was published'));
  const error = await run;
  expect(error).toBeInstanceOf(InterruptedError);
  expect(error.message).toMatch(/^interrupted after \d+ of 29 days\. Run the same command again to take the rest$/);
  const { code, out } = await snapshotSample({ store: folder, now: NOW });
  expect([code, out.replaceAll(folder, './sample-snapshots')]).toEqual([
    0,
    screenWith(await refusalIn(folder), await newestHash(folder)),
  ]);
  expect(await verified(folder, NOW)).toMatchObject({ status: 'sound', commits: 29 });
  expect((await runsIn(folder)).map(({ status }) => status).sort()).toEqual([
    ...Array(29).fill('published'),
    'refused',
  ]);
});

test('an interrupt of the last day does not deny that the earlier days were published', async () => {
  const folder = await folderForTest();
  const interrupt = new AbortController();
  const onErr = (text: string) => {
    if (text.includes('Receiving')) interrupt.abort(new InterruptedError('interrupted; nothing was published'));
  };
  const error = await snapshotSample({ store: folder, now: NOW, interrupt: interrupt.signal, onErr }).catch(
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InterruptedError);
  expect(error.message).toBe('interrupted; nothing was published today, but the earlier days were');
  expect(await verified(folder, NOW)).toMatchObject({ status: 'sound', commits: 28 });
});
