import { describe, expect, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { VERIFICATION } from '../../functions/snapshot/verify/verification-document.ts';
import { answer, type Reply, serveAnodot } from '../support/anodot/server.ts';
import { CANARY_TEXT, MARK } from '../support/canary.ts';
import type { Answer } from '../support/lambda/runtime-api.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import type { S3DoubleOptions } from '../support/s3/double.ts';
import { dyingInFinish, Killed } from '../support/store-doubles.ts';
import { takeOutcome } from '../support/take.ts';
import {
  type Installation,
  install,
  linesOf,
  metricsOf,
  publishYesterday,
  resultOf,
  SERVER,
  USERS,
  YESTERDAY,
} from './installation.ts';

/** The weekly event, under AWS's runtime client. */

const VERIFY = { verify: true };

function documentOf({ result, error }: Answer) {
  expect(error).toBeUndefined();
  return VERIFICATION.parse(result);
}

const storedIn = async (store: Installation['store']) => {
  const keys = await store.list('verifications/');
  return Promise.all(keys.map(async (key) => JSON.parse(String(await store.read(key)))));
};

const installOn = (options: S3DoubleOptions, others: Parameters<typeof install>[0] = {}) => {
  const opened = newDouble(options);
  const places = async () => ({ owner: await opened, role: await opened });
  return Promise.all([install(others, places), opened]).then(([installed, double]) => ({ ...installed, double }));
};

describe('on the event {"verify": true}, the take-snapshot function', () => {
  test(`verifies a sound store on ${SERVER.name}, stores the result, and counts it`, async () => {
    const { invoke, store, log } = await install({ environment: { SNAPSHOT_INSTANCE: 'emea' } }, SERVER.newPlaces);
    await publishYesterday(store);
    const { commit_sha256 } = resultOf(await invoke({}));
    const document = documentOf(await invoke(VERIFY));
    expect(document).toMatchObject({
      status: 'sound',
      complete: true,
      commits: 2,
      newest_commit: 2,
      newest_commit_sha256: commit_sha256,
      days_verified: 2,
      days_left: 0,
      first_day: YESTERDAY,
      damaged: 0,
      findings: [],
      instance: 'emea',
    });
    expect(await storedIn(store)).toEqual([document]);
    expect(await store.list('runs/')).toHaveLength(2);
    const metrics = metricsOf(await log()).at(-1);
    expect(metrics).toMatchObject({ instance: 'emea', StoreDamaged: 0, DaysVerified: 2, VerificationUnfinished: 0 });
    expect(metrics?._aws.CloudWatchMetrics[0]?.Metrics).toHaveLength(3); // no DurationUsedPercent
    const line = linesOf(await log()).find(({ message }) => message === 'verified');
    expect(line).toMatchObject({ level: 'INFO', status: 'sound', newest_commit_sha256: commit_sha256 });
  });

  test('reports damage without failing, and reads no raw response', async () => {
    const { invoke, store, log, double } = await installOn({});
    await publishYesterday(store);
    await store.replace(KEYS.json(YESTERDAY), Buffer.from('edited'));
    const document = documentOf(await invoke(VERIFY));
    expect(document).toMatchObject({ status: 'damaged', complete: true, damaged: 1 });
    expect(document.findings).toEqual([
      { level: 'damaged', key: KEYS.json(YESTERDAY), message: 'checksum does not match the commit' },
    ]);
    expect(await storedIn(store)).toEqual([document]);
    expect(metricsOf(await log())).toMatchObject([{ StoreDamaged: 1, DaysVerified: 1, VerificationUnfinished: 0 }]);
    expect(linesOf(await log()).find(({ level }) => level === 'ERROR')).toMatchObject({ message: 'verified' });
    expect(double.calls.filter(({ operation, key }) => operation === 'GetObject' && key.includes('/raw/'))).toEqual([]);
  });

  test('reports an interrupted commit as no damage, until the next run finishes it', async () => {
    const { invoke, store, log } = await installOn({});
    const server = await serveAnodot({ users: answer(USERS) });
    const dying = await takeOutcome({ url: server.url, store: dyingInFinish(store, 0) }).finally(server.close);
    expect(dying).toHaveProperty('error', expect.any(Killed));
    expect(documentOf(await invoke(VERIFY))).toMatchObject({ status: 'interrupted', complete: true, damaged: 0 });
    expect(metricsOf(await log())).toMatchObject([{ StoreDamaged: 0, DaysVerified: 1, VerificationUnfinished: 0 }]);
    resultOf(await invoke({}));
    expect(await storedIn(store)).toHaveLength(1);
  });

  test('quotes nothing that someone wrote into the store', async () => {
    const { invoke, store, log } = await installOn({});
    await publishYesterday(store);
    const bad = [`users/json/dt=${YESTERDAY}/${MARK}.jsonl`, `runs/${MARK}.json`, `commits/${MARK}.json`];
    const edited = [KEYS.commit(2), KEYS.manifest(YESTERDAY), 'runs/20261123T021500Z-api.json'];
    for (const key of [...bad, ...edited]) await store.replace(key, Buffer.from(CANARY_TEXT));
    const { status, findings } = documentOf(await invoke(VERIFY)); // `install` searches the log, the result and the document
    expect([status, findings.length]).toEqual(['damaged', 6]);
    expect(findings.map(({ key }) => key)).toEqual(expect.arrayContaining(['users/…', 'runs/…', 'commits/…']));
    expect(JSON.stringify(await storedIn(store))).not.toContain(MARK);
    expect(await log()).not.toContain(MARK);
    for (const key of [...bad, ...edited]) await store.replace(key, Buffer.from('{}')); // so that only the verification can leak
  });
});

describe('a verification that has too little time', () => {
  test('stops at half of it, says how far it came, and counts that instead of a sound store', async () => {
    const { invoke, store, log } = await installOn({
      fault: ({ operation, key }) =>
        operation === 'GetObject' && key.endsWith(KEYS.csv(YESTERDAY)) ? 'no answer' : undefined,
    });
    await publishYesterday(store);
    const { dt } = resultOf(await invoke({}));
    const answered = await invoke(VERIFY, 10_000);
    expect(answered.left).toBeLessThan(5_100); // half of it, and a little for a clock that is rounded
    expect(answered.left).toBeGreaterThan(2_500);
    const document = documentOf(answered);
    expect(document).toMatchObject({
      status: 'unfinished',
      complete: false,
      stopped_during: 'days',
      days_verified: 1,
      days_left: 1,
      first_day: dt,
    });
    expect(await storedIn(store)).toEqual([document]);
    const metrics = metricsOf(await log()).at(-1);
    expect(metrics).toMatchObject({ DaysVerified: 1, VerificationUnfinished: 1 });
    expect(Object.keys(metrics ?? {})).not.toContain('StoreDamaged');
    expect(linesOf(await log()).find(({ level }) => level === 'WARN')?.message).toContain('its time was over');
  });
});

describe('a verification while a run is at work', () => {
  test('is sound, whatever the run has staged', async () => {
    const begun = Promise.withResolvers<void>();
    const verified = Promise.withResolvers<void>();
    const users: Reply = async (...words) => {
      begun.resolve();
      await verified.promise;
      answer(USERS)(...words);
    };
    const { invoke, store } = await installOn({}, { anodot: { users }, processes: 2 });
    await publishYesterday(store);
    const run = invoke({});
    await begun.promise;
    const during = await invoke(VERIFY).finally(verified.resolve);
    expect(documentOf(during)).toMatchObject({ status: 'sound', commits: 1, days_verified: 1 });
    resultOf(await run);
  });

  test('starts over if the run commits, and is sound', async () => {
    let commits: (() => Promise<unknown>) | undefined;
    const { invoke, store } = await installOn(
      {
        fault: async ({ operation, key }) => {
          const run = operation === 'GetObject' && key.endsWith(KEYS.json(YESTERDAY)) ? commits : undefined;
          commits = run ? undefined : commits;
          await run?.();
          return undefined;
        },
      },
      { processes: 2 },
    );
    await publishYesterday(store);
    commits = () => invoke({});
    expect(documentOf(await invoke(VERIFY))).toMatchObject({ status: 'sound', commits: 2, days_verified: 2 });
  });
});

describe('a verification that fails', () => {
  test.for([
    ["the store can't be read", 's3:ListBucket', []],
    ["its result can't be stored", 's3:PutObject', [{ StoreDamaged: 0, DaysVerified: 1 }]],
  ] as const)('because %s throws, so that Lambda counts an error', async ([, denied, metrics]) => {
    const { invoke, store, log, double } = await installOn({});
    await publishYesterday(store);
    double.deny.add(denied);
    const { error } = await invoke(VERIFY);
    expect(error?.errorType).toBe('StoreError');
    double.deny.delete(denied);
    expect(metricsOf(await log())).toMatchObject(metrics);
    expect(linesOf(await log()).map(({ message }) => message)).toContain('the verification failed');
  });

  test('because of a setting names it', async () => {
    const { invoke, log } = await installOn({}, { environment: { SNAPSHOT_KEPT_DAYS: MARK } });
    expect((await invoke(VERIFY)).error).toMatchObject({
      errorType: 'SettingsError',
      errorMessage: expect.stringContaining('SNAPSHOT_KEPT_DAYS'),
    });
    expect(metricsOf(await log())).toEqual([]);
  });
});
