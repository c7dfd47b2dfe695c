import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { type AnodotServer, answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { failureOf, first, newDouble, ONCE, ROWS } from '../../../../../support/s3/bucket-calls.ts';
import { storeAt } from '../../../../../support/s3/place.ts';
import { newExecution, take, takeOutcome } from '../../../../../support/take.ts';

/** Publishing depends on S3 creating an object only once, so a server that doesn't is reported. */

const IGNORES =
  'this S3 server ignores If-None-Match and replaces existing objects, so two concurrent runs would both publish. Use a server that supports conditional writes';

let anodot: AnodotServer;
beforeAll(async () => {
  anodot = await serveAnodot({ users: answer([{ _id: 'a', roles: [] }]) });
});
afterAll(() => anodot.close());

describe('a server that ignores If-None-Match', () => {
  test('fails the first run on a store with exit code 7, before anything is requested or published', async () => {
    const double = await newDouble({ conditions: 'ignored' });
    const requests = anodot.requests.length;
    const outcomes = await Promise.all([1, 2].map(() => takeOutcome({ url: anodot.url, store: storeAt(double, 'p') })));
    for (const { document, ...outcome } of outcomes) {
      expect(document).toMatchObject({ status: 'failed', code: 7, message: expect.stringContaining(IGNORES) });
      expect(outcome).toMatchObject({ error: expect.any(StoreError) });
    }
    expect([...double.objects.keys()].every((key) => key.startsWith('p/runs/'))).toBe(true);
    expect(double.openUploads()).toEqual([]);
    expect(anodot.requests.length).toBe(requests);
    shown(
      'C38',
      'two first runs at once on a server that ignores If-None-Match',
      `exit ${outcomes.map(({ document }) => document.code).join(' and ')}, nothing requested or published: ${IGNORES}`,
      'both said "Published", and one commit was in no chain',
    );
  });

  test('is found by a probe once the store has a commit, whose bytes stay unchanged', async () => {
    const double = await newDouble({ conditions: 'ignored' });
    await storeAt(double).probe(newExecution());
    expect(double.objects.size).toBe(0);
    await storeAt(double).create(KEYS.commit(1), ROWS);
    const { code, message } = await failureOf(storeAt(double).probe(newExecution()));
    expect({ code, message }).toEqual({ code: 7, message: expect.stringContaining(IGNORES) });
    expect([...double.objects.keys()]).toEqual([KEYS.commit(1)]);
    expect(await storeAt(double).read(KEYS.commit(1))).toEqual(ROWS);
    const done = 'check on a server that ignores If-None-Match, after a first run elsewhere';
    shown('C38', done, `exit ${code}, and nothing is changed or left behind`, 'ok');
  });

  test('is distinguished from one that lost the object', async () => {
    const double = await newDouble();
    await expect(storeAt(double).proveCreateOnly('runs/a.json')).rejects.toThrow(
      'runs/a.json was written, but is gone',
    );
    expect(double.objects.size).toBe(0);
  });
});

describe('the proof that objects are created only once', () => {
  test('costs the first run on a store two calls, and later runs none', async () => {
    const double = await newDouble();
    const callsOnRun = () => double.calls.filter(({ key }) => key.startsWith('runs/')).map((call) => call.operation);
    await take({ url: anodot.url, store: storeAt(double) });
    // Creates, reads and creates again, then records how the run ended.
    expect(callsOnRun()).toEqual(['PutObject', 'GetObject', 'PutObject', 'PutObject']);
    await take({ url: anodot.url, store: storeAt(double) });
    expect(callsOnRun().slice(4)).toEqual(['PutObject', 'PutObject']);
    shown(
      'C38',
      'a first and a second run on a server with conditional writes',
      'only the first run creates its run document twice',
    );
  });

  test('of a probe needs no more than the permissions of a run, and leaves nothing behind', async () => {
    const double = await newDouble();
    double.deny.add('s3:DeleteObject');
    await storeAt(double).create(KEYS.commit(1), ROWS);
    await storeAt(double).probe(newExecution());
    expect([...double.objects.keys()]).toEqual([KEYS.commit(1)]);
    expect(double.openUploads()).toEqual([]);
  });
});

describe('a conflict', () => {
  const conflicts = [
    [412, 'PreconditionFailed'],
    [409, 'ConditionalRequestConflict'],
    [409, 'ConcurrentModification'],
    [409, 'OperationAborted'],
    [412, 'ConditionNotMet'],
    [412, ''],
    [409, ''],
  ] as const;

  test.each(conflicts)('is recognized by status %i and code "%s"', async (...conflict) => {
    const store = storeAt(await newDouble({ conflict }), '', ONCE);
    expect(await store.create('commits/00000001.json', ROWS)).toBe('created');
    expect(await store.create('commits/00000001.json', Buffer.from('other'))).toBe('exists');
    await store.proveCreateOnly('commits/00000001.json');
    expect(await store.writeVersion('commits/00000001.json', Buffer.from('other'), undefined)).toBeUndefined();
    expect(await store.read('commits/00000001.json')).toEqual(ROWS);
    const [status, code] = conflict;
    shown(
      'C40',
      `the second creation of an object returns ${status} ${code || 'without a body'}`,
      'the object exists, and its bytes stay',
      status === 409 && code === 'ConcurrentModification' ? 'exit 7' : undefined,
    );
  });

  test('under any code between two runs lets one publish and supersedes the other', async () => {
    const double = await newDouble({ conflict: [409, 'ConcurrentModification'] });
    const outcomes = await Promise.all(
      [1, 2].map(() => takeOutcome({ url: anodot.url, store: storeAt(double, '', ONCE) })),
    );
    const statuses = outcomes.map(({ document }) => document.status).toSorted();
    expect(statuses[0]).toBe('published');
    expect(['published', 'superseded']).toContain(statuses[1]);
    const commits = [...double.objects.keys()].filter((key) => key.startsWith('commits/'));
    expect(commits).toEqual(statuses.filter((status) => status === 'published').map((_, i) => KEYS.commit(i + 1)));
  });

  test('in flight, which S3 has not decided yet, is resolved by reading back', async () => {
    const double = await newDouble({
      fault: ({ operation, key, n }) =>
        operation === 'PutObject' && key.startsWith('commits/') && n < 9
          ? { status: 409, code: 'OperationAborted' }
          : undefined,
    });
    const { document } = await takeOutcome({ url: anodot.url, store: storeAt(double, '', ONCE) });
    expect(document).toMatchObject({ code: 7, message: expect.stringContaining('may be committed') });
    const once = await newDouble({ fault: first({ status: 409, code: 'OperationAborted' }, 'PutObject') });
    expect(await storeAt(once, '', ONCE).create('runs/a.json', ROWS)).toBe('exists');
  });
});
