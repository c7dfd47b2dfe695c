import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { handler } from '../../../../functions/request-snapshot/handler.ts';
import { parseHttpRequest } from '../../../../functions/request-snapshot/http-request.ts';
import { problemResponse } from '../../../../functions/request-snapshot/http-response.ts';
import { parseRunId, windowRunId } from '../../../../functions/request-snapshot/run-id.ts';
import { CANARY_TOKEN, holdsCanary } from '../../../support/canary.ts';
import { capturingOutput } from '../../../support/lambda/captured-output.ts';
import { httpEvent } from '../../../support/lambda/http-event.ts';

const RUN = '20261123T021500Z-api';
const asks = (method: string, path: string, more = {}) => parseHttpRequest(httpEvent(method, path, more));

describe('a request', () => {
  test.each([
    ['POST', '/snapshots', { ask: 'start', base: '' }],
    ['POST', '/prod/snapshots', { ask: 'start', base: '/prod' }],
    ['POST', '/access/v1/snapshots', { ask: 'start', base: '/access/v1' }],
    ['GET', `/runs/${RUN}`, { ask: 'report', run: { text: RUN, trigger: 'api' } }],
    ['GET', '/prod/runs/20261123T021500Z-schedule', { ask: 'report', run: { trigger: 'schedule' } }],
    ['GET', '/runs/20261123T021503Z-0a1b2c3d', { ask: 'report', run: { trigger: 'manual' } }],
  ])('%s %s is recognized, whatever the base path', (method, path, expected) => {
    expect(asks(method, path)).toMatchObject(expected);
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '', 404],
    ['POST', '/snapshots/', 404],
    ['POST', '//snapshots', 404],
    ['POST', '/Snapshots', 404],
    ['POST', '/snapshot', 404],
    ['POST', '/snapshots\r\nlocation: x', 404],
    ['POST', '/a\r\nb: c/snapshots', 404],
    ['GET', '/runs', 404],
    ['GET', '/runs/', 404],
    ['GET', `/runs/${RUN}/manifest`, 404],
    ['GET', '/snapshots', 405],
    ['HEAD', '/snapshots', 405],
    ['post', '/snapshots', 405],
    ['OPTIONS', '/snapshots', 405],
    ['POST', `/runs/${RUN}`, 405],
    ['DELETE', `/runs/${RUN}`, 405],
  ])('%s %j returns %i', (method, path, status) => {
    const allow = path === '/snapshots' ? 'POST' : 'GET';
    expect(asks(method, path)).toMatchObject({ ask: 'nothing', status, ...(status === 405 && { allow }) });
  });

  test.each([
    [{}],
    [{ body: '' }],
    [{ body: '{}' }],
    [{ body: ' { }\r\n' }],
    [{ body: Buffer.from('{}').toString('base64'), isBase64Encoded: true }],
    [{ rawQueryString: '' }],
    [{ rawQueryString: undefined }],
    [{ headers: { 'x-dt': '2026-11-23', 'content-type': 'text/plain' } }],
  ])('with %j is accepted without parameters', (more) => {
    expect(asks('POST', '/snapshots', more)).toMatchObject({ ask: 'start' });
  });

  test.each([
    [{ body: '{"force": true}' }],
    [{ body: '{"dt": "2026-11-23"}' }],
    [{ body: '{"key": "users/json"}' }],
    [{ body: '{"url": "https://example.com"}' }],
    [{ body: '{"__proto__": {"force": true}}' }],
    [{ body: Buffer.from('{"force":true}').toString('base64'), isBase64Encoded: true }],
    [{ body: '{}{}' }],
    [{ body: '{' }],
    [{ body: '[]' }],
    [{ body: 'null' }],
    [{ body: '""' }],
    [{ body: 'force=true' }],
    [{ rawQueryString: 'force=true' }],
    [{ rawQueryString: 'x' }],
  ])('with %j tries to pass parameters and is rejected', (more) => {
    for (const [method, path] of [
      ['POST', '/snapshots'],
      ['GET', `/runs/${RUN}`],
    ] as const)
      expect(asks(method, path, more)).toMatchObject({ ask: 'nothing', status: 400 });
  });

  test.each([
    [undefined],
    [null],
    ['x'],
    [{}],
    [{ trigger: 'api', run_id: RUN }],
    [{ version: '1.0', path: '/snapshots' }],
  ])('that is %j instead of an HTTP API event is rejected', (event) => {
    expect(parseHttpRequest(event)).toMatchObject({ ask: 'nothing', status: 400 });
  });

  test('of any kind is recognized or rejected, and the parts of it that are used are safe in a header and a key', () => {
    const path = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.string({ unit: 'binary' }), fc.constantFrom('/snapshots', '/runs/', `/runs/${RUN}`))
        .map((two) => two.join('')),
      fc.string({ unit: fc.constantFrom('/', '.', 'a', 'runs', 'snapshots', '%2f', '\n', '20261123T021500Z-api') }),
    );
    const method = fc.constantFrom('GET', 'POST', 'PUT');
    fc.assert(
      fc.property(method, path, fc.option(fc.string(), { nil: undefined }), (verb, rawPath, body) => {
        const request = asks(verb, rawPath, { body });
        if (request.ask === 'start') expect(request.base).toMatch(/^[\w.~/-]*$/);
        if (request.ask === 'report') expect(request.run.text).toMatch(/^[\w-]+$/);
        if (request.ask === 'nothing') expect([400, 404, 405]).toContain(request.status);
      }),
      { numRuns: 200 },
    );
  });

  test('is read in linear time', () => {
    const long = 100_000;
    for (const path of ['/a'.repeat(long), `${'/a'.repeat(long)}/snapshots/`, `/runs/${'2'.repeat(long)}`]) {
      const begin = performance.now();
      asks('POST', path, { body: ' '.repeat(long * 10) });
      expect(performance.now() - begin).toBeLessThan(5_000);
    }
  });
});

