import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { documentBytes } from '../../functions/snapshot/commits/document.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { answer, inTurn, type Reply } from '../support/anodot/server.ts';
import { MARK } from '../support/canary.ts';
import { SNAPSHOT_FUNCTION, s3StatementsOf, synthesiseApi } from '../support/cdk/api-template.ts';
import { httpEvent } from '../support/lambda/http-event.ts';
import { PREFIX } from '../support/lambda/world.ts';
import { serveS3 } from '../support/s3/double.ts';
import { S3_ENDPOINT, storeAt } from '../support/s3/place.ts';
import { withStatements } from '../support/s3/role.ts';
import { type ApiAnswer, inOneWindow, installApi } from './api-installation.ts';
import { linesOf, runDocument, SERVER, USERS } from './installation.ts';

const ask = ['POST', '/snapshots'] as const;
const UUID = /^urn:uuid:[0-9a-f-]{36}$/;
const problem = (status: number, detail: unknown = expect.any(String)) => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: 'about:blank', title: expect.any(String), status, detail, instance: expect.stringMatching(UUID) },
});
const accepted = (runId: string, status = 'requested') => {
  const location = `/runs/${runId}`;
  return { status: 202, headers: { location, 'retry-after': '5' }, body: { run_id: runId, status, location } };
};

/** A run document in the state that a test needs, as of now. */
const documentOf = (runId: string, fields: Partial<RunDocument>): RunDocument => ({
  run_id: runId,
  dt: null,
  trigger: 'api',
  started_at: null,
  expires_at: new Date(Date.now() + 60_000).toISOString(),
  ended_at: null,
  status: 'requested',
  code: null,
  message: null,
  raw_key: null,
  ...fields,
});
const PAST = { expires_at: new Date(Date.now() - 60_000).toISOString() };
const RUNNING = { status: 'running', dt: '2026-11-23', started_at: '2026-11-23T02:15:01.000Z' } as const;

