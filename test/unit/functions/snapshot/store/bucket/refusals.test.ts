import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { STORE_ACTIONS, VERIFY_ACTIONS } from '../../../../../../functions/snapshot/permissions.ts';
import { bucketFailure } from '../../../../../../functions/snapshot/store/bucket/failure.ts';
import { PART_BYTES } from '../../../../../../functions/snapshot/store/bucket/staged-upload.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { CALLS, failureOf, first, key, newDouble, ONCE, ROWS } from '../../../../../support/s3/bucket-calls.ts';
import { S3_CREDENTIALS } from '../../../../../support/s3/double.ts';
import { storeAt } from '../../../../../support/s3/place.ts';
import { newExecution } from '../../../../../support/take.ts';

/** The calls that fail without each action. The probe's is the last. */
const DENIED: { readonly [action: string]: readonly string[] } = {
  's3:PutObject': ['create commits', 'write runs', 'write runs', 'stage users', 'promote users', 'stage'],
  's3:AbortMultipartUpload': ['discard what is staged for users', 'discard what is staged for'],
  's3:GetObject': ['read runs', 'read users', 'read runs', 'read runs', 'check users', 'read'],
  's3:ListBucket': ['list commits', 'read runs', 'read users', 'check users', 'list commits'],
  's3:ListMultipartUploadParts': [], // what can't be checked counts as staged
};

describe('a store whose calls S3 refuses', () => {
  test.each(CALLS)('retries a throttled call, and finally says "could not %s"', async (tried, call) => {
    const busy = await newDouble({ fault: () => ({ status: 503, code: 'SlowDown' }) });
    const { code, message } = await failureOf(call(storeAt(busy, '', ONCE)));
    const expected = tried.startsWith('check users') ? 'HTTP 503' : 'SlowDown (HTTP 503)';
    expect(code).toBe(7);
    expect(message).toBe(
      `s3://${busy.bucket}: could not ${tried}: ${expected}. S3 is busy or unavailable: wait, and run again`,
    );
    shown('F29', 'S3 keeps returning SlowDown', `exit ${code}, advising to wait`);
    const ailing = await newDouble({
      fault: ({ n }) => (n === 1 ? { status: 500, code: 'InternalError' } : undefined),
    });
    await call(storeAt(ailing)).catch((error: unknown) =>
      expect(error).toMatchObject({ message: expect.not.stringContaining('500') }),
    );
  });

  test('waits for two SlowDown responses', async () => {
    const double = await newDouble({ fault: first({ status: 503, code: 'SlowDown' }, 'PutObject', 2) });
    expect(await storeAt(double).create('runs/a.json', ROWS)).toBe('created');
    expect(double.calls).toHaveLength(3);
    shown('F29', 'S3 returns SlowDown twice', 'retried, then succeeds');
  });

  test.each(CALLS)('names a missing bucket with "could not %s"', async (tried, call) => {
    const double = await newDouble();
    const work = call(storeAt({ ...double, bucket: 'no-such-bucket' }));
    if (tried.startsWith('check users')) return expect(await work).toBe(false); // the response to a HEAD doesn't say which is missing
    const { code, message } = await failureOf(work);
    expect(code).toBe(7);
    expect(message).toBe(
      `s3://no-such-bucket: could not ${tried}: NoSuchBucket (HTTP 404). No such bucket: create it or fix its name, and run again`,
    );
  });

  const actions = [...STORE_ACTIONS, ...VERIFY_ACTIONS].map(({ action }) => action);
  test.each(actions)('names %s in each call that needs it when it is denied', async (action) => {
    const double = await newDouble();
    double.deny.add(action);
    const store = storeAt(double, 'p');
    const denied: string[] = [];
    for (const [, call] of CALLS) {
      const error: unknown = await call(store).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) continue;
      expect(error).toMatchObject({
        code: 7,
        message: expect.stringMatching(
          new RegExp(`(AccessDenied \\(|: )HTTP 403\\)?. Allow .*${action}.*, and run again$`),
        ),
      });
      denied.push(error instanceof Error ? (/could not ([a-z ]+)/.exec(error.message)?.[1]?.trim() ?? '') : '');
    }
    expect(denied).toEqual(DENIED[action]);
    shown(
      'F29',
      `S3 denies ${action}`,
      denied.length === 0 ? 'what cannot be checked counts as staged' : 'exit 7, naming it',
    );
    expect([...double.objects.keys()].toSorted()).toEqual(
      action === 's3:PutObject' ? [] : ['p/commits/00000001.json', 'p/runs/a.json'],
    );
  });

  test.each([
    ['a wrong secret', { secretAccessKey: 'a-wrong-secret' }, 'SignatureDoesNotMatch (HTTP 403)'],
    ['an unknown key', { accessKeyId: 'AKIUNKNOWN' }, 'InvalidAccessKeyId (HTTP 403)'],
    ['an expired session', { sessionToken: 'an-old-session' }, 'InvalidToken (HTTP 400)'],
  ])('reports %s without a credential in the error or its cause', async (_, credentials, came) => {
    const double = await newDouble();
    const wrong = { ...S3_CREDENTIALS, ...credentials };
    for (const [tried, call] of CALLS) {
      const error = await failureOf(call(storeAt({ ...double, credentials: wrong })));
      expect(error.code).toBe(7);
      if (!tried.startsWith('check users')) {
        expect(error.message).toContain(
          `${came}. The AWS credentials are missing, expired or wrong: renew them, and run again`,
        );
      }
      const shown = inspect(error, { depth: 10, showHidden: true });
      for (const credential of Object.values(wrong)) expect(shown).not.toContain(credential);
    }
  });

  test("names the KMS action if the bucket's key denies access", async () => {
    const message = 'User: arn:aws:sts::1:role/a is not authorized to perform: kms:GenerateDataKey on the resource';
    const double = await newDouble({ fault: () => ({ status: 403, code: 'AccessDenied', message }) });
    const failure = await failureOf(storeAt(double).stage(key, newExecution()));
    expect(failure.message).toBe(
      `s3://${double.bucket}: could not stage ${key}: AccessDenied (HTTP 403). Allow kms:GenerateDataKey, and run again`,
    );
  });

  test('reports an undecided creation as a conflict for its caller to resolve', async () => {
    const double = await newDouble({ fault: first({ status: 409, code: 'ConditionalRequestConflict' }, 'PutObject') });
    expect(await storeAt(double).create('commits/00000001.json', ROWS)).toBe('exists');
  });

  test('leaves an error of neither S3 nor the network unchanged, as a bug', () => {
    const bug = new TypeError('x is not a function');
    expect(bucketFailure('s3://bucket', 'read a', 's3:GetObject', bug)).toBe(bug);
  });

  test("names the bucket's region if it is another one", async () => {
    const double = await newDouble();
    const { message } = await failureOf(storeAt({ ...double, region: 'eu-west-1' }).list('commits/'));
    expect(message).toContain('The bucket is in eu-central-1: set AWS_REGION to it');
  });
});

