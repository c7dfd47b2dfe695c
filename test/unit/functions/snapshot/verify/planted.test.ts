import { execFileSync } from 'node:child_process';
import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commitNumberOf, FOLDERS, KEYS, LAST_COMMIT, signatureOf } from '../../../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../../../functions/snapshot/errors.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { copyOf, keysOf, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { newKey, signatureKey, signCommits, storeKey } from '../../../../support/signed-store.ts';
import { watched } from '../../../../support/store-doubles.ts';

/** What someone who can write to a store may have planted in it, and what `verify` makes of it. */

const stores = useFourCommits();
const key = newKey();
const given = { keys: [key.fingerprint] };
const OTHER = KEYS.publicKey('0'.repeat(64));

async function signedStore(): Promise<string> {
  const folder = await copyOf(stores().four);
  await signCommits(folder, key);
  return folder;
}

/** 3 GB, which take no space on the disk. */
async function plantHuge(folder: string, name: string): Promise<void> {
  await write(folder, name, '');
  await truncate(join(folder, name), 3e9);
}

const linesOf = ({ findings }: Verification): string[] =>
  findings.map(({ level, key: about, message }) => `${level}: ${about} ${message}`);

describe('an object of 3 GB', () => {
  test.each([
    ['a public key', OTHER],
    ['a run document', 'runs/20200226T120000Z-0123abcd.json'],
    ['a commit', KEYS.commit(5)],
  ])('in place of %s is damage, and is not read', async (_, name) => {
    const folder = await signedStore();
    await plantHuge(folder, name);
    expect(keysOf(await verified(folder))).toEqual([name]);
  });

  test('in place of a signature is damage, and as a leftover it is none', async () => {
    const folder = await signedStore();
    await plantHuge(folder, KEYS.signature(2, '0123abcd'));
    expect(await verified(folder, given)).toMatchObject({ status: 'sound', findings: [] });
    await plantHuge(folder, await signatureKey(folder, 2));
    expect(keysOf(await verified(folder, given))).toEqual([await signatureKey(folder, 2)]);
  });
});

describe('an object that is not a file', () => {
  test('in keys/ is one finding, and does not end the verification', async () => {
    const folder = await signedStore();
    execFileSync('mkfifo', [join(folder, OTHER)]);
    const [line, ...others] = linesOf(await verified(folder, given));
    expect(line).toContain(`damaged: ${OTHER} can't be read: `);
    expect(line).toContain('is not a regular file');
    expect(others).toEqual([]);
  });

  test('that is a link in keys/ is damage of that folder, and given keys are still read', async () => {
    const folder = await signedStore();
    await symlink(join(folder, OTHER), join(folder, OTHER));
    const verification = await verified(folder, given);
    expect(linesOf(verification)).toEqual([expect.stringMatching(`^damaged: keys/ can't be read: .* a symbolic link`)]);
    expect(verification.signatures.valid).toEqual([{ first: 1, last: 4 }]);
  });

  test('is not read if it is a leftover signature, and is damage as a signature', async () => {
    const folder = await copyOf(stores().four);
    execFileSync('mkfifo', [join(folder, KEYS.signature(2, '0123abcd'))]);
    expect((await verified(folder)).status).toBe('sound');
    const own = await signatureKey(folder, 4);
    execFileSync('mkfifo', [join(folder, own)]);
    expect(linesOf(await verified(folder))).toEqual([expect.stringMatching(`^damaged: ${own} can't be read: `)]);
  });

  test('is not confused with a store that fails', async () => {
    const failing = watched(new FolderStore(await signedStore()), async (call, perform, about) => {
      if (call === 'read' && about.startsWith(FOLDERS.keys)) throw new StoreError('AccessDenied');
      return perform();
    });
    await expect(verify(failing, { today: dtOf(26), ...given })).rejects.toThrow('AccessDenied');
  });
});

