import { describe, expect, test } from 'vitest';
import { instanceOf } from '../../../../functions/lambda/environment.ts';
import { SettingsError } from '../../../../functions/snapshot/errors.ts';
import { newRun } from '../../../../functions/snapshot/run.ts';
import { Budget } from '../../../../functions/take-snapshot/budget.ts';
import { parseEvent, runRequestOf } from '../../../../functions/take-snapshot/event.ts';
import { parseFunctionSettings, parseVerifySettings } from '../../../../functions/take-snapshot/settings.ts';
import { shown } from '../../../support/fault-table.ts';
import { deadlineIn } from '../../../support/take.ts';

const STARTED = new Date('2026-11-24T00:00:01.999Z');
const SCHEDULE = { trigger: 'schedule', scheduled_at: '2026-11-23T02:15:00Z' } as const;
const API = { trigger: 'api', run_id: '20261123T021500Z-api' } as const;

describe('an event', () => {
  test.each([
    [SCHEDULE, '20261123T021500Z-schedule', 'schedule', '2026-11-23T02:15:00Z'],
    [API, '20261123T021500Z-api', 'api', null],
    [{}, expect.stringMatching(/^20261124T000001Z-[0-9a-f]{8}$/), 'manual', null],
  ] as const)('%j starts the run %s', (event, runId, trigger, scheduledAt) => {
    for (const given of [event, { ...event, force: true }]) {
      const parsed = parseEvent(given);
      if ('check' in parsed || 'verify' in parsed) throw new Error('a run was asked for');
      expect(parsed).toEqual(given);
      const run = runOf(runRequestOf(parsed));
      expect(run).toMatchObject({ runId, trigger, scheduledAt, force: given !== event });
    }
  });

  test.each([[{ check: true }], [{ verify: true }]])('can be %j, and nothing else with it', (event) => {
    expect(parseEvent(event)).toEqual(event);
    expect(() => parseEvent({ ...event, force: true })).toThrow(SettingsError);
    expect(() => parseEvent({ ...event, trigger: 'schedule' })).toThrow(SettingsError);
    expect(() => parseEvent({ check: true, verify: true })).toThrow(SettingsError);
  });

  test.each([
    [{ check: false }],
    [{ check: 1 }],
    [{ verify: false }],
    [{ verify: 'true' }],
    [{ verify: true, dt: '2026-11-23' }],
    [{ force: false }],
    [{ force: 'true' }],
    [{ trigger: 'manual' }],
    [{ trigger: 'local' }],
    [{ trigger: 'schedule' }],
    [{ trigger: 'api' }],
    [{ ...SCHEDULE, run_id: API.run_id }],
    [{ ...API, scheduled_at: SCHEDULE.scheduled_at }],
    [{ ...SCHEDULE, dt: '2026-11-23' }],
    [{ ...SCHEDULE, scheduled_at: '2026-11-23' }],
    [{ ...SCHEDULE, scheduled_at: '2026-11-23T02:15Z' }],
    [{ ...SCHEDULE, scheduled_at: '2026-11-23T02:15:00.5Z' }],
    [{ ...SCHEDULE, scheduled_at: '2026-11-23T02:15:00.000Z' }],
    [{ ...SCHEDULE, scheduled_at: '2026-02-30T02:15:00Z' }],
    [{ ...SCHEDULE, scheduled_at: '2026-11-23T02:15:00+01:00' }],
    [{ ...SCHEDULE, scheduled_at: ' 2026-11-23T02:15:00Z' }],
    [{ ...SCHEDULE, scheduled_at: '<aws.scheduler.scheduled-time>' }],
    [{ ...API, run_id: '20261123T021500Z-schedule' }],
    [{ ...API, run_id: '20261123T021500Z-api\n' }],
    [{ ...API, run_id: '../20261123T021500Z-api' }],
    [{ bucket: 'other' }],
    [{ version: '2.0', rawPath: '/', headers: {} }],
    [JSON.parse('{"__proto__": {"force": true}}')],
    [[]],
    [[{}]],
    ['{}'],
    [0],
    [null],
    [undefined],
  ])('%j is rejected', (event) => {
    expect(() => parseEvent(event)).toThrow(SettingsError);
    if (JSON.stringify(event)?.includes('00.'))
      shown('C49', `an event of ${JSON.stringify(event)}`, 'rejected with exit 2');
    expect(() => parseEvent(event)).toThrow('unrecognized event. Send {"trigger"');
    expect(() => parseEvent(event)).toThrow('{"check": true}; or {"verify": true}');
  });
});

