import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseCommit } from '../../../../../../functions/snapshot/commits/commit.ts';
import { createCommit } from '../../../../../../functions/snapshot/commits/commit-log.ts';
import { finish } from '../../../../../../functions/snapshot/commits/finish.ts';
import { nextCommit } from '../../../../../../functions/snapshot/commits/stage-commit.ts';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { PART_BYTES } from '../../../../../../functions/snapshot/store/bucket/staged-upload.ts';
import type { StoredObject } from '../../../../../../functions/snapshot/store/store.ts';
import { shown } from '../../../../../support/fault-table.ts';
import {
  CALLS,
  DT,
  failureOf,
  first,
  key,
  newDouble,
  ONCE,
  ROWS,
  stage,
} from '../../../../../support/s3/bucket-calls.ts';
import { storeAt } from '../../../../../support/s3/place.ts';

describe('a lost response', () => {
  const manifest = {
    kind: 'manifest',
    key: KEYS.manifest(DT),
    bytes: 0,
    sha256: '0'.repeat(64),
    staged: null,
  } as const;
  const commit = (execution: string, objects: readonly StoredObject[] = [manifest]) =>
    nextCommit({ runId: 'run', dt: DT, scheduledAt: null }, undefined, { execution, objects }, new Date());

  test("to a commit's creation is resolved, because the commit is recognized as the run's own", async () => {
    const double = await newDouble({ fault: first('answer lost', 'PutObject') });
    const entry = await createCommit(storeAt(double), commit('aaaaaaaa'));
    expect(entry.commit?.execution).toBe('aaaaaaaa');
    expect(double.calls.map(({ operation }) => operation)).toEqual(['PutObject', 'PutObject', 'GetObject']);
    shown(
      'F30',
      'the response to the commit’s creation is lost',
      'the retry is rejected, and the commit is recognized',
    );
  });

  test('on every attempt to create a commit, or an undecided conflict, is resolved by reading it back', async () => {
    const lost = await newDouble({ fault: first('answer lost', 'PutObject', 2) });
    expect((await createCommit(storeAt(lost, '', { maxAttempts: 2 }), commit('aaaaaaaa'))).commit?.execution).toBe(
      'aaaaaaaa',
    );
    const undecided = await newDouble({
      fault: first({ status: 409, code: 'ConditionalRequestConflict' }, 'PutObject'),
    });
    expect((await createCommit(storeAt(undecided), commit('bbbbbbbb'))).commit?.execution).toBe('bbbbbbbb');
    expect(undecided.calls.map(({ operation }) => operation)).toEqual(['PutObject', 'GetObject', 'PutObject']);
  });

  test.each(['same', 'gone'] as const)(
    'to a completion does not matter, even if S3 responds "%s" to the retry',
    async (replay) => {
      const double = await newDouble({ replay, fault: first('answer lost', 'CompleteMultipartUpload') });
      const store = storeAt(double);
      const object = await stage(store, ROWS, 'aaaaaaaa');
      expect(await finish(store, { ...parseCommit(1, ROWS), commit: commit('aaaaaaaa', [object]) })).toEqual({});
      expect(await store.read(key)).toEqual(ROWS);
      shown('F30', `the response to a completed upload is lost, and S3 responds "${replay}" to the retry`, 'success');
    },
  );

  const operations = [
    'CreateMultipartUpload',
    'UploadPart',
    'PutObject',
    'GetObject',
    'ListObjectsV2',
    'HeadObject',
  ] as const;
  test.each(
    operations.flatMap(
      (operation) =>
        [
          ['answer lost', operation],
          ['call lost', operation],
        ] as const,
    ),
  )('or call does not prevent publishing (%s of %s)', async (fault, operation) => {
    const double = await newDouble({ fault: first(fault, operation) });
    const store = storeAt(double);
    const bytes = randomBytes(PART_BYTES + 1);
    const object = await stage(store, bytes, 'aaaaaaaa');
    await store.replace('runs/a.json', ROWS);
    expect(await store.putInPlace(object)).toBe('placed');
    expect(await store.list('users/')).toEqual([key]);
    expect(await store.isInPlace(object, 'aaaaaaaa')).toBe(true);
    expect((await store.read(key, Infinity))?.equals(bytes)).toBe(true);
  });

  test('to a completion that takes effect late never restores what was replaced', async () => {
    const late = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const double = await newDouble({
      fault: ({ operation, n }) => {
        if (operation === 'CompleteMultipartUpload' && n === 1) return { late: late.promise.then(done.resolve) };
        return undefined;
      },
    });
    const store = storeAt(double);
    const [older, newer] = [await stage(store, Buffer.from('older'), 'aaaaaaaa'), await stage(store, ROWS, 'bbbbbbbb')];
    expect(await store.putInPlace(older)).toBe('placed'); // by the client's retry
    expect(await store.putInPlace(newer)).toBe('placed');
    late.resolve();
    await done.promise;
    expect(await store.read(key)).toEqual(ROWS);
    expect(await store.isInPlace(older, 'aaaaaaaa')).toBe(false);
  });
});

