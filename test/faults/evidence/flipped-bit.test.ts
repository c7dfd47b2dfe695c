import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { documentBytes, parseDocument } from '../../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../functions/snapshot/store/folder/folder-store.ts';
import type { Verification } from '../../../functions/snapshot/verify/verify.ts';
import { shown } from '../../support/fault-table.ts';
import { HeldStore } from '../../support/held-folder.ts';
import { newKey, signCommits } from '../../support/signed-store.ts';
import { COMMITS, copyOf, damagedKeys, REFUSED, TODAY, useTwentyDays } from '../../support/twenty-days.ts';

/** One flipped bit anywhere in a signed store is found, except in the files that this test lists. */

const twentyDays = useTwentyDays();
const key = newKey();
const CHECKED = { keys: [key.fingerprint], signedFrom: 1 };

/** Files of which `verify` reads no byte, or believes none. */
const UNCHECKED: { readonly [file: string]: string } = {
  'a signature left over from a lost attempt': KEYS.signature(3, '0123abcd'),
  'a signature of a run that has not committed yet': KEYS.signature(COMMITS + 1, '0123abcd'),
  'what a verification by the function found': KEYS.verification('20200310T021500Z'),
  'a hidden file': 'commits/.DS_Store',
  'a copy of an unreported manifest': KEYS.unreported('20200310T021500Z-schedule'),
  'a file in the root': 'notes.txt',
  'a file in a folder of others': 'exports/users.csv',
};

let store: HeldStore;
/** Every file with a bit to flip, except the unchecked ones, raw responses that no commit names, and run documents. */
let checked: string[];
let documents: string[];
let untouched: Verification;

beforeAll(async () => {
  const folder = await copyOf(twentyDays().folder);
  await signCommits(folder, key);
  for (const file of Object.values(UNCHECKED)) await new FolderStore(folder).replace(file, Buffer.from('{"a":1}\n'));
  store = await HeldStore.of(folder, TODAY);
  untouched = await store.verifiedWith({}, CHECKED);
  const keys = [...store.files.keys()].filter((file) => store.file(file).length > 0);
  documents = keys.filter((file) => /^runs\/[^.]/.test(file));
  const left = new Set([...documents, ...Object.values(UNCHECKED)]);
  checked = keys.filter((file) => !left.has(file) && !file.startsWith(`raw/dt=${REFUSED}/`) && !/^\./.test(file));
});

function flipped(file: string, bit: number): Buffer {
  const edited = Buffer.from(store.file(file));
  edited.writeUInt8(edited.readUInt8(bit >> 3) ^ (1 << (bit % 8)), bit >> 3);
  return edited;
}

const edits = (files: readonly string[]) =>
  fc
    .constantFrom(...files)
    .chain((file) => fc.tuple(fc.constant(file), fc.integer({ min: 0, max: store.file(file).length * 8 - 1 })));

describe('a flipped bit', () => {
  test('in a commit, a signature, a key, a manifest or an object that a commit names is found, and names the file', async () => {
    expect(untouched).toMatchObject({ status: 'sound', signatures: { valid: [{ first: 1, last: COMMITS }] } });
    expect(new Set(checked.map((file) => file.split('/')[0]))).toEqual(
      new Set(['commits', 'keys', 'manifests', 'users', 'changes', 'groups', 'raw']),
    );
    const found = async ([file, bit]: [string, number]) => {
      const verification = await store.verifiedWith({ [file]: flipped(file, bit) }, CHECKED);
      expect(verification.code).toBe(9);
      expect(damagedKeys(verification)).toContain(file);
    };
    await fc.assert(fc.asyncProperty(edits(checked), found), { numRuns: 400 });
    for (const kind of ['keys/', 'commits/'])
      await fc.assert(fc.asyncProperty(edits(checked.filter((file) => file.startsWith(kind))), found));
    shown('C50', 'one bit flipped in a commit, signature, key, manifest or object that a commit names', 'exit 9');
  });

  test('in a run document is found if it makes the document invalid, or contradicts the commit', async () => {
    const stated = ({ run_id, dt, commit, commit_sha256 }: RunDocument) => [run_id, dt, commit, commit_sha256];
    const isFound = (before: RunDocument | undefined, after: RunDocument | undefined): boolean =>
      after === undefined ||
      before?.run_id !== after.run_id ||
      (before.status === 'published' && JSON.stringify(stated(before)) !== JSON.stringify(stated(after)));
    const outcomes = new Set<boolean>();
    await fc.assert(
      fc.asyncProperty(edits(documents), async ([file, bit]) => {
        const [before, after] = [store.file(file), flipped(file, bit)].map((bytes) =>
          parseDocument(RUN_DOCUMENT, bytes),
        );
        const expected = isFound(before, after);
        outcomes.add(expected);
        const { code } = await store.verifiedWith({ [file]: flipped(file, bit) }, CHECKED);
        if (before?.status === 'published' || expected) expect(code).toBe(expected ? 9 : 0);
      }),
      { numRuns: 300 },
    );
    expect(outcomes).toEqual(new Set([true, false]));
    shown('C50', 'one bit flipped in the times, code or message of a run document', 'not found');
  });

  test.each(Object.entries(UNCHECKED))('in %s is not found', async (what, file) => {
    const bits = fc.integer({ min: 0, max: store.file(file).length * 8 - 1 });
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => {
        expect(await store.verifiedWith({ [file]: flipped(file, bit) }, CHECKED)).toEqual(untouched);
      }),
      { numRuns: 10 },
    );
    shown('C50', `one bit flipped in ${what}`, 'not found');
  });

  test('in a raw response that no commit names is not found', async () => {
    const raw = [...store.files.keys()].filter((file) => file.startsWith(`raw/dt=${REFUSED}/`));
    expect(raw).toHaveLength(1);
    for (const file of raw)
      expect(await store.verifiedWith({ [file]: flipped(file, 100) }, CHECKED)).toEqual(untouched);
    shown('C50', 'one bit flipped in the raw response of a refused run', 'not found');
  });

  test('in a run document that says published is found in each of the fields that its commit confirms', async () => {
    const file = documents.find((name) => String(store.file(name)).includes('"published"')) ?? '';
    const document = RUN_DOCUMENT.parse(JSON.parse(String(store.file(file))));
    for (const [edit, code] of [
      [{ commit: (document.commit ?? 0) + 1 }, 9],
      [{ commit_sha256: '0'.repeat(64) }, 9],
      [{ dt: REFUSED }, 9],
      [{ run_id: `${document.run_id}x` }, 9],
      [{ message: 'edited', code: 4, ended_at: null, started_at: null, raw_key: null, trigger: 'api' }, 0],
    ] as const)
      expect((await store.verifiedWith({ [file]: documentBytes({ ...document, ...edit }) }, CHECKED)).code).toBe(code);
  });
});
