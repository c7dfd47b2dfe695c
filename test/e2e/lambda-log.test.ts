import { describe, expect, test } from 'vitest';
import { CHANGES } from '../../functions/snapshot/contract.ts';
import { METRICS } from '../../functions/snapshot/metrics.ts';
import { answer, inTurn, silence } from '../support/anodot/server.ts';
import { CANARY_TEXT, CANARY_TOKEN, canaryUser, MARK } from '../support/canary.ts';
import { shown } from '../support/fault-table.ts';
import { install, linesOf, metricsOf, onlyRunDocument, publishYesterday, resultOf, USERS } from './installation.ts';

const admin = { roles: ['customer-admin'] };
const SCHEDULE = { trigger: 'schedule', scheduled_at: '2026-11-23T02:15:00Z' };

describe('the take-snapshot function', () => {
  test("emits the changes as metrics, and for the day's second run only the new ones", async () => {
    const [one, two, , four] = [canaryUser(1), canaryUser(2), canaryUser(3), canaryUser(4)];
    const first = [one, canaryUser(2, admin), four];
    const second = [canaryUser(1, admin), canaryUser(2, admin), four];
    const users = inTurn(answer(first), answer(second), answer([two]));
    const { invoke, store, log } = await install({ anodot: { users }, environment: { SNAPSHOT_INSTANCE: 'emea' } });
    await publishYesterday(store);
    await invoke({});
    await invoke({});
    await invoke({});
    const [morning, noon, evening] = metricsOf(await log());
    expect(morning).toMatchObject({
      instance: 'emea',
      SnapshotPublished: 1,
      Users: 3,
      AdministratorsAdded: 1,
      UsersDroppedPercent: 0,
      ChangesJoined: 1,
      ChangesLeft: 1,
      ChangesAdminGranted: 1,
      ChangesNameChanged: 0,
    });
    expect(noon).toMatchObject({ AdministratorsAdded: 1, ChangesJoined: 0, ChangesLeft: 0, ChangesAdminGranted: 1 });
    expect(evening).toMatchObject({ Users: 1, AdministratorsAdded: 0, ChangesLeft: 1 });
    expect(evening?.['UsersDroppedPercent']).toBeCloseTo(66.7, 1);
    const [{ Dimensions, Metrics } = { Dimensions: [], Metrics: [] }] = morning?._aws.CloudWatchMetrics ?? [];
    expect(Dimensions).toEqual([['instance']]);
    const names = [
      ...Object.values(METRICS).filter((name) => typeof name === 'string'),
      ...Object.values(METRICS.changes),
    ];
    const ended = [METRICS.refused, METRICS.failed, METRICS.superseded];
    const otherEvents = [
      METRICS.checkFailed,
      METRICS.tokenAgeDays,
      METRICS.storeDamaged,
      METRICS.daysVerified,
      METRICS.verificationUnfinished,
    ];
    const absent = new Set<string>([...ended, ...otherEvents, METRICS.commitUnsigned]);
    expect(Metrics.map(({ Name }) => Name).sort()).toEqual(names.filter((name) => !absent.has(name)).sort());
    expect(Object.keys(METRICS.changes)).toEqual([...CHANGES]);
  });

  test('emits no change metrics for a first snapshot or a redelivered event', async () => {
    const { invoke, log } = await install();
    await invoke(SCHEDULE);
    await invoke(SCHEDULE);
    const told = metricsOf(await log());
    expect(told.map((metrics) => metrics['SnapshotPublished'])).toEqual([1, undefined]);
    expect(told.map((metrics) => metrics['Users'])).toEqual([3, undefined]);
    for (const metrics of told) {
      expect(metrics).toMatchObject({ instance: 'default', DurationUsedPercent: expect.any(Number) });
      expect(Object.keys(metrics)).not.toContain('AdministratorsAdded');
      expect(Object.keys(metrics)).not.toContain('ChangesJoined');
    }
  });

  test('counts one publication if an event is delivered twice at the same time', async () => {
    const { invoke, store, log } = await install({
      processes: 2,
      anodot: { users: answer([...USERS, canaryUser(4, admin)]) },
    });
    await publishYesterday(store);
    const results = await Promise.all([invoke(SCHEDULE), invoke(SCHEDULE)]);
    expect(results.map((result) => resultOf(result).commit)).toEqual([2, 2]);
    const told = metricsOf(await log());
    expect(told.flatMap((metrics) => metrics['SnapshotPublished'] ?? [])).toEqual([1]);
    expect(told.flatMap((metrics) => metrics['Users'] ?? [])).toEqual([4]);
    expect(told.flatMap((metrics) => metrics['AdministratorsAdded'] ?? [])).toEqual([1, 1]);
    expect(linesOf(await log()).map(({ message }) => message)).toContainEqual(
      'run ended: another delivery of its event published this snapshot',
    );
    shown(
      'C42',
      'one event is delivered twice at the same time',
      'one commit, SnapshotPublished and Users emitted once, the new administrator reported by both',
      'both counted twice',
    );
    shown('F30a', 'one event is delivered twice at the same time', 'one commit, and both return its result');
  });

  test('logs how a run started and ended, with the hash of its commit as evidence outside the bucket', async () => {
    const { invoke, log } = await install();
    const result = resultOf(await invoke(SCHEDULE));
    const lines = linesOf(await log()).filter((line) => !('_aws' in line));
    const common = { level: 'INFO', run_id: '20261123T021500Z-schedule', dt: result.dt, instance: 'default' };
    expect(lines).toMatchObject([
      { ...common, message: 'run started', trigger: 'schedule', scheduled_at: SCHEDULE.scheduled_at, force: false },
      {
        ...common,
        message: 'run ended',
        status: 'published',
        code: 0,
        user_count: 3,
        commit: 1,
        commit_sha256: result.commit_sha256,
      },
    ]);
  });

  test('logs a warning if the previous snapshot is damaged', async () => {
    const { invoke, store, log } = await install();
    const { dt } = resultOf(await invoke({}));
    await store.replace(`users/json/dt=${dt}/users-${dt}.jsonl`, Buffer.from('edited'));
    expect(resultOf(await invoke({})).status).toBe('published');
    expect(linesOf(await log()).filter(({ level }) => level === 'WARN')).toMatchObject([
      { message: expect.stringContaining('the snapshot of commit 1 is damaged'), run_id: expect.any(String) },
    ]);
  });
});

