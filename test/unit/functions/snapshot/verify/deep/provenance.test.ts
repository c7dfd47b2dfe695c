import { beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { doctor, type Edits, type Fields, linesOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { copyOf } from '../../../../../support/folder-copy.ts';
import { all } from '../../../../../support/four-users.ts';
import { newFolder, take } from '../../../../../support/take.ts';

/** What a manifest says about how the account was received can't contradict what a run publishes. */

const [FIRST, SECOND, THIRD] = ['2026-11-23', '2026-11-24', '2026-11-25'] as const;
const MANIFEST = KEYS.manifest(SECOND);

let sound: string;
/** Its groups are denied. */
let denied: string;
beforeAll(async () => {
  [sound, denied] = [await newFolder(), await newFolder()];
  for (const dt of [FIRST, SECOND, THIRD])
    for (const [folder, groups] of [
      [sound, answer([{ _id: 'g', name: 'Operations' }])],
      [denied, answer('', 403)],
    ] as const) {
      const time = new Date(`${dt}T02:15:00Z`);
      const server = await serveAnodot({ users: answer(all, 200, { date: time.toUTCString() }), groups });
      await take({ url: server.url, store: new FolderStore(folder), run: runAt(time) }).finally(server.close);
    }
});

async function foundIn(store: string, edits: Edits, dt: string = SECOND): Promise<readonly string[]> {
  const folder = await copyOf(store);
  await doctor(folder, dt, edits);
  expect(await verifyOnly(folder)).toMatchObject({ status: 'sound', findings: [] });
  return linesOf(await verifyDeep(folder));
}

const inside =
  (field: string, edit: (value: Fields) => Fields | null) =>
  (manifest: Fields): Fields => ({ ...manifest, [field]: edit(Object(manifest[field])) });
const response = (edit: Fields) =>
  inside('groups_received', (received) => ({
    ...received,
    response: { ...Object(received['response']), ...edit },
  }));
const without =
  (...fields: readonly string[]) =>
  (manifest: Fields): Fields =>
    Object.fromEntries(Object.entries(manifest).filter(([field]) => !fields.includes(field)));
const ADDED = ['request', 'response', 'token', 'groups_received', 'host'] as const;
/** As manifests were before they had these fields. */
const older = (manifest: Fields): Fields => ({
  ...without(...ADDED)(manifest),
  objects: Object.values(Object(manifest['objects'])).map((object) => without('rows')(Object(object))),
});

describe('verify --deep finds a manifest', () => {
  test.each<[string, (manifest: Fields) => Fields, string]>([
    [
      'with another status of the response',
      inside('response', (all) => ({ ...all, status: 418 })),
      'response.status is not 200, but no other response is published',
    ],
    [
      'with another path',
      inside('request', (all) => ({ ...all, path: '/evil' })),
      'request is not GET /api/v2/users without parameters',
    ],
    [
      'with parameters',
      inside('request', (all) => ({ ...all, parameters: { limit: '10' } })),
      'request is not GET /api/v2/users without parameters',
    ],
    [
      'with another path of groups',
      inside('groups_received', (all) => ({ ...all, request: { method: 'GET', path: '/evil', parameters: {} } })),
      'groups_received.request is not GET /api/v2/groups without parameters',
    ],
    [
      'with denied groups and their object',
      (all) => ({ ...all, groups: 'denied' }),
      'groups is denied, but it names an object of groups',
    ],
    [
      'with another status of groups',
      response({ status: 403 }),
      'groups is published, which groups_received contradicts',
    ],
    [
      'with groups that were not read',
      response({ bytes: null, sha256: null }),
      'groups is published, which groups_received contradicts',
    ],
    [
      'with groups from nowhere',
      inside('groups_received', () => null),
      'groups is published, which groups_received contradicts',
    ],
    [
      'without its response',
      without('response'),
      'lacks response, although it has fields that were added at the same time',
    ],
    ['without its host', without('host'), 'lacks host, although it has fields that were added at the same time'],
    [
      'without all of these fields, if an earlier one has them',
      older,
      `lacks ${ADDED.join(', ')}, rows of its objects, although the manifest of commit 1 has these fields`,
    ],
  ])('%s', async (done, manifest, message) => {
    const found = await foundIn(sound, { manifest });
    expect(found).toEqual([`damaged: ${MANIFEST} ${message}`]);
    shown('C51', `a manifest is edited: ${done}`, `--deep: ${found[0]}`);
  });

  test('that names groups that were denied', async () => {
    expect(await foundIn(denied, { manifest: (all) => ({ ...all, groups: 'published' }) })).toEqual([
      `damaged: ${MANIFEST} groups is published, but it names no object of groups`,
    ]);
    for (const manifest of [response({ status: 200 }), inside('groups_received', () => null)])
      expect(await foundIn(denied, { manifest })).toEqual([
        `damaged: ${MANIFEST} groups is denied, which groups_received contradicts`,
      ]);
    expect(await foundIn(denied, { manifest: (all) => ({ ...all, groups: 'failed' }) })).toHaveLength(1);
  });

  test('without its response, whose raw response has more white space', async () => {
    const found = await foundIn(sound, { manifest: without('response'), texts: { raw: (text) => `${text} ` } });
    expect(found[0]).toContain('lacks response');
  });
});

test('the first days of a store may lack how they were received, since manifests once did', async () => {
  const folder = await copyOf(sound);
  for (const dt of [FIRST, SECOND]) await doctor(folder, dt, { manifest: older });
  expect(linesOf(await verifyDeep(folder))).toEqual([]);
});