const SETTINGS = parseFunctionSettings({ ANODOT_TOKEN_SECRET_ID: 'a', SNAPSHOT_STORE: 's3://bucket' });

function runOf(request: ReturnType<typeof runRequestOf>, onWarning?: (message: string) => void) {
  const required = { settings: SETTINGS, deadline: deadlineIn(1000), now: () => STARTED };
  return newRun({ ...request, ...required, ...(onWarning && { onWarning }) });
}

test('a run has the date of its start, and a manual run is named after its first attempt', () => {
  const warnings: string[] = [];
  const run = runOf(runRequestOf({ force: true }), (message) => warnings.push(message));
  const executions = [run.newExecution(), run.newExecution(), run.newExecution()];
  expect(run).toMatchObject({
    dt: '2026-11-24',
    startedAt: STARTED,
    force: true,
    sourceName: 'https://app.anodot.com',
  });
  expect(run.runId).toBe(`20261124T000001Z-${executions[0]}`);
  expect(new Set(executions).size).toBe(3);
  for (const execution of executions) expect(execution).toMatch(/^[0-9a-f]{8}$/);
  run.onWarning('careful');
  expect(warnings).toEqual(['careful']);
});

describe('the settings of a function', () => {
  const FINGERPRINTS = ['a1'.repeat(32), '0'.repeat(64)];
  const good = { ANODOT_TOKEN_SECRET_ID: ' anodot/token ', SNAPSHOT_STORE: ' s3://bucket/a/b ' };

  test('are those of a run, plus the secret and the store', () => {
    expect(parseFunctionSettings(good)).toEqual({
      url: 'https://app.anodot.com',
      formats: ['json', 'csv'],
      maxDropPercent: 50,
      allowEmpty: false,
      keepRaw: true,
      secretId: 'anodot/token',
      store: 's3://bucket/a/b',
    });
  });

  test.each([
    [{ ...good, SNAPSHOT_STORE: '' }, ['SNAPSHOT_STORE: is missing']],
    [{ ...good, SNAPSHOT_STORE: './folder' }, ['SNAPSHOT_STORE: the store must be s3://bucket/prefix']],
    [
      { ...good, ANODOT_TOKEN_SECRET_ID: 'a token with blanks' },
      ['ANODOT_TOKEN_SECRET_ID: expected the name or ARN of a secret'],
    ],
    [{}, ['ANODOT_TOKEN_SECRET_ID: is missing', 'SNAPSHOT_STORE: is missing']],
    [
      { ANODOT_URL: 'http://x', SNAPSHOT_FORMATS: 'xml', SNAPSHOT_STORE: 'x' },
      ['ANODOT_URL: ', 'SNAPSHOT_FORMATS: ', 'ANODOT_TOKEN_SECRET_ID: ', 'SNAPSHOT_STORE: '],
    ],
  ])('%j are invalid, and each is named', (environment, problems) => {
    const parse = () => parseFunctionSettings(environment);
    expect(parse).toThrow(SettingsError);
    for (const problem of problems) expect(parse).toThrow(problem);
  });

  test.each([
    [undefined, undefined],
    ['', undefined],
    [' 400 ', 400],
    ['1', 1],
    ['3650', 3650],
  ])('name the retention %j as %j days for a verification', (text, keptDays) => {
    expect(parseVerifySettings({ SNAPSHOT_STORE: 's3://bucket', SNAPSHOT_KEPT_DAYS: text })).toEqual({
      store: 's3://bucket',
      keptDays,
    });
  });

  test.each(['0', '3651', '1.5', '-1', 'zqxj'])('are invalid for a verification if the retention is %j', (text) => {
    const parse = () => parseVerifySettings({ SNAPSHOT_KEPT_DAYS: text });
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow('SNAPSHOT_KEPT_DAYS: expected a whole number from 1 to 3650');
    expect(parse).toThrow('SNAPSHOT_STORE: is missing');
    expect(parse).not.toThrow('zqxj');
  });

  test.each([
    [undefined, undefined],
    [' ', undefined],
    [` ${FINGERPRINTS.join(' ,\n')} `, FINGERPRINTS],
  ])('name the earlier keys %j as %j for a verification', (text, earlierKeys) => {
    const settings = parseVerifySettings({ SNAPSHOT_STORE: 's3://bucket', SNAPSHOT_EARLIER_KEYS: text });
    expect(settings).toEqual({ store: 's3://bucket', earlierKeys });
  });

  test.each([
    [undefined, undefined],
    [' ', undefined],
    ['42', 42],
  ])('name the first signed commit %j as %j for a verification', (text, signedFrom) => {
    const settings = parseVerifySettings({ SNAPSHOT_STORE: 's3://bucket', SNAPSHOT_SIGNED_FROM: text });
    expect(settings).toEqual({ store: 's3://bucket', signedFrom });
  });

  test.each(['0', '-1', '1.5', 'zqxj'])('are invalid for a verification alone if signedFrom is %j', (text) => {
    const environment = { ...good, SNAPSHOT_SIGNED_FROM: text };
    const parse = () => parseVerifySettings(environment);
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow('SNAPSHOT_SIGNED_FROM: expected a whole number from 1 to 999999999999');
    expect(parse).not.toThrow('zqxj');
    expect(parseFunctionSettings(environment).store).toBe(good.SNAPSHOT_STORE.trim());
  });

  test('are invalid for a verification alone if an earlier key is no fingerprint', () => {
    for (const text of ['zqxj', `${FINGERPRINTS[0]},`, `${FINGERPRINTS[0]},zqxj`, 'A1'.repeat(32)]) {
      const environment = { ...good, SNAPSHOT_EARLIER_KEYS: text, SNAPSHOT_KEPT_DAYS: '0' };
      const parse = () => parseVerifySettings(environment);
      expect(parse).toThrow(SettingsError);
      expect(parse).toThrow(
        'SNAPSHOT_EARLIER_KEYS: expected a comma-separated list of fingerprints, each of 64 hex digits',
      );
      expect(parse).toThrow('SNAPSHOT_KEPT_DAYS: ');
      expect(parse).not.toThrow('zqxj');
      expect(parseFunctionSettings(environment).store).toBe(good.SNAPSHOT_STORE.trim());
    }
  });

  test.each([
    ['emea', 'emea'],
    [' emea ', 'emea'],
    ['', 'default'],
    [undefined, 'default'],
    [':emea', 'default'],
    ['é', 'default'],
    ['x'.repeat(65), 'default'],
  ])('name the instance %j as %s', (name, instance) => {
    expect(instanceOf({ SNAPSHOT_INSTANCE: name })).toBe(instance);
  });
});

