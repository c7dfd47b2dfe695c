import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { KEYS, signatureOf } from '../../functions/snapshot/contract.ts';
import { VERIFICATION } from '../../functions/snapshot/verify/verification-document.ts';
import { MARK } from '../support/canary.ts';
import { TAKE_SNAPSHOT } from '../support/lambda/function-process.ts';
import { type KmsDouble, type KmsFault, serveKms } from '../support/lambda/kms-double.ts';
import { sha256 } from '../support/stored-commits.ts';
import { newSigner } from '../support/test-signer.ts';
import { type Installation, install, linesOf, metricsOf, publishYesterday, resultOf, USERS } from './installation.ts';

const CHECKS = z.object({ checks: z.array(z.looseObject({ name: z.string() })) });

/** Installs a function that signs, and a double of KMS with its key. */
async function installSigning(options: Parameters<typeof install>[0] = {}): Promise<Installation & { kms: KmsDouble }> {
  const kms = await serveKms();
  onTestFinished(() => kms.close());
  const environment = { SNAPSHOT_SIGNING_KEY: kms.key.arn, AWS_ENDPOINT_URL_KMS: kms.endpoint, ...options.environment };
  return { ...(await install({ ...options, environment })), kms };
}

/** The deployed bundle without the file that signs. */
async function bundleWithoutKms(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await cp(TAKE_SNAPSHOT, folder, { recursive: true });
  const [file, ...others] = (await readdir(folder)).filter((name) => name.startsWith('kms-signer-'));
  if (file === undefined || others.length > 0) throw new Error('the bundle has not exactly one file that signs');
  await rm(join(folder, file));
  return folder;
}

const warningsOf = async ({ log }: Installation) =>
  linesOf(await log()).flatMap(({ level, message }) => (level === 'WARN' ? String(message) : []));
const signaturesIn = async ({ store }: Installation) =>
  (await store.list('commits/')).filter((key) => signatureOf(key) !== undefined);

test('the bundle signs each commit with the KMS key, and stores its public key once', async () => {
  const world = await installSigning();
  const runs = [resultOf(await world.invoke({})), resultOf(await world.invoke({}))];
  expect(runs.map(({ status, commit }) => [status, commit])).toEqual([
    ['published', 1],
    ['published', 2],
  ]);
  const keys = await world.store.list('keys/');
  const pem = String(await world.store.read(keys[0] ?? ''));
  expect(keys).toHaveLength(1);
  expect(pem).toBe(world.kms.key.publicKey.export({ type: 'spki', format: 'pem' }));
  const signatures = await signaturesIn(world);
  expect(signatures.map((key) => signatureOf(key)?.number)).toEqual([1, 2]);
  for (const [index, key] of signatures.entries()) {
    const commit = (await world.store.read(KEYS.commit(index + 1))) ?? Buffer.of();
    expect(verify('sha256', commit, createPublicKey(pem), (await world.store.read(key)) ?? Buffer.of())).toBe(true);
  }
  expect(world.kms.refused).toEqual([]);
  expect(world.kms.calls.map(({ operation }) => operation)).toEqual(['GetPublicKey', 'Sign', 'Sign']);
  expect(metricsOf(await world.log()).map((metrics) => metrics['CommitUnsigned'])).toEqual([0, 0]);
  expect(await warningsOf(world)).toEqual([]);
});

test('a run that does not sign never loads the client for KMS', async () => {
  const world = await install({ bundle: await bundleWithoutKms() });
  expect(resultOf(await world.invoke({})).status).toBe('published');
  expect(await warningsOf(world)).toEqual([]);
  expect(await signaturesIn(world)).toEqual([]);
  expect(Object.keys(metricsOf(await world.log())[0] ?? {})).not.toContain('CommitUnsigned');
});

const sent = (bytes: Buffer) => ({ result: { Signature: bytes.toString('base64') } });
const OTHER = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

test.for<[string, { bundle?: string | undefined; environment?: { [name: string]: string }; fault?: KmsFault }, string]>(
  [
    ['its file is missing', { bundle: 'without KMS' }, 'could not be loaded. Deploy the function again'],
    [
      "the key's ARN is malformed",
      { environment: { SNAPSHOT_SIGNING_KEY: 'alias/x' } },
      'expected the ARN of a KMS key',
    ],
    ['the role may not sign', { fault: { error: 'AccessDeniedException' } }, 'Allow kms:Sign on it'],
    ['the key is disabled', { fault: { error: 'DisabledException' } }, 'Enable it'],
    ['KMS is throttled', { fault: { error: 'ThrottlingException' } }, 'run again later'],
    ['KMS cannot be reached', { fault: 'reset' }, 'no response from KMS (ECONNRESET)'],
    ['KMS never responds', { fault: 'no answer' }, 'Check the'],
    ['KMS returns garbage', { fault: sent(Buffer.from('garbage')) }, "doesn't match the public key"],
    ['another key signed', { fault: sent(sign('sha256', Buffer.of(1), OTHER)) }, "doesn't match the public key"],
  ],
)('if %s, the function publishes unsigned, warns, and counts it', async ([, { bundle, environment, fault }, says]) => {
  const world = await installSigning({
    ...(bundle && { bundle: await bundleWithoutKms() }),
    ...(environment && { environment }),
  });
  world.kms.fault((_, operation) => (operation === 'Sign' ? fault : undefined));
  expect(resultOf(await world.invoke({})).status).toBe('published');
  const warnings = await warningsOf(world);
  expect(warnings).toEqual([expect.stringContaining(says)]);
  expect(warnings[0]).toContain('published without a signature');
  expect(await signaturesIn(world)).toEqual([]);
  expect(metricsOf(await world.log())).toMatchObject([{ SnapshotPublished: 1, CommitUnsigned: 1 }]);
});

