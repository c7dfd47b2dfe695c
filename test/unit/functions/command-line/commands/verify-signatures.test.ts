import { describe, expect, test } from 'vitest';
import { copyOf, remove, useFourCommits } from '../../../../support/four-commits.ts';
import { newKey, signatureKey, signCommits, storeKey } from '../../../../support/signed-store.ts';
import { verify } from '../../../../support/verify-command.ts';

/** The options of the verify command about signatures, and what it prints about them. */

const stores = useFourCommits();
const key = newKey();
const other = newKey();

async function signedStore(only?: readonly number[]): Promise<string> {
  const folder = await copyOf(stores().four);
  await signCommits(folder, key, only);
  return folder;
}

describe('the options of verify about signatures', () => {
  test.each([
    ...['', '0', '-1', '+1', '1.5', '1e2', '0x10', ' 1', '1 ', 'one', '1'.repeat(13)].flatMap((number) => [
      ['--signed-from', number, 'Expected the number of a commit, such as 42.'],
      ['--unsigned', number, 'Expected the number of a commit, such as 42.'],
    ]),
    ...['', 'x', 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64)].map((hash) => [
      '--key',
      hash,
      'Expected a SHA-256 of 64 hex digits.',
    ]),
  ])('%s %j is rejected', async (option, value, expected) => {
    await expect(verify(stores().four, [`${option}=${value}`])).rejects.toThrow(expected);
  });

  test('can be repeated, in either case, and with the number as it is in the name of a commit', async () => {
    const folder = await signedStore([1, 2, 4]);
    await signCommits(folder, other, [4]);
    const keys = ['--key', key.fingerprint, '--key', other.fingerprint.toUpperCase()];
    for (const words of [
      ['--signed-from', '1', '--unsigned', '3'],
      ['--signed-from', '00000001', '--unsigned', '00000003', '--unsigned', '3'],
      ['--signed-from', '3', '--unsigned', '3'],
      ['--signed-from', '4'],
    ])
      expect(await verify(folder, [...keys, ...words])).toMatchObject({ code: 0, err: '' });
    for (const words of [
      ['--signed-from', '1'],
      ['--signed-from', '5'],
      ['--key', newKey().fingerprint],
    ])
      expect(await verify(folder, [...keys, ...words])).toMatchObject({ code: 9 });
  });

  test('warn of a commit that --unsigned names although it is signed, needs no signature or does not exist', async () => {
    const folder = await signedStore([2, 4]);
    const { code, err } = await verify(folder, [
      ...['--signed-from', '2'],
      ...['1', '2', '2', '3', '5'].flatMap((number) => ['--unsigned', number]),
    ]);
    expect(code).toBe(0);
    expect(err.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringContaining('--unsigned 1: this commit needs no signature'),
      expect.stringContaining('--unsigned 2: this commit is signed'),
      expect.stringContaining('--unsigned 5: there is no such commit'),
    ]);
    const alone = await verify(folder, ['--unsigned', '1', '--unsigned', '3']);
    expect(alone.err.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringContaining('--unsigned 1: this commit needs no signature'),
    ]);
    expect(alone.lines.filter((line) => line.startsWith('note:'))).toEqual([]);
  });
});

describe('the report of verify on a signed store', () => {
  const signatureLines = async (folder: string, ...words: string[]) => {
    const { code, lines } = await verify(folder, words);
    expect(lines.at(-1)).toMatch(/^(sound|damaged): 3 days from .*, newest commit 4, sha256 [0-9a-f]{64}$/);
    return [code, ...lines.slice(3, -1)];
  };

  test('says how many commits each given key signed, before the line to quote', async () => {
    const folder = await signedStore();
    expect(await signatureLines(folder, '--key', key.fingerprint)).toEqual([
      0,
      `signed: 4 of 4 commits, by key ${key.fingerprint}`,
    ]);
  });

  test("says that the store's own keys prove less", async () => {
    const folder = await signedStore([2, 4]);
    expect(await signatureLines(folder)).toEqual([
      0,
      'note: commits/00000003.json is not signed',
      `signed: 2 of 4 commits, by key ${key.fingerprint}`,
      "signed: checked with the store's own keys. Anyone who can write to the store can add one, so this proves less than --key",
    ]);
  });

  test('names the signature and the key that was not given', async () => {
    const folder = await signedStore([1, 2, 3]);
    await signCommits(folder, other, [4]);
    expect(await signatureLines(folder, '--key', key.fingerprint)).toEqual([
      9,
      `damaged: ${await signatureKey(folder, 4)} was made with the key ${other.fingerprint}, which was not given`,
      `signed: 3 of 4 commits, by key ${key.fingerprint}`,
    ]);
  });

  test('says nothing about signatures if there are none, unless they are required', async () => {
    expect(await signatureLines(stores().four)).toEqual([0]);
    expect(await signatureLines(stores().four, '--signed-from', '2')).toEqual([
      9,
      'damaged: commits/00000002.json is not signed, the first of 3 in a row',
    ]);
  });

  test('counts other keys that signed nothing, and does not list them', async () => {
    const folder = await signedStore();
    for (let n = 0; n < 3; n++) await storeKey(folder, newKey());
    const lines = [`signed: 4 of 4 commits, by key ${key.fingerprint}`, 'signed: nothing, by 3 other keys in keys/'];
    expect(await signatureLines(folder, '--key', key.fingerprint)).toEqual([0, ...lines]);
    expect((await signatureLines(folder)).slice(0, 3)).toEqual([0, ...lines]);
  });

  test('has the same content as JSON', async () => {
    const folder = await signedStore([1, 2, 4]);
    await remove(folder, await signatureKey(folder, 1));
    const { lines } = await verify(folder, ['--format', 'json', '--key', key.fingerprint]);
    expect(JSON.parse(lines.join('\n')).signatures).toEqual({
      checked_with: 'given keys',
      keys: [{ fingerprint: key.fingerprint, commits: 2 }],
      unused_keys: 0,
      valid: [
        { first: 2, last: 2 },
        { first: 4, last: 4 },
      ],
      invalid: [],
      unsigned: [
        { first: 1, last: 1 },
        { first: 3, last: 3 },
      ],
    });
  });
});