describe('more keys than anyone needs', () => {
  test('are read only as far as they may help, and those that are wrong are counted', async () => {
    const folder = await signedStore();
    const names = Array.from({ length: 60 }, (_, n) => `keys/${String(n).padStart(64, '0')}.pem`);
    for (const name of names) await write(folder, name, 'x');
    const { findings, signatures } = await verified(folder, given);
    expect(findings.map(({ level, key: about }) => `${level} ${about}`)).toEqual([
      ...names.slice(0, 10).map((name) => `damaged ${name}`),
      'damaged keys/',
      'note keys/',
    ]);
    expect(findings.at(-1)?.message).toBe('holds 60 other keys, of which the first 50 were read');
    expect([signatures.valid, signatures.unused_keys]).toEqual([[{ first: 1, last: 4 }], 0]);
  });

  test('do not hide that a given key signed nothing', async () => {
    const folder = await copyOf(stores().four);
    await storeKey(folder, key);
    for (let n = 0; n < 55; n++) await storeKey(folder, newKey());
    expect(keysOf(await verified(folder, given))).toEqual([KEYS.publicKey(key.fingerprint)]);
  });
});

test('a signature of a commit that no lost attempt can have signed is damage with a given key, and else a note', async () => {
  const folder = await signedStore();
  await write(folder, KEYS.signature(5, '0123abcd'), 'x');
  expect((await verified(folder, given)).findings).toEqual([]);
  const beyond = KEYS.signature(6, '0123abcd');
  await write(folder, beyond, 'x');
  await write(folder, KEYS.signature(7, '0123abcd'), 'x');
  const says = `${beyond} signs a commit later than the one after the newest, and 1 more do: commits may have been removed`;
  expect(linesOf(await verified(folder))).toEqual([`note: ${says}`]);
  expect(linesOf(await verified(folder, given))).toEqual([`damaged: ${says}`]);
});

test('a signature that was planted before its commit is excused by --unsigned, and noted', async () => {
  const folder = await copyOf(stores().four);
  await signCommits(folder, key, [1, 2, 4]);
  const planted = await signatureKey(folder, 3);
  for (const bytes of [Buffer.from('x'), newKey().sign(Buffer.from('y'))]) {
    await write(folder, planted, bytes);
    expect(keysOf(await verified(folder, { ...given, signedFrom: 1 }))).toEqual([planted]);
    for (const options of [{ signedFrom: 1 }, { signedFrom: 4 }, {}]) {
      const verification = await verified(folder, { ...given, ...options, unsigned: [3] });
      expect([verification.status, linesOf(verification)]).toEqual([
        'sound',
        [`note: ${planted} is not valid, which --unsigned excuses`],
      ]);
      expect(verification.signatures.invalid).toEqual([{ first: 3, last: 3 }]);
    }
  }
});

describe('a name in commits/', () => {
  test('is a commit or a signature only if a run would write it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LAST_COMMIT }), fc.stringMatching(/^0{0,3}$/), (number, zeros) => {
        const digits = String(number).padStart(8, '0');
        expect(commitNumberOf(`commits/${digits}.json`)).toBe(number);
        expect(signatureOf(`commits/${digits}.0123abcd.sig`)).toEqual({ number, execution: '0123abcd' });
        if (zeros === '') return;
        expect(commitNumberOf(`commits/${zeros}${digits}.json`)).toBeUndefined();
        expect(signatureOf(`commits/${zeros}${digits}.0123abcd.sig`)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: BigInt(LAST_COMMIT) + 1n, max: 10n ** 25n }), (number) => {
        expect(commitNumberOf(`commits/${number}.json`)).toBeUndefined();
        expect(signatureOf(`commits/${number}.0123abcd.sig`)).toBeUndefined();
      }),
    );
    expect(commitNumberOf('commits/00000000.json')).toBeUndefined();
  });

  test.each(['commits/9007199254740991.json', `commits/${'9'.repeat(23)}.json`])(
    'with a number that no commit has, %s, is damage, and runs publish after the real newest commit',
    async (name) => {
      const { three, runOn } = stores();
      const folder = await copyOf(three);
      await write(folder, name, 'x');
      expect((await runOn(folder, 26)).document).toMatchObject({ status: 'published', commit: 4 });
      expect(linesOf(await verified(folder))).toEqual([`damaged: ${name} is not a commit`]);
    },
  );

  test('with the highest number fails runs with exit code 7, and the message names it', async () => {
    const { three, runOn } = stores();
    const folder = await copyOf(three);
    await write(folder, KEYS.commit(LAST_COMMIT - 1), 'x');
    expect((await runOn(folder, 26)).document).toMatchObject({ status: 'published', commit: LAST_COMMIT });
    const failure = await runOn(folder, 26).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 7, message: expect.stringContaining('commits/999999999999.json') });
  });
});