describe(`on ${SERVER.name}, the API`, () => {
  const { newPlaces } = SERVER;

  test('starts a run, reports it as running, and then reports how it ended with the manifest', async () => {
    await inOneWindow(async (runId) => {
      const during: ApiAnswer[] = [];
      const users: Reply = async (response, n, request) => {
        during.push(await api.request('GET', `/runs/${runId}`), await api.request(...ask));
        answer(USERS)(response, n, request);
      };
      const api = await installApi({ anodot: { users } }, newPlaces);
      expect(await api.request(...ask)).toMatchObject(accepted(runId));
      await api.lambda.worked();
      expect(api.lambda.calls).toEqual([{ name: SNAPSHOT_FUNCTION, event: { trigger: 'api', run_id: runId } }]);
      const underWay = { run_id: runId, trigger: 'api', status: 'running', ended_at: null };
      expect(during).toMatchObject([
        { status: 200, headers: { 'retry-after': '5', 'content-type': 'application/json' }, body: underWay },
        accepted(runId, 'running'),
      ]);
      const { status, headers, body } = await api.request('GET', `/runs/${runId}`);
      expect({ status, headers }).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
      expect(headers).not.toHaveProperty('retry-after');
      const document = await runDocument(api.store, runId);
      expect(document).toMatchObject({ status: 'published', code: 0, commit: 1, trigger: 'api' });
      const manifest = JSON.parse(String(await api.store.read(KEYS.manifest(document.dt ?? ''))));
      expect(body).toEqual({ ...document, manifest });
      expect(manifest).toMatchObject({ run_id: runId, user_count: 3, trigger: 'api' });
      expect(await api.request(...ask)).toMatchObject(accepted(runId, 'published'));
      expect(api.lambda.calls).toHaveLength(1);
    });
  });

  test('starts one run for two simultaneous callers, and creates one commit if its event is delivered twice', async () => {
    await inOneWindow(async (runId) => {
      const api = await installApi({ processes: 2 }, newPlaces);
      const both = await Promise.all([api.request(...ask), api.request(...ask)]);
      for (const one of both) expect(one).toMatchObject({ status: 202, body: { run_id: runId } });
      await api.lambda.worked();
      expect(api.lambda.calls).toHaveLength(1);
      await Promise.all([api.invoke(api.lambda.calls[0]?.event), api.invoke(api.lambda.calls[0]?.event)]);
      expect(await api.store.list('commits/')).toHaveLength(1);
      expect(await api.request('GET', `/runs/${runId}`)).toMatchObject({ body: { status: 'published', commit: 1 } });
    });
  });

  test('returns a superseded run to later callers in the same five minutes', async () => {
    await inOneWindow(async (runId) => {
      const users: Reply = async (response, n, request) => {
        if (n === 1) await api.invoke({}); // publishes while the first is running
        answer(USERS)(response, n, request);
      };
      const api = await installApi({ anodot: { users }, processes: 2 }, newPlaces);
      await api.request(...ask);
      await api.lambda.worked();
      expect(await api.request('GET', `/runs/${runId}`)).toMatchObject({
        status: 200,
        body: { status: 'superseded', code: 8 },
      });
      expect(await api.request(...ask)).toMatchObject(accepted(runId, 'superseded'));
      expect(api.lambda.calls).toHaveLength(1);
    });
  });

  test.each([
    ['failed', answer([{ firstName: MARK }]), { status: 'failed', code: 5 }],
    ['was refused by the gate', answer([]), { status: 'refused', code: 6 }],
  ] as const)(
    'reports a run that %s, refuses another for a minute, and then restarts it under the same id',
    async (_, users, body) => {
      await inOneWindow(async (runId) => {
        const api = await installApi({ anodot: { users: inTurn(users, answer(USERS)) } }, newPlaces);
        await api.request(...ask);
        await api.lambda.worked();
        const path = `/runs/${runId}`;
        expect(await api.request('GET', path)).toMatchObject({ status: 200, body: { ...body, run_id: runId } });
        const soon = await api.request(...ask);
        expect(soon).toMatchObject(problem(429, expect.stringContaining(`See GET ${path}`)));
        expect(Number(soon.headers['retry-after'])).toBeGreaterThan(30);
        expect(Number(soon.headers['retry-after'])).toBeLessThanOrEqual(60);
        expect(api.lambda.calls).toHaveLength(1);
        const document = await runDocument(api.store, runId);
        const ended = new Date(Date.parse(document.ended_at ?? '') - 60_000).toISOString();
        await api.store.replace(KEYS.run(runId), documentBytes({ ...document, ended_at: ended }));
        expect(await api.request(...ask)).toMatchObject(accepted(runId));
        await api.lambda.worked();
        expect(api.lambda.calls).toHaveLength(2);
        expect(await api.request('GET', path)).toMatchObject({ body: { status: 'published', commit: 1, code: 0 } });
      });
    },
  );

  test.each([
    ['was killed', { ...RUNNING, ...PAST }, 'it was killed'],
    ['was never delivered', PAST, 'its invocation never arrived'],
  ] as const)('reports a run that %s as failed, and restarts it under the same id', async (_, fields, message) => {
    await inOneWindow(async (runId) => {
      const api = await installApi({}, newPlaces);
      await api.store.create(KEYS.run(runId), documentBytes(documentOf(runId, fields)));
      const told = { status: 'failed', code: null, message: expect.stringContaining(message) };
      expect(await api.request('GET', `/runs/${runId}`)).toMatchObject({ status: 200, body: told });
      expect(await api.request(...ask)).toMatchObject(accepted(runId));
      await api.lambda.worked();
      expect(await runDocument(api.store, runId)).toMatchObject({ status: 'published', commit: 1 });
    });
  });

  test('returns 404 for a run that was never requested and for an invalid run id', async () => {
    const api = await installApi({}, newPlaces);
    await api.store.create('runs/..json', Buffer.from(`{"x":"${MARK}"}`));
    for (const id of [
      '20261123T021500Z-api',
      '20261123T021500Z-schedule',
      'latest',
      '.',
      '..',
      '..%2fcommits%2f00000001',
    ])
      expect(await api.request('GET', `/runs/${id}`)).toMatchObject(problem(404));
    expect(api.lambda.calls).toEqual([]);
    await api.store.replace('runs/..json', Buffer.from(''));
  });

  test('reports a run that has a commit as published, regardless of its run document', async () => {
    await inOneWindow(async (runId) => {
      const api = await installApi({}, newPlaces);
      await api.request(...ask);
      await api.lambda.worked();
      const failed = documentOf(runId, { ...RUNNING, status: 'failed', code: 7, message: 'x' });
      await api.store.replace(KEYS.run(runId), documentBytes(failed));
      const body = { status: 'published', commit: 1, manifest: { run_id: runId } };
      expect(await api.request('GET', `/runs/${runId}`)).toMatchObject({ status: 200, body });
      expect(await api.request(...ask)).toMatchObject(accepted(runId, 'published'));
      expect(api.lambda.calls).toHaveLength(1);
    });
  });
});

