import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { runOn, serve } from '../../../../support/commit-runs.ts';
import { newDouble } from '../../../../support/s3/bucket-calls.ts';
import { storeAt } from '../../../../support/s3/place.ts';
import { type Around, DelayedStore, responseLost, watched } from '../../../../support/store-doubles.ts';
import { commitOf } from '../../../../support/stored-commits.ts';
import { newFolder } from '../../../../support/take.ts';
import { newSigner, opensslOn, signaturesIn } from '../../../../support/test-signer.ts';

/** What a run with a signer writes, and in which order. */

const STORES: readonly (readonly [place: string, newStore: () => Promise<Store>])[] = [
  ['a folder', async () => new FolderStore(await newFolder())],
  ['a bucket', async () => storeAt(await newDouble())],
];

/** The keys that a run creates, in order. */
function creating(store: Store): { readonly store: Store; readonly created: string[] } {
  const created: string[] = [];
  const around: Around = async (call, perform, key) => {
    const result = await perform();
    if (call === 'create' && !key.startsWith('runs/')) created.push(key);
    return result;
  };
  return { store: watched(store, around), created };
}

describe.each(STORES)('in %s, a run with a signer', (_, newStore) => {
  test('stores a signature that OpenSSL accepts, after the public key and before the commit', async () => {
    const { url } = await serve();
    const signer = newSigner();
    const { store, created } = creating(await newStore());
    const taken = await runOn(store, 24, url, { run: { signer } });
    const { execution } = await commitOf(store, 1);
    const key = KEYS.publicKey(signer.fingerprint);
    expect(created).toEqual([key, KEYS.signature(1, execution), KEYS.commit(1)]);
    expect(String(await store.read(key))).toBe(signer.pem);
    expect(taken.signedBy).toBe(signer.fingerprint);
    expect(await opensslOn(store, 1, signer.fingerprint)).toBe('Verified OK');
  });

  test('stores its public key once, and another key beside it', async () => {
    const { url } = await serve();
    const [first, second] = [newSigner(), newSigner()];
    const { store, created } = creating(await newStore());
    const signers = [first, first, second];
    for (const [day, signer] of signers.entries()) await runOn(store, day + 20, url, { run: { signer } });
    expect(created.filter((key) => key.startsWith('keys/'))).toEqual(
      [first, second].map(({ fingerprint }) => KEYS.publicKey(fingerprint)),
    );
    for (const [i, { fingerprint }] of signers.entries())
      expect(await opensslOn(store, i + 1, fingerprint)).toBe('Verified OK');
    expect(await opensslOn(store, 3, first.fingerprint)).toContain('Verification failure');
  });

  test('writes neither keys nor signatures if it has no signer', async () => {
    const { url } = await serve();
    const store = await newStore();
    expect((await runOn(store, 24, url)).signedBy).toBeNull();
    expect([await store.list('keys/'), await store.list('commits/')]).toEqual([[], [KEYS.commit(1)]]);
  });
});

type Creation = () => Promise<'created' | 'exists'>;

/** The store, with another way to create the objects whose keys match. */
const creatingBy = (store: Store, pattern: RegExp, way: (perform: Creation) => ReturnType<Creation>): Store => ({
  ...watched(store, (_call, perform) => perform()),
  create: (key, bytes) => {
    const perform = () => store.create(key, bytes);
    return pattern.test(key) ? way(perform) : perform();
  },
});

const performedTwice = async (perform: Creation) => {
  await perform();
  return perform();
};

describe('a run recognizes its own signature and key', () => {
  test.each([
    ['the signature', /\.sig$/, 'loses its response', responseLost],
    ['the signature', /\.sig$/, 'is performed twice', performedTwice],
    ['the public key', /\.pem$/, 'loses its response', responseLost],
    ['the public key', /\.pem$/, 'is performed twice', performedTwice],
  ])('if the call that creates %s (%s) %s', async (_what, pattern, _how, way) => {
    const { url } = await serve();
    const signer = newSigner();
    const warnings: string[] = [];
    const store = creatingBy(new FolderStore(await newFolder()), pattern, way);
    const { signedBy } = await runOn(store, 24, url, { run: { signer }, warnings });
    expect([signedBy, warnings]).toEqual([signer.fingerprint, []]);
    expect(await opensslOn(store, 1, signer.fingerprint)).toBe('Verified OK');
  });

  test('if another write to the key was in flight', async () => {
    const { url } = await serve();
    const signer = newSigner();
    let conflicts = 1;
    const store = creatingBy(new FolderStore(await newFolder()), /\.pem$/, async (perform) =>
      conflicts-- > 0 ? 'exists' : perform(),
    );
    expect((await runOn(store, 24, url, { run: { signer } })).signedBy).toBe(signer.fingerprint);
    expect(await opensslOn(store, 1, signer.fingerprint)).toBe('Verified OK');
  });
});

test('a signature that arrives after its run published unsigned is a valid one', async () => {
  const { url } = await serve();
  const signer = newSigner();
  const folder = new FolderStore(await newFolder());
  const delayed = new DelayedStore(folder, (call, key) => call === 'create' && key.endsWith('.sig'));
  expect((await runOn(delayed.store, 24, url, { run: { signer } })).signedBy).toBeNull();
  expect(await signaturesIn(folder)).toEqual([]);
  await delayed.arrive();
  expect(await opensslOn(folder, 1, signer.fingerprint)).toBe('Verified OK');
});
