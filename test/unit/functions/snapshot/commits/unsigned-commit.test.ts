import { generateKeyPairSync } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Signer, SigningError } from '../../../../../functions/snapshot/commits/signer.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import type { Deadline } from '../../../../../functions/snapshot/deadline.ts';
import type { PublicationReport } from '../../../../../functions/snapshot/publication-report.ts';
import type { Run } from '../../../../../functions/snapshot/run.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { Store } from '../../../../../functions/snapshot/store/store.ts';
import { finishedOn, runOn, serve, stagings } from '../../../../support/commit-runs.ts';
import { shown } from '../../../../support/fault-table.ts';
import { callLost, watched } from '../../../../support/store-doubles.ts';
import { newFolder } from '../../../../support/take.ts';
import { newSigner, signaturesIn } from '../../../../support/test-signer.ts';

/** Whatever goes wrong with a signature, the snapshot is published without one, and the operator learns why. */

const EXECUTION = '11111111';
const SIGNATURE = KEYS.signature(1, EXECUTION);
const OWN = newSigner();
const OWN_KEY = KEYS.publicKey(OWN.fingerprint);
const der = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) => key.export({ type: 'spki', format: 'der' });
const RSA = der(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey);
const never = <T>() => new Promise<T>(() => undefined);
/** This deadline stands still. A tenth of it is the time for signing. */
const SHORT: Deadline = { signal: new AbortController().signal, remaining: () => 5000 };

/** Publishes with a signer that fails, or into a store that does. @returns why the snapshot is unsigned */
async function unsigned(signer: Signer, storeOf = (store: Store): Store => store, run: Partial<Run> = {}) {
  const { url } = await serve();
  const folder = await newFolder();
  const store = new FolderStore(folder);
  const warnings: string[] = [];
  const reports: PublicationReport[] = [];
  const onPublished = (report: PublicationReport) => reports.push(report);
  const taken = await runOn(storeOf(store), 24, url, {
    run: { signer, onPublished, newExecution: () => EXECUTION, ...run },
    warnings,
  });
  expect(taken).toMatchObject({ signedBy: null, document: { status: 'published', commit: 1, message: null } });
  expect(await finishedOn(store, 24)).toBe(1);
  expect(reports.map(({ isCounted, isUnsigned }) => [isCounted, isUnsigned])).toEqual([[true, true]]);
  expect(await stagings(folder)).toEqual([]);
  expect(warnings).toHaveLength(1);
  const [, reason] = /^the snapshot is published without a signature: (.*)$/.exec(warnings[0] ?? '') ?? [];
  return { reason, store };
}