describe('a failure of staging or probing', () => {
  test('in a part is reported by the next call, and the upload can then be dropped', async () => {
    const double = await newDouble({
      fault: ({ operation, n }) =>
        operation === 'UploadPart' && n >= 2 ? { status: 400, code: 'Refused' } : undefined,
    });
    const store = storeAt(double);
    const staging = await store.stage(key, newExecution());
    const writeAll = async () => {
      for (let part = 0; part < 4; part++) await staging.write(randomBytes(PART_BYTES));
    };
    expect((await failureOf(writeAll())).message).toContain('Refused (HTTP 400). Look up this Amazon S3 error code');
    await expect(staging.close()).rejects.toThrow('Refused');
    expect(double.openUploads()).toEqual([key]);
    await staging.drop();
    expect(double.openUploads()).toEqual([]);
  });

  test.each(['ListObjectsV2', 'GetObject', 'CreateMultipartUpload', 'UploadPart'] as const)(
    'in %s of a probe leaves nothing behind',
    async (operation) => {
      const double = await newDouble({ fault: first({ status: 400, code: 'Refused' }, operation) });
      await expect(storeAt(double).probe(newExecution())).rejects.toThrow('Refused');
      expect(double.openUploads()).toEqual([]);
      expect(double.objects.size).toBe(0);
    },
  );

  test('is found in advance by a probe, which tries every action of a run', async () => {
    const double = await newDouble();
    await storeAt(double).probe(newExecution());
    expect(double.calls.map(({ operation }) => operation)).toEqual([
      'ListObjectsV2',
      'GetObject',
      'CreateMultipartUpload',
      'UploadPart',
      'AbortMultipartUpload',
    ]);
    expect(double.objects.size).toBe(0);
  });
});