test.runIf(S3_ENDPOINT)(
  "on a real S3 server, the API's role can read no users and write only run documents",
  async () => {
    const { owner } = await SERVER.newPlaces();
    const template = await synthesiseApi({ bucketName: owner.bucket, prefix: PREFIX });
    const role = await withStatements(owner, s3StatementsOf(template));
    const [all, some] = [storeAt(owner, PREFIX), storeAt(role, PREFIX)];
    const { json, csv, changes, groups, manifest } = KEYS;
    const ofDay = [json, csv, changes, groups, manifest].map((keyOf) => keyOf('2026-11-23'));
    for (const key of [...ofDay, KEYS.commit(1), KEYS.run('x'), KEYS.raw('2026-11-23', 'x', 'y')]) {
      await all.create(key, Buffer.from('x'));
      const isReport = /^(manifests|commits|runs)\//.test(key);
      await expect(
        some.read(key).then(String, ({ code }) => code),
        key,
      ).resolves.toBe(isReport ? 'x' : 7);
      await expect(
        some.replace(key, Buffer.from('y')).then(
          () => 'written',
          ({ code }) => code,
        ),
        key,
      ).resolves.toBe(key.startsWith('runs/') ? 'written' : 7);
    }
  },
);

test('a request that sets a date, a key, a URL, force or a run id is rejected without being quoted, and starts nothing', async () => {
  const api = await installApi();
  for (const more of [
    { body: JSON.stringify({ dt: MARK }) },
    { body: JSON.stringify({ key: `users/${MARK}` }) },
    { body: JSON.stringify({ url: `https://${MARK}.example` }) },
    { body: Buffer.from('{"force":true}').toString('base64'), isBase64Encoded: true },
    { body: JSON.stringify({ run_id: MARK }) },
    { rawQueryString: `force=${MARK}`, queryStringParameters: { force: MARK } },
  ])
    expect(await api.request(...ask, more)).toMatchObject(problem(400, expect.stringContaining('takes no parameters')));
  expect(await api.store.list('runs/')).toEqual([]);
  expect(api.lambda.calls).toEqual([]);
});

test('the API rejects unknown methods, unknown paths and malformed events', async () => {
  const api = await installApi();
  expect(await api.request('PUT', '/snapshots')).toMatchObject({ ...problem(405), headers: { allow: 'POST' } });
  expect(await api.request('GET', `/${MARK}`)).toMatchObject(problem(404));
  for (const event of [null, { trigger: 'api', run_id: '20261123T021500Z-api' }, { version: '1.0', body: MARK }])
    expect(await api.send(event)).toMatchObject({ statusCode: 400 });
});

test.each([
  [
    'is throttled',
    { status: 429, error: 'TooManyRequestsException', message: MARK },
    'TooManyRequestsException (HTTP 429)',
  ],
  ['is denied', { status: 403, error: 'AccessDeniedException', message: MARK }, 'Allow lambda:InvokeFunction'],
  ['finds no function', { status: 404, error: 'ResourceNotFoundException', message: MARK }, 'fix SNAPSHOT_FUNCTION'],
  [
    'fails with a server error',
    { status: 500, error: 'ServiceException', message: MARK },
    'ServiceException (HTTP 500). Try again later',
  ],
  ['is cut off', 'reset', 'no response from AWS Lambda (ECONNRESET)'],
] as const)(
  'if the invocation %s, the run is reported as failed with the reason, and can be restarted',
  async (_, fate, says) => {
    await inOneWindow(async (runId) => {
      const api = await installApi();
      api.lambda.fate(() => fate);
      const { headers, ...refused } = await api.request(...ask);
      expect({ headers, ...refused }).toMatchObject(problem(503, expect.stringContaining(says)));
      expect(headers['retry-after']).toBe('10');
      expect(await api.request('GET', `/runs/${runId}`)).toMatchObject({
        status: 200,
        body: { status: 'failed', code: null, message: expect.stringContaining(says), started_at: null },
      });
      expect(linesOf(await api.apiLog()).filter(({ level }) => level === 'ERROR')).toMatchObject([
        {
          message: 'run requested',
          run_id: runId,
          outcome: 'not started',
          failure: expect.stringContaining(says),
        },
      ]);
      api.lambda.fate(() => 'delivered');
      expect(await api.request(...ask)).toMatchObject(accepted(runId));
      await api.lambda.worked();
      expect(await runDocument(api.store, runId)).toMatchObject({ status: 'published' });
    });
  },
);