describe('a connection that breaks in the middle of a body', () => {
  const bytes = randomBytes(3_000_000);

  test('is resumed where it broke', async () => {
    const double = await newDouble({ fault: first('body broken', 'GetObject', 2) });
    const store = storeAt(double);
    await store.replace('runs/a.json', bytes);
    expect((await store.read('runs/a.json', Infinity))?.equals(bytes)).toBe(true);
    expect(double.calls.filter(({ operation }) => operation === 'GetObject')).toHaveLength(3);
  });

  test('fails with exit code 7 if nothing more can be read', async () => {
    const double = await newDouble({
      fault: ({ operation, n }) => (operation !== 'GetObject' ? undefined : n === 1 ? 'body broken' : 'call lost'),
    });
    const store = storeAt(double, '', ONCE);
    await store.replace('runs/a.json', bytes);
    const { code, message } = await failureOf(store.read('runs/a.json', Infinity));
    expect({ code, message }).toEqual({
      code: 7,
      message: expect.stringContaining('could not resume reading runs/a.json: ECONNRESET'),
    });
    shown('F29', 'the connection breaks in the middle of a body, and again', `resumed, then exit ${code}`);
  });

  test('never joins two objects: it fails if the object was replaced meanwhile', async () => {
    const double = await newDouble({ fault: first('body broken', 'GetObject') });
    const store = storeAt(double);
    await store.replace('runs/a.json', bytes);
    const chunks = await store.open('runs/a.json');
    await store.replace('runs/a.json', randomBytes(3_000_000));
    const readAll = async () => {
      for await (const chunk of chunks ?? []) expect(chunk.byteLength).toBeGreaterThan(0);
    };
    expect((await failureOf(readAll())).message).toContain('PreconditionFailed (HTTP 412)');
  });
});

describe('a failing network', () => {
  test.each(CALLS)('ends a call without a response with exit code 7 and "could not %s"', async (tried, call) => {
    const double = await newDouble({ fault: () => 'no answer' });
    const limits = { ...ONCE, requestHandler: { requestTimeout: 50, throwOnRequestTimeout: true } };
    const { code, message } = await failureOf(call(storeAt(double, '', limits)));
    expect(code).toBe(7);
    expect(message).toBe(
      `s3://${double.bucket}: could not ${tried}: ETIMEDOUT. Check the network, AWS_REGION and the endpoint, and run again`,
    );
    shown('F29', 'S3 never responds to a call', `exit ${code}, ETIMEDOUT`);
  });

  test('does not block: a call on an idle connection is retried', async () => {
    const double = await newDouble({ fault: first('no answer', 'PutObject') });
    const store = storeAt(double, '', { requestHandler: { socketTimeout: 50 } });
    expect(await store.create('runs/a.json', ROWS)).toBe('created');
  });

  test.each([
    ['with nothing listening', 'http://127.0.0.1:1', 'ECONNREFUSED'],
    ['with an unknown host', 'http://nowhere.invalid', 'ENOTFOUND'],
  ])('at an endpoint %s is reported', async (_, endpoint, came) => {
    const double = await newDouble();
    const { code, message } = await failureOf(storeAt({ ...double, endpoint }, '', ONCE).list('commits/'));
    expect({ code, message }).toEqual({
      code: 7,
      message: expect.stringContaining(`could not list commits/: ${came}. Check the network`),
    });
  });
});
