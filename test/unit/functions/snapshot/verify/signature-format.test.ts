import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMIT, type CommitEntry } from '../../../../../functions/snapshot/commits/commit.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { ListedCommits } from '../../../../../functions/snapshot/verify/chain.ts';
import { SignatureCheck } from '../../../../../functions/snapshot/verify/signatures.ts';
import { bogusCommit } from '../../../../support/rehash.ts';
import { compressed, newKey, type SigningKey, storeKey } from '../../../../support/signed-store.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';

/** Which bytes are a signature, and which are a public key. */

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const NOTHING_LISTED: ListedCommits = { numbers: [], signatures: new Set(), others: [] };
const COMMIT_BYTES = Buffer.from('the bytes of a commit');
const ENTRY: CommitEntry = {
  number: 1,
  sha256: sha256(COMMIT_BYTES),
  commit: COMMIT.parse(bogusCommit(1, '2020-02-24')),
};

async function folderWith(key: SigningKey): Promise<string> {
  const folder = await newFolder();
  await storeKey(folder, key);
  return folder;
}

async function isAccepted(folder: string, signature: Uint8Array): Promise<boolean> {
  const check = await SignatureCheck.begin(new FolderStore(folder), {}, NOTHING_LISTED);
  check.visit(ENTRY, COMMIT_BYTES, { bytes: Buffer.from(signature) });
  return check.result().signatures.valid.length === 1;
}

const integer = (value: bigint, padding = 0): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const positive = (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  return Buffer.concat([Buffer.from([2, positive.length + padding]), Buffer.alloc(padding), positive]);
};
const sequence = (...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]);
};
function numbersIn(signature: Buffer): [bigint, bigint] {
  const end = 4 + signature.readUInt8(3);
  const number = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
  return [number(signature.subarray(4, end)), number(signature.subarray(end + 2))];
}

describe('a signature', () => {
  test('is accepted in strict DER, whichever of its two possible values of s it has', async () => {
    const key = newKey();
    const folder = await folderWith(key);
    const signature = key.sign(COMMIT_BYTES);
    const [r, s] = numbersIn(signature);
    expect(sequence(integer(r), integer(s))).toEqual(signature);
    expect(await isAccepted(folder, signature)).toBe(true);
    expect(await isAccepted(folder, sequence(integer(r), integer(ORDER - s)))).toBe(true);
  });

  test('is rejected in any other form', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const fingerprint = sha256(publicKey.export({ type: 'spki', format: 'der' }));
    const signature = sign('sha256', COMMIT_BYTES, privateKey);
    const folder = await folderWith({ fingerprint, pem, sign: () => signature });
    const [r, s] = numbersIn(signature);
    const content = signature.subarray(2);
    const forms = {
      'a trailing byte': Buffer.concat([signature, Buffer.alloc(1)]),
      'a trailing line end': Buffer.concat([signature, Buffer.from('\n')]),
      'a trailing byte in the sequence': sequence(integer(r), integer(s), Buffer.alloc(1)),
      'a third number': sequence(integer(r), integer(s), integer(1n)),
      'a long form of the length': Buffer.concat([Buffer.from([0x30, 0x81, content.length]), content]),
      'an indefinite length': Buffer.concat([Buffer.from([0x30, 0x80]), content, Buffer.alloc(2)]),
      'a padded number': sequence(integer(r, 1), integer(s)),
      's beyond the order': sequence(integer(r), integer(s + ORDER)),
      'r and s as zero': sequence(integer(0n), integer(0n)),
      'r and s swapped': sequence(integer(s), integer(r)),
      'r and s without DER': sign('sha256', COMMIT_BYTES, { key: privateKey, dsaEncoding: 'ieee-p1363' }),
      'base64 of DER': Buffer.from(signature.toString('base64')),
      'another hash': sign('sha512', COMMIT_BYTES, privateKey),
      'half of it': signature.subarray(0, 35),
      'no bytes': Buffer.alloc(0),
    };
    expect(await isAccepted(folder, signature)).toBe(true);
    for (const [name, form] of Object.entries(forms)) expect(await isAccepted(folder, form), name).toBe(false);
  });

  test('is rejected with any bit flipped', async () => {
    const key = newKey();
    const folder = await folderWith(key);
    const signature = key.sign(COMMIT_BYTES);
    const check = await SignatureCheck.begin(new FolderStore(folder), {}, NOTHING_LISTED);
    for (let bit = 0; bit < signature.length * 8; bit++) {
      const edited = Buffer.from(signature);
      edited.writeUInt8(edited.readUInt8(bit >> 3) ^ (1 << (bit % 8)), bit >> 3);
      check.visit({ ...ENTRY, number: bit + 1 }, COMMIT_BYTES, { bytes: edited });
    }
    const { valid, invalid } = check.result().signatures;
    expect([valid, invalid]).toEqual([[], [{ first: 1, last: signature.length * 8 }]]);
  });
});