describe('the time budget of a run', () => {
  test.each([
    [900_000, 890_000],
    [60_000, 54_000],
    [1_000, 900],
  ])('within %i milliseconds is %i, which leaves the rest for reporting how the run ended', (given, budget) => {
    expect(new Budget(() => given).deadline.remaining()).toBe(budget);
  });

  test("ends before Lambda's timeout, and aborts with a TimeoutError", async () => {
    const lambda = AbortSignal.timeout(200);
    const { deadline } = new Budget(() => 200);
    const killedFirst = await new Promise((resolve) =>
      deadline.signal.addEventListener('abort', () => resolve(lambda.aborted)),
    );
    expect(killedFirst).toBe(false);
    expect(deadline.signal.reason).toHaveProperty('name', 'TimeoutError');
  });

  test('ends a part of it earlier, whenever that part is asked for', async () => {
    let left = 400;
    const budget = new Budget(() => left);
    left = 250;
    const rest = AbortSignal.timeout(250);
    const half = budget.endOf(0.5);
    expect(half.aborted).toBe(false);
    const restFirst = await new Promise((resolve) => half.addEventListener('abort', () => resolve(rest.aborted)));
    expect(restFirst).toBe(false);
    left = 0;
    const over = budget.endOf(0.5);
    await new Promise((resolve) => over.addEventListener('abort', resolve));
    expect(over.reason).toHaveProperty('name', 'TimeoutError');
  });

  test('is measured in percent', () => {
    let left = 1000;
    const budget = new Budget(() => left);
    left = 250;
    expect(budget.usedPercent).toBe(75);
    expect(new Budget(() => 0).usedPercent).toBe(100);
  });
});
