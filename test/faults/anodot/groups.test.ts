import { describe, expect, test } from 'vitest';
import { AnodotSource } from '../../../functions/snapshot/anodot/source.ts';
import { check } from '../../../functions/snapshot/check.ts';
import { InterruptedError, StoreError } from '../../../functions/snapshot/errors.ts';
import { head, status } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn, type Reply, serveAnodot, silence } from '../../support/anodot/server.ts';
import { CANARY_TEXT, CANARY_TOKEN, holdsCanary } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing, type RunOptions } from '../../support/faulted-run.ts';
import { watched } from '../../support/store-doubles.ts';
import { deadlineIn, newExecution } from '../../support/take.ts';

/** Groups are optional: users are published even if something is wrong with the groups. */

const groups = [{ id: '6107', name: 'Group', created: '2021-08-02T06:45:17.817Z' }];
const withoutPort = (text: string) => text.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');

/** Publishes users without their groups, and returns the warning. */
async function warned(reply: Reply, options: RunOptions = {}) {
  const warnings: string[] = [];
  const outcome = await publishing(
    { groups: reply },
    { ...options, run: { onWarning: (text) => warnings.push(text), ...options.run } },
  );
  const { taken, rows, server, gets } = outcome;
  expect(rows).toHaveLength(GOOD_USERS.length);
  expect(taken.manifest?.groups).toBe('failed');
  expect(taken.manifest?.objects.map(({ kind }) => kind)).not.toContain('groups');
  expect(warnings).toHaveLength(1);
  const [warning = ''] = warnings;
  expect(warning).toContain('GET /api/v2/groups failed: ');
  expect(holdsCanary(warning)).toBe(false);
  expect(gets).toHaveLength(1);
  return { warning, asked: server.requests.filter(({ path }) => path === '/api/v2/groups').length, outcome };
}

/** What is wrong, the reply, the number of requests, and what the warning says. */
const FAULTS: readonly (readonly [what: string, reply: Reply, requests: number, says: RegExp])[] = [
  ['returned as HTML', answer(`<html>${CANARY_TEXT}`), 1, /got what looks like HTML/],
  ['with null as a name', answer([{ id: '1', name: null }]), 1, /groups\[0\]\.name/],
  ['with a field of the wrong type', answer([{ id: '1', name: { zqxj: 1 } }]), 1, /groups\[0\]\.name/],
  ['with an invalid time', answer([{ id: '1', name: 'a', created: '' }]), 1, /groups\[0\]\.created/],
  ['that are an object', answer({ groups }), 1, /got a JSON object/],
  ['whose list is incomplete', answer('[{"id": "1", "name": "zqxj"}'), 2, /ends before its JSON array does/],
  ['that are not JSON', answer('[{"id": zqxj}]'), 1, /not valid JSON/],
  ['that are not UTF-8', answer(Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])), 1, /not valid UTF-8/],
  ['that break off', bytes([head('content-length: 1000'), '[{"id": "zqxj']), 3, /no connection/],
  ['whose connection is reset', bytes([], 'reset'), 5, /tried 4 times/], // once on the connection of the users
  ...[500, 502, 503, 504, 429].map(
    (code) => [`that return ${code}`, status(code), 4, new RegExp(`returned ${code} `)] as const,
  ),
  ...[204, 206, 400, 402, 409, 418].map(
    (code) => [`that return ${code}`, status(code), 1, new RegExp(`returned ${code};`)] as const,
  ),
  ['that are not found', status(404), 1, /returned 404/],
  ['that are gone', status(410), 1, /returned 410/],
  ['whose bearer is rejected', status(401), 2, /returned 401/],
  ['that ask to wait longer than the run can', status(503, { 'retry-after': '3600' }), 1, /returned 503/],
  ['that redirect', status(307, { location: '/zqxj' }), 1, /returned 307/],
  [
    'with damaged compression',
    answer('zqxj', 200, { 'content-encoding': 'gzip' }),
    2,
    /compressed response is damaged/,
  ],
  [
    'with a name longer than any user may be',
    answer([{ id: '1', name: 'x'.repeat(1_200_000) }]),
    1,
    /is longer than 1048576 characters/,
  ],
];

