import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { MANIFEST as MANIFEST_SCHEMA, type Manifest } from '../../../../../functions/snapshot/commits/manifest.ts';
import { KEYS, type ObjectKind } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import type { StoredObject } from '../../../../../functions/snapshot/store/store.ts';
import { dtOf } from '../../../../support/clock.ts';
import { shown } from '../../../../support/fault-table.ts';
import { changed, copyOf, remove, useFourCommits, verified, write } from '../../../../support/four-commits.ts';
import { rehash } from '../../../../support/rehash.ts';
import { commitOf, sha256 } from '../../../../support/stored-commits.ts';

/** Edits of the newest commit together with its objects. Without its run document, nothing in the store has its hash. */

const stores = useFourCommits();
const MANIFEST = KEYS.manifest(dtOf(26));
const DISAGREES = {
  level: 'damaged',
  key: MANIFEST,
  message: `doesn't agree with ${KEYS.commit(4)}: one of the two was edited`,
};

/** Gives one object of the newest commit other bytes, and the commit their size and hash. Removes all run documents. */
async function edit(folder: string, kind: ObjectKind, bytes: Uint8Array): Promise<void> {
  await remove(folder, 'runs');
  const edited = { bytes: bytes.byteLength, sha256: sha256(bytes) };
  await rehash(folder, (commit) => {
    if (commit.commit !== 4) return commit;
    const objects = commit.objects.map(
      (object): StoredObject => (object.kind === kind ? { ...object, ...edited } : object),
    );
    return { ...commit, objects };
  });
  const { objects } = await commitOf(new FolderStore(folder), 4);
  await write(folder, objects.find((object) => object.kind === kind)?.key ?? '', bytes);
}

const manifestOf = async (folder: string): Promise<{ [field: string]: unknown }> =>
  Object(jsonOf(await readFile(join(folder, MANIFEST))));

describe('the newest commit, edited alone after its run document was deleted,', () => {
  test.each<[string, (text: string) => string]>([
    ['without its line feed', (text) => text.trimEnd()],
    ['with a space', (text) => text.replace(':', ': ')],
    ['with a field twice', (text) => text.replace('{', '{"commit":9,')],
  ])('%s is damaged', async (_, rewrite) => {
    const folder = await copyOf(stores().four);
    await remove(folder, 'runs');
    const text = await readFile(join(folder, KEYS.commit(4)), 'utf8');
    await write(folder, KEYS.commit(4), rewrite(text));
    expect((await verified(folder)).findings).toEqual([
      {
        level: 'damaged',
        key: KEYS.commit(4),
        message: 'is not a valid commit of this number, or was changed after it was written',
      },
    ]);
  });

  test.each(['bytes', 'sha256'] as const)('with another %s of an object disagrees with it', async (field) => {
    const folder = await copyOf(stores().four);
    await rehash(folder, (commit) =>
      commit.commit === 4
        ? {
            ...commit,
            objects: commit.objects.map(
              (object): StoredObject =>
                object.kind === 'csv'
                  ? { ...object, ...(field === 'bytes' ? { bytes: object.bytes + 1 } : { sha256: 'a'.repeat(64) }) }
                  : object,
            ),
          }
        : commit,
    );
    const csv = { level: 'damaged', key: KEYS.csv(dtOf(26)), message: 'checksum does not match the commit' };
    expect((await verified(folder)).findings).toEqual([DISAGREES, csv]);
  });
});

test('a manifest that another version of this program wrote is reported as such, not as edited', async () => {
  const folder = await copyOf(stores().four);
  await edit(folder, 'manifest', documentBytes({ ...(await manifestOf(folder)), schema_version: 2 }));
  const { findings } = await verified(folder);
  expect(findings).toContainEqual({
    level: 'damaged',
    key: MANIFEST,
    message:
      'was written by another version of this program: its schema_version is 2, not 1. Use the version that wrote it, or a newer one',
  });
  expect(findings).not.toContainEqual(DISAGREES);
});

test('a damaged raw response counts against its own day only, whichever commit of the day names it', async () => {
  for (const [number, states] of [
    [1, 'damaged sound sound'],
    [2, 'sound damaged sound'],
    [3, 'sound damaged sound'],
    [4, 'sound sound damaged'],
  ] as const) {
    const folder = await copyOf(stores().four);
    const { objects } = await commitOf(new FolderStore(folder), number);
    const key = objects.find(({ kind }) => kind === 'raw')?.key ?? '';
    await write(folder, key, 'x');
    const { days, findings } = await verified(folder);
    expect(days.map(({ status }) => status).join(' ')).toBe(states);
    expect(findings).toEqual([{ level: 'damaged', key, message: 'checksum does not match the commit' }]);
  }
});

