import { describe, expect, test } from 'vitest';
import { COMMITS_FOLDER, KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { type Verification, verify } from '../../../../../functions/snapshot/verify/verify.ts';
import { dtOf } from '../../../../support/clock.ts';
import { dieAfterCommit } from '../../../../support/commit-runs.ts';
import { copyOf, keysOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { commitBytes, newKey, signatureKey, signCommits, storeKey } from '../../../../support/signed-store.ts';
import { newFolder } from '../../../../support/take.ts';

/** Which signatures `verify` accepts, and which commits may lack one. */

const stores = useFourCommits();
const key = newKey();
const given = { keys: [key.fingerprint] };

async function signedStore(only?: readonly number[]): Promise<string> {
  const folder = await copyOf(stores().four);
  await signCommits(folder, key, only);
  return folder;
}

const linesOf = ({ findings }: Pick<Verification, 'findings'>): string[] =>
  findings.map(({ level, key: about, message }) => `${level}: ${about} ${message}`);

describe('a signed store', () => {
  test('is sound with its key given, and each commit counts as signed by it', async () => {
    const folder = await signedStore();
    for (const keys of [[key.fingerprint], [key.fingerprint.toUpperCase()], [key.fingerprint, key.fingerprint]])
      expect(await verified(folder, { keys, signedFrom: 1 })).toMatchObject({
        status: 'sound',
        findings: [],
        signatures: {
          checked_with: 'given keys',
          keys: [{ fingerprint: key.fingerprint, commits: 4 }],
          unused_keys: 0,
          valid: [{ first: 1, last: 4 }],
          invalid: [],
          unsigned: [],
        },
      });
  });

  test('is sound without a given key, checked with the keys of the store', async () => {
    const folder = await signedStore([2, 3]);
    const other = newKey();
    await signCommits(folder, other, [4]);
    const { status, findings, signatures } = await verified(folder);
    expect([status, findings]).toEqual(['sound', []]);
    expect(signatures).toEqual({
      checked_with: 'keys of the store',
      keys: [key, other]
        .map(({ fingerprint }) => ({ fingerprint, commits: fingerprint === key.fingerprint ? 2 : 1 }))
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
      unused_keys: 0,
      valid: [{ first: 2, last: 4 }],
      invalid: [],
      unsigned: [{ first: 1, last: 1 }],
    });
  });

  test('has every signature checked even if only one day is verified', async () => {
    const folder = await signedStore();
    await write(folder, await signatureKey(folder, 1), 'x');
    const { status, days, findings } = await verified(folder, { dt: dtOf(26) });
    expect([status, days.length]).toEqual(['damaged', 1]);
    expect(findings.map((finding) => finding.key)).toEqual([await signatureKey(folder, 1)]);
  });

  test('is interrupted, not damaged, between a signed commit and its first object in place', async () => {
    const folder = await copyOf(stores().four);
    await dieAfterCommit(folder, 27, stores().server.url);
    await signCommits(folder, key);
    const { status, signatures } = await verified(folder, { ...given, signedFrom: 1, today: dtOf(27) });
    expect([status, signatures.valid]).toEqual(['interrupted', [{ first: 1, last: 5 }]]);
  });

  test('whose newest signature is missing from a listing is sound, because that signature is read by its name', async () => {
    const folder = await signedStore();
    const newest = await signatureKey(folder, 4);
    class Late extends FolderStore {
      override async list(place: string): Promise<string[]> {
        const keys = await super.list(place);
        return place === COMMITS_FOLDER ? keys.filter((one) => one !== newest) : keys;
      }
    }
    expect(await verify(new Late(folder), { today: dtOf(26), ...given, signedFrom: 1 })).toMatchObject({
      status: 'sound',
      findings: [],
    });
  });
});

describe('signatures that no commit needs', () => {
  test('are not damage: those of lost attempts, of a run between its signature and its commit, and hidden names', async () => {
    const folder = await signedStore();
    for (const name of [KEYS.signature(2, '0123abcd'), KEYS.signature(5, '0123abcd'), 'commits/.x.sig'])
      await write(folder, name, 'x');
    expect(await verified(folder, { ...given, signedFrom: 1 })).toMatchObject({ status: 'sound', findings: [] });
  });

  test.each([
    'commits/00000002.0123ABCD.sig',
    'commits/00000002.0123abc.sig',
    'commits/2.0123abcd.sig',
    'commits/00000002.sig',
    'commits/00000002.0123abcd.sig.bak',
    'commits/deep/00000002.0123abcd.sig',
  ])('are damage if their name is malformed: %s', async (name) => {
    const folder = await signedStore();
    await write(folder, name, 'x');
    expect(linesOf(await verified(folder, given))).toEqual([`damaged: ${name} is not a commit`]);
  });
});

describe('a key', () => {
  test('that was given but is missing is one finding, and so are the signatures that it made', async () => {
    const folder = await signedStore([2, 3, 4]);
    await remove(folder, KEYS.publicKey(key.fingerprint));
    expect(linesOf(await verified(folder, { ...given, signedFrom: 2 }))).toEqual([
      `damaged: ${KEYS.publicKey(key.fingerprint)} is missing, though this key was given: its signatures can't be checked`,
      `damaged: ${await signatureKey(folder, 2)} matches its commit under no key in keys/, the first of 3 in a row: one of the two was edited, or the key is missing`,
    ]);
  });

  test('that was given is damage if no commit is signed, unless --signed-from says which must be', async () => {
    const folder = await copyOf(stores().four);
    await storeKey(folder, key);
    expect(linesOf(await verified(folder, given))).toEqual([
      `damaged: ${KEYS.publicKey(key.fingerprint)} was given, but no commit is signed`,
    ]);
    expect(await verified(folder, { ...given, signedFrom: 4, unsigned: [4] })).toMatchObject({ status: 'sound' });
    await signCommits(folder, key, [1]);
    expect(linesOf(await verified(folder, { ...given, unsigned: [1, 2, 3, 4] }))).toEqual([]);
    await write(folder, await signatureKey(folder, 1), 'x');
    expect(linesOf(await verified(folder, { ...given, unsigned: [1, 2, 3, 4] }))).toEqual([
      `note: ${await signatureKey(folder, 1)} is not valid, which --unsigned excuses`,
      `damaged: ${KEYS.publicKey(key.fingerprint)} was given, but no commit is signed`,
    ]);
    expect((await verified(await newFolder(), given)).status).toBe('damaged');
  });

  test('that was not given makes its signatures damaged, and is named', async () => {
    const folder = await signedStore([1, 2]);
    const other = newKey();
    await signCommits(folder, other, [3, 4]);
    const verification = await verified(folder, given);
    expect(linesOf(verification)).toEqual([
      `damaged: ${await signatureKey(folder, 3)} was made with the key ${other.fingerprint}, which was not given, the first of 2 in a row`,
    ]);
    expect(verification.signatures).toMatchObject({
      keys: [{ fingerprint: key.fingerprint, commits: 2 }],
      valid: [{ first: 1, last: 2 }],
      invalid: [{ first: 3, last: 4 }],
    });
    expect(await verified(folder, { keys: [other.fingerprint, key.fingerprint] })).toMatchObject({ status: 'sound' });
  });
});

describe('a given key that may not have signed yet', () => {
  const unused = newKey();
  const options = { keys: [unused.fingerprint, key.fingerprint], unusedKey: unused.fingerprint };
  const own = KEYS.publicKey(unused.fingerprint);
  const absent = `note: ${own} is not stored: this key has signed nothing yet, or it was deleted with its signatures`;
  const unsigning = `note: ${own} has signed nothing yet, or its signatures were deleted`;

  test('may be missing, beside an older key and alone', async () => {
    const { status, findings } = await verified(await signedStore(), options);
    expect([status, linesOf({ findings })]).toEqual(['sound', [absent]]);
    const alone = await verified(await copyOf(stores().four), { ...options, keys: [unused.fingerprint] });
    expect([alone.status, linesOf(alone)]).toEqual(['sound', [absent]]);
    expect(alone.signatures.checked_with).toBe('given keys');
  });

  test('is like any other once it has signed, and only a note if it is stored but has not', async () => {
    const folder = await signedStore([1, 2]);
    await signCommits(folder, unused, [3, 4]);
    expect(await verified(folder, options)).toMatchObject({ status: 'sound', findings: [] });
    const useless = await copyOf(stores().four);
    await storeKey(useless, unused);
    const { status, findings } = await verified(useless, { ...options, keys: [unused.fingerprint] });
    expect([status, linesOf({ findings })]).toEqual(['sound', [unsigning]]);
    expect(linesOf(await verified(useless, { keys: [unused.fingerprint] }))).toEqual([
      `damaged: ${own} was given, but no commit is signed`,
    ]);
  });

  test('excuses neither a missing older key nor signatures of that key', async () => {
    const folder = await copyOf(stores().four);
    expect(linesOf(await verified(folder, options))).toEqual([
      `damaged: ${KEYS.publicKey(key.fingerprint)} is missing, though this key was given: its signatures can't be checked`,
      absent,
    ]);
    await signCommits(folder, unused);
    await remove(folder, own);
    const { status, signatures } = await verified(folder, { ...options, keys: [unused.fingerprint] });
    expect([status, signatures.invalid]).toEqual(['damaged', [{ first: 1, last: 4 }]]);
  });
});

describe('a commit without a signature', () => {
  test('is a note after the first signed commit, in ranges, and nothing before it', async () => {
    const folder = await signedStore([2]);
    const verification = await verified(folder, given);
    expect(verification.status).toBe('sound');
    expect(linesOf(verification)).toEqual(['note: commits/00000003.json is not signed, the first of 2 in a row']);
    expect(verification.signatures.unsigned).toEqual([
      { first: 1, last: 1 },
      { first: 3, last: 4 },
    ]);
  });

  test('is damage from --signed-from on, unless --unsigned names it', async () => {
    const folder = await signedStore([2]);
    const found = async (signedFrom: number, ...unsigned: number[]) =>
      linesOf(await verified(folder, { ...given, signedFrom, unsigned }));
    expect(await found(1)).toEqual([
      'damaged: commits/00000001.json is not signed',
      'damaged: commits/00000003.json is not signed, the first of 2 in a row',
    ]);
    expect(await found(2)).toEqual(['damaged: commits/00000003.json is not signed, the first of 2 in a row']);
    expect(await found(2, 3)).toEqual(['damaged: commits/00000004.json is not signed']);
    expect(await found(2, 4, 3)).toEqual([]);
  });

  test('is damage if --signed-from is later than the newest commit, because that commit is missing', async () => {
    const folder = await signedStore();
    for (const [place, line] of [
      [folder, 'damaged: commits/00000005.json is missing, though it must be signed: the store was truncated'],
      [
        await newFolder(),
        'damaged: commits/00000005.json is missing, though it must be signed: the store was truncated',
      ],
    ] as const)
      expect(linesOf(await verified(place, { signedFrom: 5 }))).toEqual([line]);
    expect((await verified(folder, { signedFrom: 4 })).status).toBe('sound');
  });

  test('is reported once, as damaged, if it is not a commit at all', async () => {
    const folder = await signedStore();
    await write(folder, KEYS.commit(4), 'x');
    await remove(folder, KEYS.run(JSON.parse(String(await commitBytes(stores().four, 4))).run_id));
    const verification = await verified(folder, { ...given, signedFrom: 1 });
    expect(keysOf(verification).filter((about) => about.startsWith(COMMITS_FOLDER))).toEqual([KEYS.commit(4)]);
    expect(verification.signatures).toMatchObject({ valid: [{ first: 1, last: 3 }], invalid: [], unsigned: [] });
  });
});