test.each([
  ['S3', "the function's log says why"],
  ['Lambda', 'no response from AWS Lambda (ETIMEDOUT)'],
])('if %s never responds, the caller gets a 503 with the reason before API Gateway times out', async (silent, says) => {
  let isAsked = true;
  const double = await serveS3({ fault: () => (silent === 'S3' && isAsked ? 'no answer' : undefined) });
  onTestFinished(() => double.close());
  const api = await installApi({}, async () => ({ owner: double, role: double }));
  api.lambda.fate(() => 'no answer');
  const begin = performance.now();
  const body = z.object({ statusCode: z.literal(503), body: z.string() }).parse(await api.send(httpEvent(...ask))).body;
  expect(performance.now() - begin).toBeLessThan(29_000);
  isAsked = false;
  expect(JSON.parse(body)).toMatchObject({ detail: expect.stringContaining(says) });
});

test('an invocation that is retried after a lost response creates one commit', async () => {
  await inOneWindow(async (runId) => {
    const api = await installApi();
    api.lambda.fate((n) => (n === 1 ? 'answer lost' : 'delivered'));
    expect(await api.request(...ask)).toMatchObject(accepted(runId));
    await api.lambda.worked();
    expect(api.lambda.calls).toHaveLength(2);
    expect(await api.store.list('commits/')).toHaveLength(1);
    expect(await runDocument(api.store, runId)).toMatchObject({ status: 'published', commit: 1 });
  });
});

test('a requested run is shared for as long as its queued event may still be delivered', async () => {
  await inOneWindow(async (runId) => {
    const api = await installApi();
    api.lambda.fate(() => 'never delivered');
    await api.request(...ask);
    expect(await api.request(...ask)).toMatchObject(accepted(runId));
    expect(api.lambda.calls).toHaveLength(1);
    const { expires_at: expiresAt, ...document } = await runDocument(api.store, runId);
    expect(document).toMatchObject({ status: 'requested', dt: null, started_at: null, trigger: 'api' });
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
    expect(seconds).toBeLessThanOrEqual(60);
    expect(seconds).toBeGreaterThan(30);
  });
});

describe('a misconfigured API', () => {
  test.each(['s3:GetObject', 's3:PutObject'])(
    'returns 503 without permission for %s, and logs the reason',
    async (action) => {
      const double = await serveS3();
      onTestFinished(() => double.close());
      double.deny.add(action);
      const api = await installApi({}, async () => ({ owner: double, role: double }));
      const refused = await api.request(...ask);
      expect(refused).toMatchObject(problem(503, expect.stringContaining("the function's log says why")));
      expect(refused.headers['retry-after']).toBe('10');
      expect(JSON.stringify(refused.body)).not.toContain('s3:');
      expect(api.lambda.calls).toEqual([]);
      const errors = linesOf(await api.apiLog()).filter(({ level }) => level === 'ERROR');
      expect(errors).toMatchObject([
        {
          message: 'request failed',
          http_status: 503,
          error: { name: 'StoreError', code: 7, message: expect.stringContaining(action) },
        },
      ]);
    },
  );

  test.each([
    [{ SNAPSHOT_STORE: '' }, 'SNAPSHOT_STORE: is missing'],
    [{ SNAPSHOT_FUNCTION: `${MARK} ${MARK}` }, 'SNAPSHOT_FUNCTION: expected the name'],
  ])('returns 500 with the environment %j, and logs the reason without returning it', async (environment, says) => {
    const api = await installApi({ environment });
    const refused = await api.request(...ask);
    expect(refused).toMatchObject(problem(500, "internal error: the function's log says why"));
    expect(linesOf(await api.apiLog()).find(({ level }) => level === 'ERROR')).toMatchObject({
      error: { name: 'SettingsError', message: expect.stringContaining(says) },
    });
  });
});

test("the API's log has the outcome of each request and nothing about the caller", async () => {
  await inOneWindow(async (runId) => {
    const api = await installApi({ environment: { SNAPSHOT_INSTANCE: 'emea' } });
    await api.request(...ask);
    await api.request('GET', `/runs/${runId}`);
    await api.request('GET', '/runs/latest');
    const common = {
      level: 'INFO',
      service: 'request-snapshot',
      instance: 'emea',
      function_request_id: expect.any(String),
    };
    expect(linesOf(await api.apiLog())).toMatchObject([
      { ...common, message: 'run requested', run_id: runId, outcome: 'started', status: 'requested' },
      { ...common, message: 'request handled', ask: 'start', http_status: 202 },
      { ...common, message: 'request handled', ask: 'report', run_id: runId, http_status: 200 },
      { ...common, message: 'request handled', ask: 'nothing', http_status: 404 },
    ]);
    for (const told of ['192.0.2.1', 'AROA', 'AKIDOUBLE', '123456789012'])
      expect(await api.apiLog()).not.toContain(told);
  });
});
