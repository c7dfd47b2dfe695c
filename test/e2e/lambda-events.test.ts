import { describe, expect, test } from 'vitest';
import { answer } from '../support/anodot/server.ts';
import { CANARY_TOKEN, MARK } from '../support/canary.ts';
import { install, linesOf, metricsOf } from './installation.ts';

const SCHEDULE = { trigger: 'schedule', scheduled_at: '2026-11-23T02:15:00Z' };

test.for([
  [[]],
  [null],
  ['2026-11-23'],
  [{ dt: MARK }],
  [{ key: `users/${MARK}` }],
  [{ url: `https://${MARK}.example` }],
  [{ ...SCHEDULE, url: MARK }],
  [{ trigger: MARK }],
  [{ trigger: 'schedule', scheduled_at: MARK }],
  [{ trigger: 'api', run_id: `../${MARK}` }],
] as const)('the event %j is rejected without being quoted, and counted as a failure', async ([event]) => {
  const { invoke, store, anodot, log } = await install();
  const { error } = await invoke(event);
  expect(error?.errorType).toBe('SettingsError');
  expect(anodot.requests).toEqual([]);
  expect(await store.list('runs/')).toEqual([]);
  expect(metricsOf(await log())).toMatchObject([{ SnapshotFailed: 1 }]);
});

describe('a check', () => {
  const DAY = 86_400_000;

  test("counts no failure, and says and counts the token's age", async () => {
    const createdAt = new Date(Date.now() - 12.5 * DAY);
    const { invoke, log } = await install({ secret: { text: CANARY_TOKEN, createdAt } });
    const { result } = await invoke({ check: true });
    expect(result).toMatchObject({ ok: true });
    expect(result).toHaveProperty(
      'checks',
      expect.arrayContaining([
        { name: 'secret', ok: true, code: null, message: 'a refresh token, stored 12 days ago' },
      ]),
    );
    const [metrics, ...others] = metricsOf(await log());
    expect(others).toEqual([]);
    expect(metrics).toMatchObject({ instance: 'default', CheckFailed: 0, TokenAgeDays: 12 });
    expect(metrics?._aws.CloudWatchMetrics[0]?.Metrics.map(({ Name }) => Name)).toEqual([
      'CheckFailed',
      'TokenAgeDays',
    ]);
  });

  test('of a revoked token returns what failed instead of throwing, and counts it, but no check that was not tried', async () => {
    const secret = { text: CANARY_TOKEN, createdAt: new Date(Date.now() + DAY) };
    const { invoke, log } = await install({ secret, anodot: { exchange: answer('', 401) } });
    const { result, error } = await invoke({ check: true });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ ok: false });
    expect(metricsOf(await log())).toMatchObject([{ CheckFailed: 1, TokenAgeDays: 0 }]);
    expect(linesOf(await log()).find(({ message }) => message === 'checked')).toMatchObject({ level: 'ERROR' });
  });
});

describe('missing or malformed settings', () => {
  const environment = {
    ANODOT_URL: `https://${MARK}:${CANARY_TOKEN}@app.anodot.com`,
    ANODOT_TOKEN_SECRET_ID: '',
    SNAPSHOT_STORE: `s3://${MARK}_`,
    SNAPSHOT_KEEP_RAW: MARK,
  };

  test('are all listed in one error that quotes none of their values', async () => {
    const { invoke, secrets } = await install({ environment });
    const { error } = await invoke({});
    expect(error?.errorType).toBe('SettingsError');
    for (const name of Object.keys(environment)) expect(error?.errorMessage).toContain(`${name}: `);
    expect(secrets.calls).toEqual([]);
  });

  test('fail exactly the checks that need them', async () => {
    const { invoke, log } = await install({ environment });
    expect((await invoke({ check: true })).result).toMatchObject({
      ok: false,
      checks: [
        { name: 'settings', ok: false, code: 2 },
        { name: 'secret', ok: false, code: 2, message: 'ANODOT_TOKEN_SECRET_ID: is missing' },
        { name: 'exchange', ok: false, code: null },
        { name: 'users', ok: false, code: null },
        { name: 'groups', ok: false, code: null },
        { name: 'store', ok: false, code: 2, message: expect.stringContaining('SNAPSHOT_STORE: ') },
      ],
    });
    expect(metricsOf(await log())).toMatchObject([{ CheckFailed: 3 }]);
  });
});
