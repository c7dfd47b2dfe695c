import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyExportOptions, type KeyObject } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readPemSigner } from '../../../../functions/command-line/pem-signer.ts';
import { commitNumbers } from '../../../../functions/snapshot/commits/commit-log.ts';
import { SettingsError } from '../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../functions/snapshot/store/store.ts';
import { answer, serveAnodot } from '../../../support/anodot/server.ts';
import { runCommand } from '../../../support/command.ts';
import { newDouble } from '../../../support/s3/bucket-calls.ts';
import { environmentOf, storeAt } from '../../../support/s3/place.ts';
import { snapshotSample } from '../../../support/sample-terminal.ts';
import { sha256 } from '../../../support/stored-commits.ts';
import { newFolder } from '../../../support/take.ts';
import { opensslOn } from '../../../support/test-signer.ts';

/** `--sign-key`: which files it takes, and that each commit is then signed. */

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const FINGERPRINT = sha256(P256.publicKey.export({ type: 'spki', format: 'der' }));
const PKCS8: KeyExportOptions<'pem'> = { type: 'pkcs8', format: 'pem' };
const pkcs8 = (key: KeyObject): string => String(key.export(PKCS8));
const openssl = (...words: readonly string[]): string =>
  execFileSync('openssl', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

let folder: string;
let n = 0;
beforeAll(async () => {
  folder = await newFolder();
  return () => rm(folder, { recursive: true });
});
async function fileOf(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `key-${++n}.pem`);
  await writeFile(path, content);
  return path;
}

const fingerprintIn = async (content: string): Promise<string> => {
  const signer = await readPemSigner(await fileOf(content));
  const deadline = { signal: new AbortController().signal, remaining: () => 1000 };
  return sha256(await signer.publicKey(deadline));
};

describe('--sign-key takes a private key on P-256', () => {
  test.each([
    ['in PKCS#8', pkcs8(P256.privateKey)],
    ['in SEC1', String(P256.privateKey.export({ type: 'sec1', format: 'pem' }))],
    ['with lines before and after it', `my key\n${pkcs8(P256.privateKey)}\n# the end\n`],
    ['with line ends of Windows', pkcs8(P256.privateKey).replaceAll('\n', '\r\n')],
  ])('%s', async (_, content) => {
    expect(await fingerprintIn(content)).toBe(FINGERPRINT);
  });

  test.each([
    ['with a block of EC parameters', []],
    ['with explicit parameters', ['-param_enc', 'explicit']],
    ['with a compressed point', ['-conv_form', 'compressed']],
  ])('%s, and gives it the fingerprint that OpenSSL computes', async (_, words) => {
    const pem = openssl('ecparam', '-name', 'prime256v1', '-genkey', ...words);
    const usual = ['-ec_param_enc', 'named_curve', '-ec_conv_form', 'uncompressed', '-outform', 'der'];
    const der = execFileSync('openssl', ['pkey', '-in', await fileOf(pem), '-pubout', ...usual]);
    expect(await fingerprintIn(pem)).toBe(sha256(der));
  });
});

const encrypted = (type: 'pkcs8' | 'sec1') =>
  String(P256.privateKey.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }));
