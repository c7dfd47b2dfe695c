import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { StoreError } from '../../functions/snapshot/errors.ts';
import { synthesise } from '../support/cdk/synthesis.ts';
import { runOn, serve, verifyOn } from '../support/commit-runs.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { type Guard, guardsFor, guardsOf, refusalBy } from '../support/s3/bucket-policy.ts';
import { clientOf, newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../support/s3/place.ts';
import { withStatements } from '../support/s3/role.ts';
import { bucketContent, writeBucket } from '../support/store-copy.ts';
import { newExecution } from '../support/take.ts';

/** The deployed bucket's policy: runs publish under it, and only the break-glass role can replace or delete commits and public keys. */

const PREFIX = 'access/prod';
const ADMIN = 'arn:aws:iam::123456789012:role/Admin';
const BREAK_GLASS = 'arn:aws:iam::123456789012:role/recovery/SnapshotRecovery';
const PROOF = [KEYS.commit(1), KEYS.signature(1, '1f0c9a77'), KEYS.publicKey('ab'.repeat(32))];
/** The object that is copied over others. */
const COPIED = KEYS.run('a');
const OTHERS = [KEYS.json('2020-02-24'), KEYS.manifest('2020-02-24'), KEYS.verification('20200224T021500Z')];

/** What each request on a key does: nothing but the name of S3's refusal, or `done`. */
async function outcomesOf(place: S3Place, key: string, { copies }: { readonly copies: boolean }) {
  const client = clientOf(place);
  const at = { Bucket: place.bucket, Key: `${PREFIX}/${key}` };
  const source = `${place.bucket}/${PREFIX}/${COPIED}`;
  const outcome = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof S3ServiceException) return error.name;
        throw error;
      },
    );
  return {
    replace: await outcome(client.send(new PutObjectCommand({ ...at, Body: 'x' }))),
    upload: await outcome(client.send(new CreateMultipartUploadCommand({ ...at, ChecksumAlgorithm: 'CRC32' }))),
    ...(copies && { copy: await outcome(client.send(new CopyObjectCommand({ ...at, CopySource: source }))) }),
    remove: await outcome(client.send(new DeleteObjectCommand(at))),
  };
}

const DENIED = { replace: 'AccessDenied', upload: 'AccessDenied', remove: 'AccessDenied' };
const DONE = { replace: 'done', upload: 'done', remove: 'done' };

/** A double with the policy of a synthesized stack. The caller of its requests can be changed. */
async function guardedDouble(context: { readonly [name: string]: string } = {}) {
  const synthesis = await synthesise({ prefix: PREFIX, ...context });
  const state: { caller: string; guards: readonly Guard[] } = { caller: ADMIN, guards: [] };
  const double = await newDouble({ fault: (call) => refusalBy(state.guards, double.bucket, state.caller)(call) });
  state.guards = guardsOf(synthesis, double.bucket);
  return { double, state, store: storeAt(double, PREFIX) };
}

describe('under the policy of the template, with all of its conditions, on the double', () => {
  test('runs publish, a check passes, and a commit can be created once', async () => {
    const { url } = await serve();
    const { store } = await guardedDouble();
    for (const day of [23, 24, 24]) await runOn(store, day, url);
    await store.probe(newExecution());
    expect(await store.create(KEYS.commit(4), Buffer.from('x'))).toBe('created');
    expect(await store.create(KEYS.commit(4), Buffer.from('y'))).toBe('exists');
    expect(await store.create(KEYS.publicKey('ab'.repeat(32)), Buffer.from('x'))).toBe('created');
    expect(await store.create(KEYS.signature(4, '1f0c9a77'), Buffer.from('x'))).toBe('created');
  });

  test('commits, signatures and public keys are replaced and deleted by the break-glass role only, other objects by anyone', async () => {
    const { double, state } = await guardedDouble({ breakGlassRole: BREAK_GLASS });
    for (const key of PROOF) {
      state.caller = ADMIN;
      expect(await outcomesOf(double, key, { copies: false }), key).toEqual(DENIED);
      state.caller = BREAK_GLASS;
      expect(await outcomesOf(double, key, { copies: false }), key).toEqual(DONE);
    }
    state.caller = ADMIN;
    for (const key of OTHERS) expect(await outcomesOf(double, key, { copies: false }), key).toEqual(DONE);
  });

  test('no role replaces or deletes them without breakGlassRole', async () => {
    const { double, state, store } = await guardedDouble();
    state.caller = BREAK_GLASS;
    for (const key of PROOF) expect(await outcomesOf(double, key, { copies: false }), key).toEqual(DENIED);
    await expect(store.replace(KEYS.commit(1), Buffer.from('x'))).rejects.toThrow(StoreError);
  });

  test('a backup can be restored into the bucket by the break-glass role only, and runs then go on in it', async () => {
    const { url } = await serve();
    const backup = await newDouble();
    for (const day of [23, 24]) await runOn(storeAt(backup, PREFIX), day, url);
    const { double, state, store } = await guardedDouble({ breakGlassRole: BREAK_GLASS });
    const content = await bucketContent(backup, PREFIX);
    await expect(writeBucket(double, PREFIX, content)).rejects.toThrow('s3:PutObject by CommitsAreNeverReplaced');
    state.caller = BREAK_GLASS;
    await writeBucket(double, PREFIX, content);
    state.caller = ADMIN;
    await runOn(store, 25, url);
    expect(await verifyOn(store, 25)).toMatchObject({ status: 'sound', commits: 3, findings: [] });
  });
});