describe('a file in keys/', () => {
  const key = newKey();
  const good = KEYS.publicKey(key.fingerprint);
  const privatePem = (type: 'pkcs8' | 'sec1') =>
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type, format: 'pem' }).toString();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey;
  const named = (publicKey: KeyObject): [string, string] => [
    KEYS.publicKey(sha256(publicKey.export({ type: 'spki', format: 'der' }))),
    publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ];

  async function isBelieved(name: string, content: string | Uint8Array): Promise<boolean> {
    const store = new FolderStore(await newFolder());
    await store.replace(name, Buffer.from(content));
    const { signatures, findings } = (await SignatureCheck.begin(store, {}, NOTHING_LISTED)).result();
    if (signatures.unused_keys === 0)
      expect(findings).toEqual([
        { level: 'damaged', key: name, message: 'is not a P-256 public key whose fingerprint is its name' },
      ]);
    return signatures.unused_keys === 1;
  }

  test('is believed if it is the P-256 key of its name, exactly as it is written', async () => {
    expect(await isBelieved(good, key.pem)).toBe(true);
  });

  test.each<[string, string, string]>([
    ['another key', good, newKey().pem],
    ['the key under another name', KEYS.publicKey(newKey().fingerprint), key.pem],
    ['a name in upper case', KEYS.publicKey(key.fingerprint.toUpperCase()), key.pem],
    ['another extension', `keys/${key.fingerprint}.pub`, key.pem],
    ['another folder', `keys/old/${key.fingerprint}.pem`, key.pem],
    ['no bytes', good, ''],
    ['text', good, 'x'],
    ['no last line end', good, key.pem.trimEnd()],
    ['other line ends', good, key.pem.replaceAll('\n', '\r\n')],
    ['text after the key', good, `${key.pem}x`],
    ['text before the key', good, `x\n${key.pem}`],
    ['two keys', good, key.pem + newKey().pem],
    ['a private key', good, privatePem('pkcs8')],
    ['a private key of another form', good, privatePem('sec1')],
    ['a key of another curve', ...storedAs(newKey('P-384'))],
    ['a key of a curve with the same length', ...storedAs(newKey('secp256k1'))],
    ['an RSA key', ...named(rsa)],
    ['a key that spells out the parameters of P-256', ...named(explicit)],
    ['a key whose point is compressed', ...named(compressed(key.pem))],
  ])('is damage if it is %s', async (_, name, content) => {
    expect(await isBelieved(name, content)).toBe(false);
  });

  test('is damage with any bit flipped', async () => {
    const bits = fc.integer({ min: 0, max: key.pem.length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        const edited = Buffer.from(key.pem);
        edited.writeUInt8(edited.readUInt8(bit >> 3) ^ (1 << (bit % 8)), bit >> 3);
        expect(await isBelieved(good, edited)).toBe(false);
      }),
    );
  });

  test('may be hidden, and is then ignored', async () => {
    const folder = await folderWith(key);
    await new FolderStore(folder).replace('keys/.DS_Store', Buffer.from('x'));
    const { signatures, findings } = (await SignatureCheck.begin(new FolderStore(folder), {}, NOTHING_LISTED)).result();
    expect([signatures.unused_keys, findings]).toEqual([1, []]);
  });
});

function storedAs({ fingerprint, pem }: SigningKey): [string, string] {
  return [KEYS.publicKey(fingerprint), pem];
}
