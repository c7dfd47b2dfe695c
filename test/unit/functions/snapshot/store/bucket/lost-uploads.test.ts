import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreError } from '../../../../../../functions/snapshot/errors.ts';
import { verify } from '../../../../../../functions/snapshot/verify/verify.ts';
import { timeless } from '../../../../../support/anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { dtOf, noon, runAt } from '../../../../../support/clock.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { failureOf, key, newDouble, ONCE, ROWS, stage } from '../../../../../support/s3/bucket-calls.ts';
import type { S3DoubleOptions } from '../../../../../support/s3/double.ts';
import { storeAt } from '../../../../../support/s3/place.ts';
import { dyingInFinish } from '../../../../../support/store-doubles.ts';
import { take, takeOutcome } from '../../../../../support/take.ts';

/** A commit whose uploads are gone blocks nothing, however the server responds to its completion. */

type Gone = NonNullable<S3DoubleOptions['gone']>;
type Answer = ReturnType<Gone>;
const SERVERS: readonly (readonly [name: string, complete: Answer, list: Answer])[] = [
  ['as AWS does', [404, 'NoSuchUpload'], [404, 'NoSuchUpload']],
  ['as Ceph does', [500, 'InternalError'], [404, 'NoSuchKey']],
  ['with 404 NoSuchKey', [404, 'NoSuchKey'], [404, 'NoSuchKey']],
  ['with 404 and no body', [404, ''], [404, '']],
  ['with 503 and 404', [503, 'ServiceUnavailable'], [404, 'NoSuchUpload']],
  ['with 400 and 404', [400, 'InvalidRequest'], [404, 'NoSuchUpload']],
  ['with 409 and 404', [409, 'OperationAborted'], [404, 'NotFound']],
];
const goneAs =
  (complete: Answer, list: Answer): Gone =>
  (operation) =>
    operation === 'complete' ? complete : list;

let anodot: AnodotServer;
beforeAll(async () => {
  anodot = await serveAnodot({ users: timeless([{ _id: 'a', roles: [] }]), groups: timeless([]) });
});
afterAll(() => anodot.close());

/** A store whose first run died after its commit, with this many objects in place. */
async function withDeadRun(options: S3DoubleOptions, placed: number) {
  const double = await newDouble({ replay: 'gone', ...options });
  const store = storeAt(double, '', ONCE);
  await take({ url: anodot.url, store: dyingInFinish(store, placed), run: runAt(noon(1)) }).catch(() => undefined);
  return { double, store };
}

const runNext = async (store: ReturnType<typeof storeAt>) => {
  const warnings: string[] = [];
  const onWarning = (warning: string) => void warnings.push(warning);
  const { document } = await takeOutcome({ url: anodot.url, store, run: { ...runAt(noon(2)), onWarning } });
  return { document, warnings: warnings.filter((warning) => warning.startsWith('commit 1')) };
};

describe.each(SERVERS)('a server that responds %s', (_, complete, list) => {
  test('to the completion of a lost upload means that its commit is lost, which is named and blocks nothing', async () => {
    const { double, store } = await withDeadRun({ gone: goneAs(complete, list) }, 1);
    double.loseUploads();
    const { document, warnings } = await runNext(store);
    expect(document).toMatchObject({ status: 'published', commit: 2 });
    expect(warnings).toEqual([
      expect.stringMatching(/^commit 1 can't be finished: .* is damaged or lost\. Run verify/),
    ]);
    const { status, days } = await verify(store, { today: dtOf(2) });
    expect(Object.fromEntries(days.map((day) => [day.dt, day.status]))).toEqual({
      [dtOf(1)]: 'damaged',
      [dtOf(2)]: 'sound',
    });
    shown(
      'C39',
      `the uploads of a commit are gone; the server returns ${complete.join(' ').trim()} to the completion and ${list.join(' ').trim()} to ListParts`,
      `the next run is ${document.status} with a warning; verify reports ${status}, for that day only`,
      complete[0] >= 500 ? 'every run ended with 7, "wait"' : undefined,
    );
  });

  test('to the completion of a completed upload does not stop the run, because the object is in place', async () => {
    const { store } = await withDeadRun({ gone: goneAs(complete, list) }, 2);
    const { document, warnings } = await runNext(store);
    expect({ status: document.status, warnings }).toEqual({ status: 'published', warnings: [] });
    expect((await verify(store, { today: dtOf(2) })).status).toBe('sound');
  });

  test('to a call on a lost upload lets the store report it as not staged, and drop it', async () => {
    const double = await newDouble({ gone: goneAs(complete, list) });
    const store = storeAt(double, '', ONCE);
    const object = await stage(store, ROWS);
    expect(await store.isStaged(object)).toBe(true);
    double.loseUploads();
    expect(await store.isStaged(object)).toBe(false);
    await store.drop(object);
  });
});

describe('a completion that fails', () => {
  test.each([
    ['though its upload exists', undefined],
    ['and whose upload cannot be checked either', { status: 500, code: 'InternalError' }],
    ['in a bucket that is gone', { status: 404, code: 'NoSuchBucket' }],
    ['behind a proxy that returns a page', { status: 404, page: '<html>No</html>' }],
  ] as const)('%s, ends the run with 7, and the next run finishes the commit', async (name, list) => {
    const sick = new Set<string>();
    const { double, store } = await withDeadRun(
      {
        fault: ({ operation, key: of }) => {
          if (!sick.has(operation) || of.startsWith('raw/')) return undefined;
          return operation === 'ListParts' ? list : { status: 500, code: 'InternalError' };
        },
      },
      1,
    );
    sick.add('CompleteMultipartUpload').add('ListParts');
    const { document } = await runNext(store);
    expect(document).toMatchObject({ code: 7, message: expect.stringContaining('InternalError (HTTP 500)') });
    expect(double.openUploads()).not.toEqual([]);
    sick.clear();
    const next = await runNext(store);
    expect({ status: next.document.status, warnings: next.warnings }).toEqual({ status: 'published', warnings: [] });
    expect((await verify(store, { today: dtOf(2) })).status).toBe('sound');
    expect(double.openUploads()).toEqual([]);
    shown('C39', `a completion returns 500, ${name}`, `exit ${document.code}; the next run finishes the commit`);
  });

  test('for a role that may not list parts is reported with the permission needed to find the cause', async () => {
    const double = await newDouble({ gone: goneAs([500, 'InternalError'], [404, 'NoSuchKey']) });
    double.deny.add('s3:ListMultipartUploadParts');
    const store = storeAt(double, '', ONCE);
    const object = await stage(store, ROWS);
    double.loseUploads();
    const { code, message } = await failureOf(store.putInPlace(object));
    expect({ code, message }).toEqual({
      code: 7,
      message: `s3://${double.bucket}: could not promote ${key}: InternalError (HTTP 500). S3 is busy or unavailable: wait, and run again. If this persists, the upload may be lost: allow s3:ListMultipartUploadParts to find out`,
    });
    shown('C39', 'the same, for a role without s3:ListMultipartUploadParts', `exit ${code}, naming the permission`);
  });

  test('for a role that may not write is reported as a denial, without another call', async () => {
    const double = await newDouble();
    const store = storeAt(double, '', ONCE);
    const object = await stage(store, ROWS);
    double.deny.add('s3:PutObject');
    await expect(store.putInPlace(object)).rejects.toThrow(StoreError);
    await expect(store.putInPlace(object)).rejects.toThrow('Allow s3:PutObject');
    expect(double.calls.map(({ operation }) => operation)).not.toContain('ListParts');
  });
});