describe('a check by a function that signs', () => {
  const signingOf = ({ result }: Awaited<ReturnType<Installation['invoke']>>) =>
    CHECKS.parse(result).checks.filter(({ name }) => name === 'signing');

  test('signs a text that is no commit, and leaves nothing behind', async () => {
    const world = await installSigning();
    const fingerprint = sha256(world.kms.key.publicKey.export({ type: 'spki', format: 'der' }));
    expect(signingOf(await world.invoke({ check: true }))).toEqual([
      { name: 'signing', ok: true, code: null, message: `commits can be signed, by key ${fingerprint}` },
    ]);
    expect(world.kms.calls.map(({ operation }) => operation)).toEqual(['GetPublicKey', 'Sign']);
    expect([await world.store.list('keys/'), await world.store.list('commits/')]).toEqual([[], []]);
    expect(metricsOf(await world.log())).toMatchObject([{ CheckFailed: 0 }]);
  });

  test.for<[string, KmsFault, string]>([
    ['the role may not sign', { error: 'AccessDeniedException' }, 'Allow kms:Sign on it'],
    ['the key is disabled', { error: 'DisabledException' }, 'Enable it'],
    ['another key signed', sent(sign('sha256', Buffer.of(1), OTHER)), "doesn't match the public key"],
  ])('fails if %s, and counts it', async ([, fault, says]) => {
    const world = await installSigning();
    world.kms.fault((_, operation) => (operation === 'Sign' ? fault : undefined));
    const message = expect.stringMatching(`^commits can't be signed: .*${says}`);
    expect(signingOf(await world.invoke({ check: true }))).toEqual([{ name: 'signing', ok: false, code: 7, message }]);
    expect(metricsOf(await world.log())).toMatchObject([{ CheckFailed: 1 }]);
  });

  test('of a function that does not sign never loads the client for KMS', async () => {
    const world = await install({ bundle: await bundleWithoutKms() });
    expect(signingOf(await world.invoke({ check: true }))).toEqual([]);
    expect(metricsOf(await world.log())).toMatchObject([{ CheckFailed: 0 }]);
  });
});

describe('a verification by a function that signs', () => {
  test('finds no damage between the deployment and the first signed run, nor after it', async () => {
    const world = await installSigning();
    await publishYesterday(world.store);
    const before = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect(before).toMatchObject({ status: 'sound', signatures: { checked_with: 'given keys', unsigned: 1 } });
    resultOf(await world.invoke({}));
    const after = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect(after).toMatchObject({ status: 'sound', findings: [], signatures: { valid: 1, unsigned: 1 } });
    expect(metricsOf(await world.log())).toMatchObject([
      { StoreDamaged: 0 },
      { SnapshotPublished: 1, CommitUnsigned: 0 }, // yesterday's doesn't count: nothing was signed then
      { StoreDamaged: 0, CommitUnsigned: 0 },
    ]);
  });

  test('counts recent commits without a signature, so that the alarm fires', async () => {
    const world = await installSigning();
    resultOf(await world.invoke({}));
    world.kms.fault((_, operation) => (operation === 'Sign' ? { error: 'DisabledException' } : undefined));
    resultOf(await world.invoke({}));
    const document = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect(document).toMatchObject({ status: 'sound', signing_key: 'known', signatures: { unsigned_recently: 1 } });
    expect(metricsOf(await world.log()).at(-1)).toMatchObject({ StoreDamaged: 0, CommitUnsigned: 1 });
  });

  test('does not count the store as sound if KMS refuses its public key', async () => {
    const world = await installSigning();
    await publishYesterday(world.store);
    world.kms.fault(() => ({ error: 'AccessDeniedException' }));
    const document = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect(document).toMatchObject({ status: 'unfinished', complete: true, signing_key: 'unavailable' });
    const metrics = metricsOf(await world.log()).at(-1);
    expect(metrics).toMatchObject({ DaysVerified: 1, VerificationUnfinished: 0 });
    expect(Object.keys(metrics ?? {})).not.toContain('StoreDamaged');
  });

  test('accepts the signatures of a key in earlierKeys', async () => {
    const earlier = newSigner();
    const world = await installSigning({ environment: { SNAPSHOT_EARLIER_KEYS: earlier.fingerprint } });
    await publishYesterday(world.store, USERS, earlier);
    resultOf(await world.invoke({}));
    const { status, signatures, findings } = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect([status, findings]).toEqual(['sound', []]);
    expect(signatures).toEqual({ checked_with: 'given keys', valid: 2, invalid: 0, unsigned: 0, unsigned_recently: 0 });
  });

  test('counts a recent commit from signedFrom on that came before the first signature', async () => {
    const world = await installSigning({ environment: { SNAPSHOT_SIGNED_FROM: '1' } });
    await publishYesterday(world.store);
    resultOf(await world.invoke({}));
    const { status, signatures } = VERIFICATION.parse((await world.invoke({ verify: true })).result);
    expect([status, signatures.unsigned_recently]).toEqual(['sound', 1]);
    expect(metricsOf(await world.log()).at(-1)).toMatchObject({ StoreDamaged: 0, CommitUnsigned: 1 });
  });

  test('names earlierKeys if they are malformed, which stops no run', async () => {
    const world = await installSigning({ environment: { SNAPSHOT_EARLIER_KEYS: MARK } });
    expect(resultOf(await world.invoke({})).status).toBe('published');
    const { error } = await world.invoke({ verify: true });
    expect([error?.errorType, error?.errorMessage]).toEqual([
      'SettingsError',
      expect.stringContaining('SNAPSHOT_EARLIER_KEYS: '),
    ]);
    expect(await signaturesIn(world)).toHaveLength(1);
  });
});
