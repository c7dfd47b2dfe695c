import { randomInt } from 'node:crypto';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentBytes, jsonOf } from '../../../../../functions/snapshot/commits/document.ts';
import { KEYS, type ObjectKind, PUBLISHED_FOLDERS } from '../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { dtOf } from '../../../../support/clock.ts';
import {
  changed,
  copyOf,
  keysOf,
  NEWEST_OF_DAY,
  remove,
  useFourCommits,
  verified,
  whileEdited,
  write,
} from '../../../../support/four-commits.ts';
import { commitOf, objectOf } from '../../../../support/stored-commits.ts';

/** Any change to a published object or a manifest is found. */

const stores = useFourCommits();

const KINDS: readonly ObjectKind[] = ['json', 'csv', 'changes', 'groups', 'raw', 'manifest'];

describe('a published object', () => {
  const cases = NEWEST_OF_DAY.flatMap((number) => KINDS.map((kind) => [kind, number] as const));

  test.each(cases)(
    'of kind %s in commit %i is damaged if one bit is flipped or a byte is missing or added',
    async (kind, number) => {
      const { four } = stores();
      const { key } = objectOf(await commitOf(new FolderStore(four), number), kind);
      const bytes = await readFile(join(four, key));
      const edits: [string, Uint8Array][] = [['a byte more', Buffer.concat([bytes, Buffer.from('\n')])]];
      if (bytes.length > 0) edits.push(['a byte less', bytes.subarray(0, -1)]);
      const anywhere = Array.from({ length: 4 }, () => randomInt(Math.max(1, bytes.length)));
      for (const position of bytes.length === 0 ? [] : [0, bytes.length - 1, ...anywhere]) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(flipped.readUInt8(position) ^ (1 << randomInt(8)), position);
        edits.push([`flipped at ${position}`, flipped]);
      }
      for (const [edit, edited] of edits) {
        const verification = await whileEdited(four, key, edited);
        expect(verification, edit).toMatchObject({ status: 'damaged', code: 9 });
        expect(keysOf(verification), edit).toEqual([key]);
        expect(verification.days.find(({ commit }) => commit === number)?.status, edit).toBe('damaged');
        expect(verification.days.filter(({ status }) => status === 'damaged')).toHaveLength(1);
      }
      expect((await verified(four)).status).toBe('sound');
    },
  );

  test.each(cases)(
    'of kind %s in commit %i is damaged if it is missing, unless it is a raw response',
    async (kind, number) => {
      const { four } = stores();
      const folder = await copyOf(four);
      const { key } = objectOf(await commitOf(new FolderStore(folder), number), kind);
      await remove(folder, key);
      const verification = await verified(folder);
      expect(verification.code).toBe(kind === 'raw' ? 0 : 9);
      expect(keysOf(verification)).toEqual(kind === 'raw' ? [] : [key]);
    },
  );

  test("of kind raw from an earlier run of the day is checked against that run's commit, and may be missing", async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const { key } = objectOf(await commitOf(new FolderStore(folder), 2), 'raw');
    await write(folder, key, 'x');
    const verification = await verified(folder, { dt: dtOf(25) });
    expect(verification).toMatchObject({ status: 'damaged', days: [{ commit: 3, status: 'damaged' }] });
    expect(keysOf(verification)).toEqual([key]);
    await remove(folder, key);
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });

  test('under the key of another one is damaged', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    await cp(join(folder, KEYS.json(dtOf(24))), join(folder, KEYS.json(dtOf(26))));
    await cp(join(folder, KEYS.manifest(dtOf(24))), join(folder, KEYS.manifest(dtOf(25))));
    expect(keysOf(await verified(folder))).toEqual([KEYS.manifest(dtOf(25)), KEYS.json(dtOf(26))]);
  });

  test.each(
    PUBLISHED_FOLDERS.flatMap((published) => [
      `${published}more`,
      `${published}json/dt=${dtOf(25)}/more.jsonl`,
      `${published}dt=2019-01-01/users-2019-01-01.jsonl`,
    ]),
  )('that no commit names, %s, is damage', async (key) => {
    const { four } = stores();
    const folder = await copyOf(four);
    await write(folder, key, '');
    const verification = await verified(folder);
    expect(verification.code).toBe(9);
    expect(keysOf(verification)).toEqual([key]);
  });

  test('is not damaged by hidden files, which no table reads, or by extra raw responses', async () => {
    const { four } = stores();
    const folder = await copyOf(four);
    const names = ['users/.DS_Store', `users/json/dt=${dtOf(25)}/._x`, 'users/_temporary/x', 'commits/.DS_Store'];
    for (const key of [...names, `raw/dt=${dtOf(25)}/refused.0123abcd.json.gz`]) await write(folder, key, 'x');
    expect(await verified(folder)).toMatchObject({ status: 'sound', findings: [] });
  });
});

describe('a manifest', () => {
  const fields = [
    ...['schema_version', 'dt', 'commit', 'run_id', 'trigger', 'scheduled_at', 'observed_at', 'published_at', 'source'],
    ...['owner_organization', 'user_count', 'admin_count', 'states', 'roles', 'previous_dt', 'changes'],
    ...['present', 'drift', 'csv_cells_altered', 'groups', 'objects', 'program_version'],
    ...['request', 'response', 'token', 'groups_received', 'host'],
  ];

  test('has exactly the fields that these tests edit', async () => {
    expect(Object.keys(await manifestOf(26))).toEqual(fields);
  });

  test.each(fields)('whose %s was edited is damaged', async (field) => {
    const { four } = stores();
    const manifest = await manifestOf(26);
    const key = KEYS.manifest(dtOf(26));
    const edited = documentBytes({ ...manifest, [field]: changed(manifest[field]) });
    expect(keysOf(await whileEdited(four, key, edited))).toEqual([key]);
  });

  async function manifestOf(day: number): Promise<{ [field: string]: unknown }> {
    const { four } = stores();
    return Object(jsonOf(await readFile(join(four, KEYS.manifest(dtOf(day))))));
  }
});