const failing = (thrown: () => unknown) => async () => {
  throw thrown();
};
const DENIED = () => new SigningError('kms:Sign was denied. Allow it');
const SIGNERS: readonly (readonly [what: string, signer: Signer, reason: RegExp])[] = [
  ['denies its public key', { ...OWN, publicKey: failing(DENIED) }, /^kms:Sign was denied\. Allow it$/],
  ['refuses to sign', { ...OWN, sign: failing(DENIED) }, /^kms:Sign was denied\. Allow it$/],
  ['has a bug', { ...OWN, sign: failing(() => new TypeError('secret')) }, /used to sign \(TypeError\)\. Check the key/],
  [
    'has a bug that throws at once',
    {
      ...OWN,
      publicKey: () => {
        throw new RangeError('secret');
      },
    },
    /used to read the public key \(RangeError\)/,
  ],
  ['throws a text', { ...OWN, sign: failing(() => 'secret') }, /used to sign \(string\)/],
  ['returns a signature of zeros', { ...OWN, sign: async () => Buffer.alloc(70) }, /doesn't match the public key/],
  ['returns an empty signature', { ...OWN, sign: async () => Buffer.alloc(0) }, /doesn't match the public key/],
  ['signs something else', { ...OWN, sign: () => OWN.sign(Buffer.from('x'), SHORT) }, /doesn't match the public key/],
  ['signs with another key', { ...OWN, sign: newSigner().sign }, /doesn't match the public key/],
  ['has a key on P-384', newSigner('P-384'), /not on the curve P-256/],
  ['has an RSA key', { ...OWN, publicKey: async () => RSA }, /not on the curve P-256/],
  ['returns a public key of zeros', { ...OWN, publicKey: async () => Buffer.alloc(91) }, /not on the curve P-256/],
  ['hangs at its public key', { ...OWN, publicKey: never }, /^signing took too long/],
  ['hangs while it signs', { ...OWN, sign: never }, /^signing took too long/],
  [
    'notices that its time is up',
    { ...OWN, sign: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)) },
    /^(signing took too long|the signing key could not be used to sign)/,
  ],
];

describe('a snapshot is published unsigned, with a warning, if the signer', () => {
  test.each(SIGNERS)('%s', async (what, signer, expected) => {
    const { reason, store } = await unsigned(signer, undefined, { deadline: SHORT });
    expect(reason).toMatch(expected);
    expect(reason).not.toContain('secret');
    expect([await signaturesIn(store), await store.list('keys/')]).toEqual([[], []]);
    shown('F29a', `the signer ${what}`, 'published unsigned, with a warning, and CommitUnsigned is 1');
  });
});

test.each([
  [1_000, 100],
  [60_000, 6_000],
  [100_000, 10_000],
  [900_000, 10_000],
])('of %i ms that are left, signing may take %i ms: a tenth, but never more than ten seconds', async (left, most) => {
  const given: number[] = [];
  const signer: Signer = {
    publicKey: (deadline) => {
      given.push(deadline.remaining());
      return OWN.publicKey(deadline);
    },
    sign: (bytes, deadline) => {
      given.push(deadline.remaining());
      return OWN.sign(bytes, deadline);
    },
  };
  const { url } = await serve();
  const deadline: Deadline = { signal: new AbortController().signal, remaining: () => left };
  await runOn(new FolderStore(await newFolder()), 24, url, { run: { signer, deadline } });
  expect(given.map(Math.round)).toEqual([most, most]);
});

describe('a snapshot is published unsigned, with a warning, if the store', () => {
  test.each([
    ['refuses the public key', 'create', OWN_KEY, /the call was lost/],
    ['cannot read the public key', 'read', OWN_KEY, /the call was lost/],
    ['refuses the signature', 'create', SIGNATURE, /the call was lost/],
  ])('%s', async (what, failingCall, failingKey, expected) => {
    const { reason, store } = await unsigned(OWN, (whole) =>
      watched(whole, (call, perform, key) => (call === failingCall && key === failingKey ? callLost() : perform())),
    );
    expect(reason).toMatch(expected);
    expect(await signaturesIn(store)).toEqual([]);
    shown('F29a', `the store ${what}`, 'published unsigned, with a warning, and CommitUnsigned is 1');
  });

  test.each([
    ['the public key', OWN_KEY],
    ['the signature', SIGNATURE],
  ])('does not respond to the call that creates %s', async (what, hanging) => {
    const { reason } = await unsigned(
      OWN,
      (whole) => watched(whole, (call, perform, key) => (call === 'create' && key === hanging ? never() : perform())),
      { deadline: SHORT },
    );
    expect(reason).toMatch(/^signing took too long\. Check/);
    shown('F29a', `the call that creates ${what} hangs`, 'published unsigned, with a warning, and CommitUnsigned is 1');
  });

  test('fails with a bug, whose own message is not shown', async () => {
    const { reason } = await unsigned(OWN, (whole) =>
      watched(whole, async (call, perform, key) => {
        if (call === 'read' && key === OWN_KEY) throw new RangeError('secret');
        return perform();
      }),
    );
    expect(reason).toBe('signing failed because of a bug in this program (RangeError). Report it');
  });

  test('holds 3 GB in place of the public key, which are not read', async () => {
    const { reason } = await unsigned(OWN, (whole) =>
      watched(whole, async (call, perform) => {
        if (call === 'close') {
          await whole.create(OWN_KEY, Buffer.of());
          await truncate(join(whole.location, OWN_KEY), 3e9);
        }
        return perform();
      }),
    );
    expect(reason).toContain(`${OWN_KEY} exists with other content`);
    shown(
      'F29a',
      'someone wrote 3 GB in place of the public key',
      'published unsigned, with a warning that names the object',
    );
  });

  test.each([
    ['other bytes in place of the public key', OWN_KEY],
    ['another signature for the attempt', SIGNATURE],
  ])('holds %s, which stay unchanged', async (what, key) => {
    const written = Buffer.from('written by someone else');
    const { reason, store } = await unsigned(OWN, (whole) =>
      watched(whole, async (call, perform) => {
        if (call === 'close') await whole.create(key, written); // while the account is staged
        return perform();
      }),
    );
    expect(reason).toContain(`${key} exists with other content. Find out who wrote it`);
    expect(await store.read(key)).toEqual(written);
    shown('F29a', `someone wrote ${what}`, 'published unsigned, with a warning that names the object');
  });
});