describe('the newest commit, edited together', () => {
  test.each(['json', 'csv', 'changes', 'groups', 'raw'] as const)(
    'with its %s, disagrees with the manifest, even without a run document',
    async (kind) => {
      const folder = await copyOf(stores().four);
      await edit(folder, kind, Buffer.from('{"id":"another"}\n'));
      const verification = await verified(folder);
      expect(verification).toMatchObject({ status: 'damaged', code: 9 });
      expect(verification.findings).toEqual([DISAGREES]);
      expect(verification.days.at(-1)).toEqual({ dt: dtOf(26), commit: 4, status: 'damaged', users: null });
      if (kind === 'json')
        shown(
          'C44',
          'rows and the newest commit are edited to agree, and runs/ is deleted',
          `exit ${verification.code}: ${MANIFEST} ${verification.findings[0]?.message}`,
        );
    },
  );

  test.each(['dt', 'commit', 'run_id', 'scheduled_at', 'published_at', 'objects'])(
    'with a manifest of another %s, disagrees with it',
    async (field) => {
      const folder = await copyOf(stores().four);
      const manifest = await manifestOf(folder);
      await edit(folder, 'manifest', documentBytes({ ...manifest, [field]: changed(manifest[field]) }));
      expect((await verified(folder)).findings).toEqual([DISAGREES]);
    },
  );

  test.each(['kind', 'key', 'bytes', 'sha256'])(
    'with a manifest that names another %s, disagrees with it',
    async (field) => {
      const folder = await copyOf(stores().four);
      const manifest = await manifestOf(folder);
      const [first, ...others] = Object.values(Object(manifest['objects'])).map(Object);
      const edited = { ...first, [field]: field === 'kind' ? 'csv' : changed(first[field]) };
      await edit(folder, 'manifest', documentBytes({ ...manifest, objects: [edited, ...others] }));
      expect((await verified(folder)).findings).toEqual([DISAGREES]);
    },
  );

  test('with a manifest that is not one, disagrees with it', async () => {
    const folder = await copyOf(stores().four);
    await edit(folder, 'manifest', Buffer.from('{}\n'));
    expect((await verified(folder)).findings).toEqual([DISAGREES]);
  });

  test('with a figure of the manifest, looks sound, and only a hash noted elsewhere reveals the edit', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const noted = sha256(await readFile(join(folder, KEYS.commit(4))));
    await edit(folder, 'manifest', documentBytes({ ...(await manifestOf(folder)), admin_count: 9 }));
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [], days: [{}, {}, { users: 3 }] });
    expect(await verified(folder, { expect: noted })).toMatchObject({ status: 'damaged' });
  });

  test.each<[string, ObjectKind, (manifest: Manifest) => object]>([
    ['count of users', 'json', () => ({ user_count: 9 })],
    ['count of duplicates', 'raw', ({ drift }) => ({ drift: { ...drift, duplicates: 1 } })],
    ['count of changes', 'changes', ({ changes }) => ({ changes: { ...changes, joined: 7 } })],
    ['count of rows in the CSV', 'csv', rowsOf('csv')],
    ['count of rows in the feed', 'changes', rowsOf('changes')],
  ])('with another %s, contradicts itself', async (_, kind, edited) => {
    const folder = await copyOf(stores().four);
    const manifest = MANIFEST_SCHEMA.parse(await manifestOf(folder));
    await edit(folder, 'manifest', documentBytes({ ...manifest, ...edited(manifest) }));
    const { key } = manifest.objects.find((object) => object.kind === kind) ?? {};
    expect(await verified(folder)).toMatchObject({
      status: 'damaged',
      findings: [
        { key: MANIFEST, message: expect.stringMatching(`contradicts itself: it records . rows in ${key}, `) },
      ],
      days: [{}, {}, { status: 'damaged', users: null }],
    });
  });
});

const STATES = { states: { active: 0, dormant: 3, new: 0, never_active: 0, disabled: 0 } };
const later = (time: string, minutes: number): string => new Date(Date.parse(time) + minutes * 60_000).toISOString();

describe('a manifest whose times contradict each other is damaged:', () => {
  test.each<[string, (manifest: Manifest) => object, string]>([
    [
      'observed_at a year later, when all users would be dormant',
      ({ observed_at }) => ({ observed_at: later(observed_at, 525_600), response: undefined, ...STATES }),
      'observed_at is after published_at',
    ],
    [
      'observed_at more than a day earlier',
      ({ published_at }) => ({ observed_at: later(published_at, -1441), response: undefined }),
      'observed_at is more than a day before published_at',
    ],
    [
      'observed_at a quarter of an hour and a second before the day begins',
      ({ dt }) => ({ observed_at: later(dt, -15 - 1 / 60), response: undefined }),
      'observed_at is before the day of the snapshot',
    ],
    [
      'observed_at an hour before the Date header',
      ({ observed_at, response }) => ({
        observed_at: later(observed_at, -60),
        response: response && { ...response, date: observed_at },
      }),
      'observed_at and response.date are more than 15 minutes apart',
    ],
  ])('%s', async (done, edited, message) => {
    const folder = await copyOf(stores().four);
    const manifest = MANIFEST_SCHEMA.parse(await manifestOf(folder));
    await edit(folder, 'manifest', documentBytes({ ...manifest, ...edited(manifest) }));
    const verification = await verified(folder);
    expect(verification).toMatchObject({
      status: 'damaged',
      findings: [{ level: 'damaged', key: MANIFEST, message: `contradicts itself: ${message}` }],
    });
    shown('C51', `a manifest is edited: ${done}`, `exit ${verification.code}: ${verification.findings[0]?.message}`);
  });

  test('but times within what a run accepts are sound', async () => {
    for (const minutes of [-14, 14]) {
      const folder = await copyOf(stores().four);
      const manifest = MANIFEST_SCHEMA.parse(await manifestOf(folder));
      const { published_at, response } = manifest;
      const edited = {
        ...manifest,
        observed_at: later(published_at, minutes),
        response: response && { ...response, date: published_at },
      };
      await edit(folder, 'manifest', documentBytes(edited));
      expect((await verified(folder)).findings).toEqual([]);
    }
  });
});

/** One row more in the object of this kind. */
function rowsOf(kind: ObjectKind): (manifest: Manifest) => object {
  const more = (rows = 0) => ({ rows: rows + 1 });
  return ({ objects }) => ({
    objects: objects.map((object) => (object.kind === kind ? { ...object, ...more(object.rows) } : object)),
  });
}