/**
 * MinIO knows neither s3:if-none-match nor aws:PrincipalArn. Without the first, every write is denied. The second is applied here: the
 * break-glass role's session gets no statement that excepts it.
 */
describe.runIf(S3_ENDPOINT)("on a real server, with the policy's statements in a role's session", () => {
  async function guardedBucket() {
    const owner = await newBucket(S3_ENDPOINT ?? '');
    const versioned = { Bucket: owner.bucket, VersioningConfiguration: { Status: 'Enabled' as const } };
    await clientOf(owner).send(new PutBucketVersioningCommand(versioned));
    const guards = guardsOf(await synthesise({ prefix: PREFIX, breakGlassRole: BREAK_GLASS }), owner.bucket);
    const all = {
      Effect: 'Allow',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${owner.bucket}`, `arn:aws:s3:::${owner.bucket}/*`],
    };
    const as = (arn: string, denied: readonly Guard[] = guards) => {
      const applied = guardsFor(denied, arn).map(({ Condition: _, Principal: __, ...statement }) => statement);
      return withStatements(owner, [all, ...applied]);
    };
    return { owner, guards, as };
  }

  test('commits, signatures and public keys are replaced, copied over and deleted by the break-glass role only, other objects by anyone', async () => {
    const { owner, as } = await guardedBucket();
    await storeAt(owner, PREFIX).replace(COPIED, Buffer.from('x'));
    const [admin, breakGlass] = [await as(ADMIN), await as(BREAK_GLASS)];
    for (const key of PROOF) {
      expect(await outcomesOf(admin, key, { copies: true }), key).toEqual({ ...DENIED, copy: 'AccessDenied' });
      expect(await outcomesOf(breakGlass, key, { copies: true }), key).toEqual({ ...DONE, copy: 'done' });
    }
    for (const key of OTHERS)
      expect(await outcomesOf(admin, key, { copies: true }), key).toEqual({ ...DONE, copy: 'done' });
  });

  test('a version of a commit is deleted by the break-glass role only', async () => {
    const { owner, as } = await guardedBucket();
    const at = { Bucket: owner.bucket, Key: `${PREFIX}/${KEYS.commit(1)}` };
    const { VersionId } = await clientOf(owner).send(new PutObjectCommand({ ...at, Body: 'x' }));
    const version = new DeleteObjectCommand({ ...at, VersionId });
    await expect(clientOf(await as(ADMIN)).send(version)).rejects.toThrow(
      expect.objectContaining({ name: 'AccessDenied' }),
    );
    expect(String(await storeAt(owner, PREFIX).read(KEYS.commit(1)))).toBe('x');
    await clientOf(await as(BREAK_GLASS)).send(version);
    expect(await storeAt(owner, PREFIX).read(KEYS.commit(1))).toBeUndefined();
  });

  test('a caller who is denied deletion still publishes, and the store is sound', async () => {
    const { url } = await serve();
    const { guards, as } = await guardedBucket();
    const deletion = guards.filter(({ Sid }) => Sid === 'CommitsAreNeverDeleted');
    const store = storeAt(await as(ADMIN, deletion), PREFIX);
    for (const day of [23, 24]) await runOn(store, day, url);
    expect(await verifyOn(store, 24)).toMatchObject({ status: 'sound', commits: 2, findings: [] });
  });
});