describe('groups', () => {
  test.for([403])('are omitted without a failure if the token may not read them (%d)', async (code) => {
    const { taken } = await publishing({ groups: status(code) });
    expect(taken.manifest?.groups).toBe('denied');
    shown('C14', `groups return ${code}`, `users published, groups "${taken.manifest?.groups}"`);
  });

  test.for(FAULTS)('%s are omitted with a warning, and users are published', async ([what, reply, requests, says]) => {
    const { warning, asked, outcome } = await warned(reply);
    expect(warning).toMatch(says);
    expect(asked).toBe(requests);
    const happened = `exit ${outcome.document.code}, groups "${outcome.taken.manifest?.groups}", warning: ${withoutPort(warning)}`;
    shown('C14', `groups ${what}`, happened, 'the whole run failed');
    shown('F14a', `groups ${what}`, happened, 'the whole run failed');
  });

  test('beyond the limit of bytes are omitted with a warning', async () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ id: `${n}`, name: 'x'.repeat(50) }));
    const { warning } = await warned(answer(many), { limits: { maxBytes: 10_000 } });
    expect(warning).toContain('returned more than 10000 bytes');
    shown('C14', 'groups beyond the limit of bytes', withoutPort(warning), 'the whole run failed');
  });

  const drip: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), 10);
    response.once('close', () => clearInterval(timer));
  };
  test.for([
    ['never arrive', silence],
    ['arrive a byte at a time', drip],
  ] as const)(
    'that %s are abandoned after a quarter of the remaining time, and users are published in the rest',
    async ([what, reply]) => {
      const deadline = deadlineIn(8000);
      const { warning, outcome } = await warned(reply, { run: { deadline } });
      expect(warning).toMatch(/got no complete response within a quarter of the run's remaining time/);
      expect(deadline.remaining()).toBeGreaterThan(0);
      expect(outcome.milliseconds).toBeLessThan(6000);
      shown('C14', `groups ${what}`, `users published, warning: ${withoutPort(warning)}`, 'the whole run failed');
      shown(
        'F14a',
        `groups ${what}`,
        `users published, groups "${outcome.taken.manifest?.groups}"`,
        'the whole run failed',
      );
    },
  );

  test('whose token cannot be read again are omitted with a warning', async () => {
    const tokens = [CANARY_TOKEN];
    const { warning } = await warned(status(401), { readToken: async () => tokens.pop() ?? '' });
    expect(warning).toContain('ANODOT_TOKEN is empty');
  });

  test('that break off once are requested again and published', async () => {
    const cut = bytes([head('content-length: 1000'), '[{"id": "zqxj']);
    const { taken, gets } = await publishing({ groups: inTurn(cut, status(503), answer(groups)) });
    expect(taken.manifest?.groups).toBe('published');
    expect(gets).toHaveLength(1);
  });

  test('are abandoned on an interrupt, which ends the run with nothing published', async () => {
    const interrupt = new AbortController();
    const reply: Reply = () => interrupt.abort(new InterruptedError('interrupted; nothing was published'));
    const { error } = await failing(
      InterruptedError,
      { groups: reply },
      { run: { deadline: deadlineIn(60_000, interrupt.signal) } },
    );
    expect(error.code).toBe(130);
    shown('C14', 'an interrupt while groups are received', `exit ${error.code}, nothing published`);
  });

  test('that the store cannot stage fail the run: the store would fail the commit as well', async () => {
    const { error } = await failing(
      StoreError,
      { groups: answer(groups) },
      {
        storeOf: (store) =>
          watched(store, (call, perform, key) => {
            if (call === 'stage' && key.startsWith('groups/')) throw new StoreError('the disk is full');
            return perform();
          }),
      },
    );
    expect(error.code).toBe(7);
    shown('C14', 'the store fails while groups are staged', `exit ${error.code}, nothing published`);
  });
});

describe('check', () => {
  async function checked(reply: Reply, deadline = deadlineIn(30_000)) {
    const server = await serveAnodot({ users: answer(GOOD_USERS), groups: reply });
    const readToken = async () => ({ text: CANARY_TOKEN });
    const checks = await check({
      environment: { ANODOT_URL: server.url, ANODOT_ALLOW_OTHER_HOST: 'true' },
      readToken,
      tokenName: 'ANODOT_TOKEN',
      sourceFor: ({ url }) =>
        new AnodotSource({ url, readToken, tokenName: 'ANODOT_TOKEN', now: () => new Date() }, { firstPause: 1 }),
      store: { location: 'a store', probe: async () => undefined },
      deadline,
      newExecution,
      now: () => new Date(),
    }).finally(server.close);
    expect(checks.map(({ name }) => name)).toEqual(['settings', 'secret', 'exchange', 'users', 'groups', 'store']);
    const [groups] = checks.filter(({ name }) => name === 'groups');
    if (!groups) throw new Error('groups were not tried');
    expect(holdsCanary(groups.message)).toBe(false);
    return groups;
  }

  test('reports the number of groups if all match the documentation', async () => {
    expect(await checked(answer(groups))).toEqual({
      name: 'groups',
      ok: true,
      code: null,
      message: "groups match Anodot's documentation, 1 in all",
    });
  });

  test.for([403])('reports denied groups (%d) as no failure', async (code) => {
    const result = await checked(status(code));
    expect(result).toMatchObject({ ok: true, code: null });
    expect(result.message).toContain('denied');
    shown('C14', `check, and groups return ${code}`, `ok: ${result.message}`, 'groups were not tried');
  });

  test.for(FAULTS)('reports groups %s with the code of their failure', async ([what, reply, , says]) => {
    const result = await checked(reply);
    expect(result.ok).toBe(false);
    expect([2, 3, 4, 5]).toContain(result.code);
    expect(result.message).toMatch(says);
    shown('C14', `check, and groups ${what}`, `FAILED with code ${result.code}`, 'groups were not tried: ok');
  });

  test('reports a duplicate group id with conflicting data', async () => {
    expect(await checked(answer([...groups, { ...groups[0], name: 'other' }]))).toMatchObject({ ok: false, code: 5 });
  });

  test('reports groups whose response takes longer than their share of the time', async () => {
    const result = await checked(silence, deadlineIn(2000));
    expect(result).toMatchObject({ ok: false, code: 4 });
    expect(result.message).toContain("a quarter of the run's remaining time");
  });
});