describe("a run's id", () => {
  test.each([
    ['2026-11-23T02:15:00.000Z', RUN],
    ['2026-11-23T02:19:59.999Z', RUN],
    ['2026-11-23T02:20:00.000Z', '20261123T022000Z-api'],
    ['2026-12-31T23:59:59.999Z', '20261231T235500Z-api'],
  ])('for a request at %s is %s', (time, text) => {
    expect(windowRunId(new Date(time))).toMatchObject({ text, trigger: 'api' });
  });

  test.each([
    [''],
    ['latest'],
    ['20261123T021500Z'],
    ['20261123T021500Z-'],
    ['20261123T021500Z-api\n'],
    [' 20261123T021500Z-api'],
    ['20261123T021500Z-API'],
    ['20261123t021500z-api'],
    ['20261123T021500Z-api.json'],
    ['20261123T021500Z-0a1b2c3'],
    ['20261123T021500Z-0A1B2C3D'],
    ['20261123T021500Z-0a1b2c3d4'],
    ['20260230T021500Z-api'],
    ['20261323T021500Z-api'],
    ['20261123T241500Z-api'],
    ['20261123T021560Z-api'],
    ['00000000T000000Z-api'],
    ['..'],
    ['../commits/00000001'],
    ['%2e%2e%2fcommits'],
    ['２０261123T021500Z-api'],
  ])('is never %j', (text) => {
    expect(parseRunId(text)).toBeUndefined();
  });

  test("of any moment from 1970 to 9999 reads back as itself and starts the moment's five-minute window", () => {
    const years = { min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.date(years), (now) => {
        const run = windowRunId(now);
        expect(parseRunId(run.text)).toEqual(run);
        expect(run.time.getTime() % 300_000).toBe(0);
        const within = now.getTime() - run.time.getTime();
        expect(within).toBeGreaterThanOrEqual(0);
        expect(within).toBeLessThan(300_000);
      }),
    );
  });

  test('is the only text that is accepted as an id', () => {
    const near = fc.string({
      unit: fc.constantFrom('2026', '1', '0', '9', 'T', 'Z', '-', 'api', 'schedule', 'a', '/', '.', '\n'),
    });
    fc.assert(
      fc.property(fc.oneof(near, fc.string({ unit: 'binary' }), fc.constant(RUN)), (text) => {
        const run = parseRunId(text);
        if (run) expect(text).toMatch(/^\d{8}T\d{6}Z-(api|schedule|[0-9a-f]{8})$(?!\n)/);
        else expect(text).not.toBe(RUN);
      }),
      { numRuns: 200 },
    );
  });
});

test('an error is an RFC 9457 problem that is never cached and names the invocation', () => {
  const { statusCode, headers, body } = problemResponse(404, 'no such run', '6f0c8f4e-1', {
    'retry-after': '1',
  });
  expect(statusCode).toBe(404);
  expect(headers).toEqual({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'retry-after': '1',
  });
  expect(JSON.parse(body)).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'no such run',
    instance: 'urn:uuid:6f0c8f4e-1',
  });
});

test('a bug returns 500 without revealing what it was working on', async () => {
  const event = {
    get version() {
      throw new RangeError(CANARY_TOKEN);
    },
  };
  const { result: answer, lines } = await capturingOutput(() => handler(event, { awsRequestId: '6f0c8f4e-1' }));
  expect(answer.statusCode).toBe(500);
  expect(JSON.parse(answer.body)).toMatchObject({
    status: 500,
    detail: "internal error: the function's log says why",
  });
  expect(holdsCanary(JSON.stringify(answer))).toBe(false);
  expect(holdsCanary(lines.join('\n'))).toBe(false);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'ERROR', message: 'request failed', http_status: 500, error: { name: 'RangeError' } },
  ]);
});