test.for([
  ['rejects the token', { exchange: answer(CANARY_TEXT, 401) }, 'CredentialsError', 3],
  ['denies access', { users: answer(CANARY_TEXT, 403) }, 'CredentialsError', 3],
  ['redirects', { users: answer(CANARY_TEXT, 302, { location: `/${CANARY_TOKEN}` }) }, 'SettingsError', 2],
  ['is unavailable', { users: answer(CANARY_TEXT, 503) }, 'SourceUnavailableError', 4],
  ['returns HTML', { users: answer(`<html>${CANARY_TEXT}`) }, 'SourceContractError', 5],
  ['returns a truncated list', { users: answer(JSON.stringify(USERS).slice(0, -40)) }, 'SourceContractError', 5],
  ['returns an id of the wrong type', { users: answer([canaryUser(4, { _id: [MARK] })]) }, 'SourceContractError', 5],
  [
    'returns users of two organizations',
    { users: answer([...USERS, canaryUser(4, { ownerOrganization: MARK })]) },
    'RefusedSnapshotError',
    6,
  ],
  ['returns no users', { users: answer([]) }, 'RefusedSnapshotError', 6],
] as const)(
  'if Anodot %s, the take-snapshot function throws an error that the operator can act on, and counts it',
  async ([, anodot, type, code]) => {
    const { invoke, store, log } = await install({ anodot });
    const { error } = await invoke({});
    const status = code === 6 ? 'refused' : 'failed';
    expect(error?.errorType).toBe(type);
    expect(await onlyRunDocument(store)).toMatchObject({ status, code, message: error?.errorMessage });
    expect(await store.list('commits/')).toEqual([]);
    expect(linesOf(await log()).find(({ message }) => message === 'run ended')).toMatchObject({
      level: code === 6 ? 'WARN' : 'ERROR',
      status,
      code,
      error: { name: type, code, message: error?.errorMessage },
    });
    const [metrics] = metricsOf(await log());
    expect(metrics).toMatchObject({ [code === 6 ? METRICS.refused : METRICS.failed]: 1 });
    expect(Object.keys(metrics ?? {})).not.toContain(METRICS.published);
  },
);

test('if Anodot never responds, the run fails with SourceUnavailableError, logged and counted, before Lambda times out', async () => {
  const { invoke, store, log } = await install({ anodot: { users: silence } });
  const { error, left } = await invoke({}, 4_000);
  expect(error).toMatchObject({
    errorType: 'SourceUnavailableError',
    errorMessage: expect.stringContaining("within the run's time limit"),
  });
  expect(left).toBeGreaterThan(0);
  const document = await onlyRunDocument(store);
  expect(document).toMatchObject({ status: 'failed', code: 4 });
  expect(Date.parse(document.expires_at) - Date.parse(document.started_at ?? '')).toBeLessThanOrEqual(3_600);
  const [metrics] = metricsOf(await log());
  expect(metrics).toMatchObject({ SnapshotFailed: 1 });
  expect(metrics?.[METRICS.durationUsedPercent]).toBeGreaterThanOrEqual(89);
});
