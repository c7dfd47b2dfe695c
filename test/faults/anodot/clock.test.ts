import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SettingsError } from '../../../functions/snapshot/errors.ts';
import { DAY_MILLISECONDS } from '../../../functions/snapshot/utc-day.ts';
import { head, json } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, type Reply } from '../../support/anodot/server.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing } from '../../support/faulted-run.ts';

/** The machine's clock is compared with Anodot's, and one date is used throughout a run. */

describe('the clock of a run', () => {
  const minutesAway = (minutes: number): Reply =>
    answer(GOOD_USERS, 200, { date: new Date(Date.now() + minutes * 60_000).toUTCString() });

  test.for([-16, 16, 60 * 24 * 365])(
    "fails the run before anything is staged if it is %d minutes off the response's Date",
    async (minutes) => {
      const { error, gets, raw } = await failing(SettingsError, { users: minutesAway(minutes) });
      expect(error.message).toContain('clock');
      expect(gets).toHaveLength(1);
      expect(raw).toEqual([]);
    },
  );

  test.for([-14, 14])("is accepted if it is %d minutes off the response's Date", async (minutes) => {
    await publishing({ users: minutesAway(minutes) });
  });

  test.for(['yesterday', '', '0', '5', '-5', 'Mon, 45 Nov 2026 02:15:30 GMT'])(
    'is not compared with the invalid Date header %j',
    async (date) => {
      await publishing({ users: answer(GOOD_USERS, 200, { date }) });
    },
  );

  test('is not compared with anything if the response has no Date', async () => {
    await publishing({ users: bytes([head(`content-length: ${json(GOOD_USERS).length}`), json(GOOD_USERS)]) });
  });

  test('may pass midnight during the run: every key and document has the date on which it started', async () => {
    const today = Math.floor(Date.now() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
    const times = [today + 2 * DAY_MILLISECONDS - 1, today + 2 * DAY_MILLISECONDS + 1000].map((time) => new Date(time));
    const [evening = new Date(), morning = new Date()] = times;
    const dt = evening.toISOString().slice(0, 10);
    let now = evening;
    const midnight: Reply = (response, n, request) => {
      now = morning;
      answer(GOOD_USERS, 200, { date: morning.toUTCString() })(response, n, request);
    };
    const { document, taken, folder } = await publishing({ users: midnight }, { run: { now: () => now } });
    expect(document).toMatchObject({ dt, started_at: evening.toISOString(), ended_at: morning.toISOString() });
    expect(taken.manifest).toMatchObject({ dt, observed_at: morning.toISOString() });
    const commit = JSON.parse(await readFile(join(folder, 'commits/00000003.json'), 'utf8'));
    expect(commit).toMatchObject({ dt, committed_at: morning.toISOString() });
    for (const { key } of commit.objects) expect(key).toContain(dt);
    shown(
      'F33',
      'midnight passes while users are received',
      'every key and document has the date on which the run started',
    );
  });

  test('decides the date of a snapshot whose event arrives a day late, which still records the scheduled time', async () => {
    const startedAt = new Date();
    const scheduledAt = new Date(startedAt.getTime() - DAY_MILLISECONDS).toISOString();
    const { document, taken, folder } = await publishing(
      {},
      { run: { scheduledAt, startedAt, trigger: 'schedule', runId: '20261123T021500Z-schedule' } },
    );
    const dt = startedAt.toISOString().slice(0, 10);
    expect(document).toMatchObject({ dt, trigger: 'schedule' });
    expect(taken.manifest).toMatchObject({ dt, scheduled_at: scheduledAt });
    const commit = JSON.parse(await readFile(join(folder, 'commits/00000003.json'), 'utf8'));
    expect(commit).toMatchObject({ dt, scheduled_at: scheduledAt });
  });
});
