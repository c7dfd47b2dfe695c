import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { KEYS, signatureOf } from '../../functions/snapshot/contract.ts';
import { TAKE_SNAPSHOT } from '../support/lambda/function-process.ts';
import { type KmsDouble, type KmsFault, serveKms } from '../support/lambda/kms-double.ts';
import { type Installation, install, linesOf, metricsOf, resultOf } from './installation.ts';

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
