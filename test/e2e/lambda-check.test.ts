import { describe, expect, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { CheckResult } from '../../functions/take-snapshot/check-all.ts';
import { answer, type Reply, serveAnodot, silence } from '../support/anodot/server.ts';
import type { Answer } from '../support/lambda/runtime-api.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { dyingInFinish, Killed } from '../support/store-doubles.ts';
import { takeOutcome } from '../support/take.ts';
import { install, linesOf, metricsOf, publishYesterday, resultOf, USERS, YESTERDAY } from './installation.ts';

/** The daily event, under AWS's runtime client. It tries what a run needs, and neither verifies the store nor changes it. */

const CHECK = { check: true };
const NAMES = ['settings', 'secret', 'exchange', 'users', 'groups', 'store'] as const;

/** The check of a run's needs in which exactly these fail. */
const failing = (failed: { readonly [name in (typeof NAMES)[number]]?: object }): object => ({
  ok: Object.keys(failed).length === 0,
  checks: NAMES.map((name) => ({ name, ...(failed[name] ?? { ok: true, code: null }) })),
});
const PASSED = failing({});
const NOT_TRIED: Partial<CheckResult['checks'][number]> = { ok: false, code: null };

function checkOf({ result, error, left }: Answer): unknown {
  expect(error).toBeUndefined();
  expect(left).toBeGreaterThan(0);
  return result;
}

async function installed(options: Parameters<typeof install>[0] = {}) {
  const double = await newDouble();
  const world = await install(options, async () => ({ owner: double, role: double }));
  /** All objects, and the uploads that are staged. */
  const content = () => [[...double.objects].map(([key, { bytes }]) => [key, String(bytes)]), double.openUploads()];
  const counted = async () => metricsOf(await world.log()).at(-1);
  return { ...world, double, content, counted };
}

describe('a check passes, and leaves the store as it is,', () => {
  test('if the store is damaged, since only a verification reads it back', async () => {
    const { invoke, store, content, counted } = await installed();
    await publishYesterday(store);
    await store.replace(KEYS.json(YESTERDAY), Buffer.from('edited'));
    await store.replace(KEYS.manifest(YESTERDAY), Buffer.from('edited'));
    const before = content();
    expect(checkOf(await invoke(CHECK))).toMatchObject(PASSED);
    expect(content()).toEqual(before);
    expect(await counted()).toMatchObject({ CheckFailed: 0 });
  });

  test('if a commit is unfinished, which the next run finishes', async () => {
    const { invoke, store, content, counted } = await installed();
    const server = await serveAnodot({ users: answer(USERS) });
    const dying = await takeOutcome({ url: server.url, store: dyingInFinish(store, 0) }).finally(server.close);
    expect(dying).toHaveProperty('error', expect.any(Killed));
    const before = content();
    expect(before[1]).not.toEqual([]);
    expect(checkOf(await invoke(CHECK))).toMatchObject(PASSED);
    expect(content()).toEqual(before);
    expect(await counted()).toMatchObject({ CheckFailed: 0 });
    expect(resultOf(await invoke({}))).toMatchObject({ status: 'published', commit: 2 });
  });

  test('while a run is at work, which publishes nevertheless', async () => {
    const begun = Promise.withResolvers<void>();
    const checked = Promise.withResolvers<void>();
    const users: Reply = async (response, n, request) => {
      begun.resolve();
      if (n === 1) await checked.promise;
      answer(USERS)(response, n, request);
    };
    const { invoke, content } = await installed({ anodot: { users }, processes: 2 });
    const run = invoke({});
    await begun.promise;
    const before = content();
    const during = await invoke(CHECK).finally(checked.resolve);
    expect(checkOf(during)).toMatchObject(PASSED);
    expect(content()).toEqual(before);
    expect(resultOf(await run)).toMatchObject({ status: 'published', commit: 1 });
  });
});

describe('a check fails', () => {
  test.for(['s3:PutObject', 's3:ListBucket'])('if the function has lost %s, which it names', async (action) => {
    const { invoke, store, double, counted, log } = await installed();
    await publishYesterday(store);
    double.deny.add(action);
    const message = expect.stringContaining(action);
    expect(checkOf(await invoke(CHECK))).toMatchObject(failing({ store: { ok: false, code: 7, message } }));
    double.deny.delete(action);
    expect(await counted()).toMatchObject({ CheckFailed: 1 });
    expect(linesOf(await log()).filter(({ level }) => level === 'ERROR')).toMatchObject([{ message: 'checked' }]);
  });

  test.for([
    ['exchange', ['exchange'], { users: NOT_TRIED, groups: NOT_TRIED }],
    ['users', ['users', 'groups'], {}],
    ['groups', ['groups'], {}],
  ] as const)(
    'in time, and says why, if Anodot does not respond to the request for %s',
    async ([silent, late, others]) => {
      const { invoke, counted } = await installed({ anodot: { [silent]: silence } });
      const outOfTime = { ok: false, code: 4, message: expect.stringMatching(/time/) };
      const failed = Object.fromEntries(late.map((name) => [name, outOfTime]));
      expect(checkOf(await invoke(CHECK, 10_000))).toMatchObject(failing({ ...failed, ...others }));
      expect(await counted()).toMatchObject({ CheckFailed: late.length });
    },
  );
});