/** A private key, stored with the public half of another. */
function mismatched(): string {
  const der = P256.privateKey.export({ type: 'pkcs8', format: 'der' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
  other.copy(der, der.byteLength - 65, other.byteLength - 65);
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
const FILES: readonly (readonly [what: string, content: string | Uint8Array, problem: string])[] = [
  ['P-384', pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), 'a key of type ec on secp384r1'],
  ['secp256k1', pkcs8(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey), 'type ec on secp256k1'],
  ['RSA', pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), 'holds a key of type rsa.'],
  ['Ed25519', pkcs8(generateKeyPairSync('ed25519').privateKey), 'holds a key of type ed25519.'],
  ['a public key', String(P256.publicKey.export({ type: 'spki', format: 'pem' })), 'holds a public key.'],
  ['an encrypted key', encrypted('pkcs8'), 'is encrypted.'],
  ['an encrypted key in SEC1', encrypted('sec1'), 'is encrypted.'],
  ['DER', P256.privateKey.export({ type: 'pkcs8', format: 'der' }), 'is in DER, not in PEM.'],
  ['a key that is cut off', pkcs8(P256.privateKey).slice(0, 120), 'holds no private key that can be read.'],
  ['a key and more than 64 KiB', pkcs8(P256.privateKey).padEnd(65_537), 'has more than 64 KiB.'],
  ['two halves of different keys', mismatched(), "a private key that doesn't match its public key."],
  ['nothing', '', 'holds no private key that can be read.'],
];

describe('--sign-key rejects a file without such a key, and quotes none of it:', () => {
  test.each(FILES)('%s', async (_, content, problem) => {
    const path = await fileOf(content);
    const rejected = readPemSigner(path);
    await expect(rejected).rejects.toThrow(SettingsError);
    const message = await rejected.then(String, String);
    expect(message).toContain(`--sign-key: ${path} `);
    expect(message).toContain(problem);
    const lines = String(content)
      .split('\n')
      .filter((line) => line.length > 8 && !line.startsWith('-----'));
    for (const line of lines) expect(message).not.toContain(line.slice(0, 8));
  });

  test.each([
    ['a folder', () => folder, /can't be read \(EISDIR\)/],
    ['a missing file', () => join(folder, 'missing'), /can't be read \(ENOENT\)/],
    ['an empty name', () => '', /--sign-key: the path is empty/],
  ])('%s', async (_, path, message) => {
    await expect(readPemSigner(path())).rejects.toThrow(SettingsError);
    await expect(readPemSigner(path())).rejects.toThrow(message);
  });
});

test.skipIf(process.platform === 'win32')(
  '--sign-key reads no more than a part of a device that never ends',
  async () => {
    await expect(readPemSigner('/dev/zero')).rejects.toThrow(/has more than 64 KiB\./);
  },
);

describe('snapshot --sign-key', () => {
  const USERS = [{ _id: 'a', roles: [] }];
  const accountOf = ({ url }: { readonly url: string }) => ({
    ANODOT_URL: url,
    ANODOT_ALLOW_OTHER_HOST: 'true',
    ANODOT_TOKEN: 'a.b.c',
  });
  const signed = async (store: Store, number: number) => opensslOn(store, number, FINGERPRINT);

  test('with a file that cannot sign ends with 2 before anything is requested or written', async () => {
    const cwd = await newFolder();
    const server = await serveAnodot({ users: answer(USERS) });
    onTestFinished(server.close);
    for (const environment of [undefined, accountOf(server)]) {
      const { code, out, err } = await runCommand(['--sign-key', 'missing.pem'], {
        cwd,
        ...(environment && { environment }),
      });
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^SettingsError: --sign-key: missing\.pem can't be read \(ENOENT\)/);
    }
    expect([server.requests, await readdir(cwd)]).toEqual([[], []]);
  });

  test('given twice ends with 2', async () => {
    const path = await fileOf(pkcs8(P256.privateKey));
    const { code, err } = await runCommand(['--sign-key', path, '--sign-key', path], { cwd: await newFolder() });
    expect([code, err]).toEqual([2, expect.stringContaining('It was given twice')]);
  });

  test('says what was published if it cannot be read back', async () => {
    const [cwd, place] = [await newFolder(), await newFolder()];
    const server = await serveAnodot({ users: answer(USERS) });
    onTestFinished(server.close);
    await mkdir(join(place, 'changes'));
    await symlink(cwd, join(place, 'changes', 'link'));
    const { code, err } = await runCommand(['--store', place], { cwd, environment: accountOf(server) });
    expect(code).toBe(7);
    expect(err).toMatch(/the snapshot of \S+ was published \(commit 1, sha256 [0-9a-f]{64}\), but can't be read back/);
    expect(err).toContain('is a symbolic link');
  });

  test('signs each day of the sample, and prints the fingerprint on a line of its own', async () => {
    const place = await newFolder();
    const signKey = await fileOf(pkcs8(P256.privateKey));
    const now = new Date('2026-11-26T09:00:00Z');
    const { code, out } = await snapshotSample({ store: place, now, signKey });
    expect(code).toBe(0);
    expect(out.split('\n')).toContain(`  signed with key ${FINGERPRINT}`);
    const store = new FolderStore(place);
    const numbers = await commitNumbers(store);
    expect(numbers).toHaveLength(29);
    for (const number of numbers) expect(await signed(store, number)).toBe('Verified OK');
  });

  test('signs into a bucket, and reports the fingerprint in JSON', async () => {
    const cwd = await newFolder();
    const double = await newDouble();
    const server = await serveAnodot({ users: answer(USERS) });
    onTestFinished(server.close);
    const environment = { ...environmentOf(double), ...accountOf(server) };
    const place = ['--store', `s3://${double.bucket}/p`, '--sign-key', await fileOf(pkcs8(P256.privateKey))];
    const { code, out } = await runCommand([...place, '--format', 'json'], { cwd, environment });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ commit: 1, signed_by: FINGERPRINT });
    expect(await signed(storeAt(double, 'p'), 1)).toBe('Verified OK');
    const text = await runCommand(place, { cwd, environment });
    expect(text.out.split('\n')).toContain(`  signed with key ${FINGERPRINT}`);
  });
});
