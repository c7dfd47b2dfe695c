import { describe, expect, test } from 'vitest';
import { parseCommit } from '../../../../../functions/snapshot/commits/commit.ts';
import { documentBytes } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS } from '../../../../../functions/snapshot/contract.ts';
import { shown } from '../../../../support/fault-table.ts';

/** Which bytes are accepted as a commit. */

const DT = '2026-11-23';
const SHA = 'a'.repeat(64);
const object = (kind: string, key: string, staged: object | null = null) => ({
  kind,
  key,
  bytes: 1,
  sha256: SHA,
  staged,
});
const MANIFEST = object('manifest', KEYS.manifest(DT), { path: '.staged/0a1b2c3d/manifest.json' });
const RAW = KEYS.raw(DT, '20261123T021500Z-schedule', '0a1b2c3d');
const commit = {
  schema_version: 1,
  commit: 42,
  previous_commit_sha256: SHA,
  committed_at: '2026-11-23T02:15:03.000Z',
  dt: DT,
  run_id: '20261123T021500Z-schedule',
  execution: '0a1b2c3d',
  scheduled_at: null,
  objects: [MANIFEST, object('raw', RAW)],
};
const parse = (changes: object) => parseCommit(42, documentBytes({ ...commit, ...changes })).commit;

test('a commit whose keys match their kind and its day is sound', () => {
  expect(parse({})).toEqual(commit);
  const upload = { upload_id: 'x', parts: [{ etag: '"e"', checksum: 'AAAAAA==' }] };
  expect(parse({ objects: [{ ...MANIFEST, staged: upload }] })).toBeDefined();
  expect(parseCommit(42, documentBytes(commit)).sha256).toMatch(/^[0-9a-f]{64}$/);
});

describe('a commit is damaged if', () => {
  test.each<[string, object]>([
    ['it has another number', { commit: 41 }],
    ['its number is zero', { commit: 0 }],
    ['it names no object', { objects: [] }],
    ['it names no manifest', { objects: [object('raw', RAW)] }],
    ['a raw key contains ..', { objects: [MANIFEST, object('raw', `raw/dt=${DT}/x/../../y`)] }],
    ['a raw key has a hidden segment', { objects: [MANIFEST, object('raw', `raw/dt=${DT}/.x`)] }],
    ['a raw key begins with a slash', { objects: [MANIFEST, object('raw', `/raw/dt=${DT}/x`)] }],
    ['a raw key is of another day', { objects: [MANIFEST, object('raw', KEYS.raw('2026-11-22', 'x', '0a1b2c3d'))] }],
    ['a raw key ends with a slash', { objects: [MANIFEST, object('raw', `raw/dt=${DT}/`)] }],
    ['a raw key ends with a line feed', { objects: [MANIFEST, object('raw', `${RAW}\n`)] }],
    ['a raw key follows another line', { objects: [MANIFEST, object('raw', `x\n${RAW}`)] }],
    ['a key is of another kind', { objects: [MANIFEST, object('csv', KEYS.json(DT))] }],
    ['the manifest is of another day', { objects: [object('manifest', KEYS.manifest('2026-11-22'))] }],
    ['the execution has nine digits', { execution: '0a1b2c3d4' }],
    ['the execution has seven digits', { execution: '0a1b2c3' }],
    ['the execution has capitals', { execution: '0A1B2C3D' }],
    ['the run id is a path', { run_id: '../x' }],
    ['the run id is empty', { run_id: '' }],
    ['the run id ends with a line feed', { run_id: 'x\n' }],
    ['a hash has 65 digits', { objects: [{ ...MANIFEST, sha256: `${SHA}a` }] }],
    ['a hash has 63 digits', { objects: [{ ...MANIFEST, sha256: SHA.slice(1) }] }],
    ['the previous hash is invalid', { previous_commit_sha256: `x${SHA}` }],
    ['the date is invalid', { dt: '2026-02-30', objects: [object('manifest', KEYS.manifest('2026-02-30'))] }],
    ['the time is invalid', { committed_at: '2026-11-23' }],
    ['a staged path contains ..', { objects: [{ ...MANIFEST, staged: { path: '.staged/0a1b2c3d/../x' } }] }],
    ['a staged path is in another folder', { objects: [{ ...MANIFEST, staged: { path: 'users/0a1b2c3d/x' } }] }],
    ['a staged path has more segments', { objects: [{ ...MANIFEST, staged: { path: '.staged/0a1b2c3d/x/y' } }] }],
    [
      'a staged path begins with another folder',
      { objects: [{ ...MANIFEST, staged: { path: 'x/.staged/0a1b2c3d/y' } }] },
    ],
    ['an upload has no id', { objects: [{ ...MANIFEST, staged: { upload_id: '', parts: [] } }] }],
    ['bytes are negative', { objects: [{ ...MANIFEST, bytes: -1 }] }],
    ['it has a field that commits do not have', { extra: 1 }],
    ['it has another schema version', { schema_version: 2 }],
  ])('%s', (what, changes) => {
    expect(parse(changes)).toBeUndefined();
    shown('C48', `a commit: ${what}`, 'damaged, but blocks nothing');
  });
});
