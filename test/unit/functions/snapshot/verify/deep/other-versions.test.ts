import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { ACCOUNTS } from '../../../../../contracts/odd-accounts.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { doctor, type Edits, type Fields, linesOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
import { shown } from '../../../../../support/fault-table.ts';
import { copyOf } from '../../../../../support/folder-copy.ts';
import { newFolder, take } from '../../../../../support/take.ts';

/** A day of another program version may differ from what this one writes in layout, but in no value. */

const [FIRST, SECOND] = ['2026-11-23', '2026-11-24'] as const;

let sound: string;
beforeAll(async () => {
  sound = await newFolder();
  const [first, second] = [ACCOUNTS['absent values and everything changing'], ACCOUNTS['hostile text']];
  const odd = [...JSON.parse(String(second?.[0])), ...JSON.parse(String(first?.[1]))];
  odd[1].badge = { number: 7, list: [1.5, 'x'] };
  for (const [dt, users] of [
    [FIRST, first?.[0]],
    [SECOND, JSON.stringify(odd)],
  ] as const) {
    const time = new Date(`${dt}T02:15:00Z`);
    const server = await serveAnodot({ users: answer(users, 200, { date: time.toUTCString() }) });
    await take({ url: server.url, store: new FolderStore(sound), run: runAt(time) }).finally(server.close);
  }
});

const older = (manifest: Fields): Fields => ({ ...manifest, program_version: '0.9.0' });

/** What is found after an edit by another program version, and that `verify` alone finds nothing. */
async function foundAfter({ manifest = (same) => same, ...edits }: Edits): Promise<readonly string[]> {
  const folder = await copyOf(sound);
  await doctor(folder, SECOND, { ...edits, manifest: (fields) => older(manifest(fields)) });
  expect(await verifyOnly(folder)).toMatchObject({ status: 'sound', findings: [] });
  return linesOf(await verifyDeep(folder));
}

/** Edits each line of JSON. */
const lines =
  (edit: (row: Fields) => unknown, end = '\n') =>
  (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify(edit(JSON.parse(line))) + end)
      .join('');

const reversed = (row: Fields): Fields => Object.fromEntries(Object.entries(row).reverse());
const without =
  (column: string) =>
  (row: Fields): Fields =>
    Object.fromEntries(Object.entries(row).filter(([name]) => name !== column));
const side = (value: unknown, edit: (row: Fields) => unknown): unknown =>
  typeof value === 'string' && value.startsWith('{') ? JSON.stringify(edit(JSON.parse(value))) : value;
const sides =
  (edit: (row: Fields) => unknown) =>
  (change: Fields): Fields => ({
    ...change,
    before: side(change['before'], edit),
    after: side(change['after'], edit),
  });
/** Edits only the second row, which has an undocumented value. */
const second = (edit: (row: Fields) => unknown) => {
  let at = 0;
  return (row: Fields): unknown => (++at === 2 ? edit(row) : row);
};
/** Moves the undocumented value into a column. */
const moved =
  (edit: (badge: unknown) => unknown) =>
  (row: Fields): Fields => {
    const { badge = null, ...rest } = Object(JSON.parse(String(row['extra_json'] ?? '{}')));
    return { ...row, extra_json: Object.keys(rest).length === 0 ? null : JSON.stringify(rest), badge: edit(badge) };
  };
/** A column whose name is the one that a comparison might use for a value without a column. */
const hiddenName = second((row) => ({ ...row, extra_json: null, 'extra_json\u0000badge': 7 }));
const COLUMNS_DIFFER = 'some rows have columns that others lack';
type KEYED = 'json' | 'csv' | 'changes';
const note = (kind: KEYED) =>
  `note: ${KEYS[kind](SECOND)} has columns that this program version doesn't write: 1 in total`;
const quoted = (text: string): string =>
  text.replaceAll(/(^|,)([^",\r\n]*)(?=,|\r)/gm, (_, before, cell) => `${before}"${cell}"`);

describe('a day that another program version wrote', () => {
  test.each<[string, Edits['texts']]>([
    ['the same layout', {}],
    ['another order of columns', { json: lines(reversed) }],
    ['white space and other line ends', { json: (text) => text.replaceAll('":', '" : ').replaceAll('\n', ' \r\n') }],
    ['no line end after the last row', { json: (text) => text.trimEnd(), changes: (text) => text.trimEnd() }],
    ['escaped characters', { json: (text) => text.replaceAll('A', '\\u0041') }],
    ['another order of rows', { json: (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n` }],
    [
      'extra values in another order and layout',
      {
        json: lines((row) => ({
          ...row,
          extra_json:
            typeof row['extra_json'] === 'string'
              ? JSON.stringify(reversed(JSON.parse(row['extra_json'])), null, 1)
              : null,
        })),
      },
    ],
    ['quotes around each cell', { csv: quoted }],
    ['a byte order mark and LF in the CSV', { csv: (text) => `\ufeff${text.replaceAll('\r\n', '\n')}` }],
    ['another order of changes', { changes: (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n` }],
    ['another layout of changes', { changes: lines(reversed) }],
    ['another layout of rows and names in changes', { changes: lines(sides(reversed)) }],
  ])('and that has %s is sound', async (_, texts = {}) => {
    expect(await foundAfter({ texts })).toEqual([]);
  });

  test.each<[string, KEYED, Edits['texts']]>([
    ['an additional column', 'json', { json: lines((row) => ({ ...row, team: 'x' })) }],
    ['an additional column of the CSV', 'csv', { csv: (text) => text.replaceAll('\r\n', ',team\r\n') }],
    ['a column for an undocumented field', 'json', { json: lines(moved((badge) => badge)) }],
    [
      'a column for its text',
      'json',
      { json: lines(moved((badge) => (badge === null ? null : JSON.stringify(badge)))) },
    ],
    [
      'an additional column of rows in changes',
      'changes',
      { changes: lines(sides((row) => ('id' in row ? { ...row, team: 'x' } : row))) },
    ],
  ])('and that has %s is sound, with a note', async (_, kind, texts = {}) => {
    expect(await foundAfter({ texts })).toEqual([note(kind)]);
  });

  test('and whose columns differ may count other undocumented fields and altered cells', async () => {
    const manifest = (all: Fields): Fields => ({
      ...all,
      csv_cells_altered: 1,
      drift: { ...Object(all['drift']), unknown_fields: [] },
    });
    const texts = { json: lines(moved((badge) => badge)) };
    expect(await foundAfter({ texts, manifest })).toEqual([note('json')]);
    expect(await foundAfter({ manifest })).toHaveLength(2);
  });

  test('and that lacks a column which every version wrote is damaged', async () => {
    const found = await foundAfter({ texts: { json: lines(without('default_group')) } });
    expect(found).toEqual([
      `damaged: ${KEYS.json(SECOND)} lacks columns that its program version wrote: default_group`,
    ]);
    shown('C51', 'a column is removed, and program_version names another one', `--deep: ${found[0]}`);
  });

  test.each<[string, Edits['texts'], string]>([
    [
      'a column in one row',
      { json: lines(second(without('roles'))) },
      'some rows lack columns that others have: roles',
    ],
    ['a column except in one row', { json: lines(second((row) => ({ ...row, team: 1 }))) }, COLUMNS_DIFFER],
    ['the rest of a value', { json: lines((row) => ({ ...row, extra_json: null, team: 1 })) }, 'row 2 doesn'],
    ['a value that moved and changed', { json: lines(moved((badge) => badge && 8)) }, 'row 2 doesn'],
    [
      'a value, and names it twice',
      { json: (text) => text.replace('"roles":', '"roles":["x"],"roles":') },
      "row 1 isn't",
    ],
    [
      'a value, and names it in other case',
      { json: (text) => text.replace('"roles":', '"ROLES":[],"roles":') },
      "row 1 isn't",
    ],
    [
      'an undocumented value, and names it twice',
      { json: (text) => text.replace('{\\"', '{\\"badge\\":8,\\"') },
      'row 2 doesn',
    ],
    ['an undocumented value, named in a column', { json: lines(hiddenName) }, "row 2 isn't"],
    ['a header, which names a column twice', { csv: (text) => text.replaceAll(/^(?=.)/gm, 'email,') }, "row 1 isn't"],
    ['a header in other case', { csv: (text) => text.replace('id,', 'ID,') }, "row 1 isn't"],
    ['a row with more cells', { csv: (text) => text.replace(/\r\n$/, ',customer-admin\r\n') }, 'row '],
    ['a row with fewer cells', { csv: (text) => text.replace(/,[^,]*\r\n$/, '\r\n') }, 'row '],
    [
      'the row in a change',
      { changes: (text) => text.replace('\\"roles\\":', '\\"roles\\":[],\\"roles\\":') },
      "line 1 isn't",
    ],
  ])('and that lacks or repeats %s is damaged', async (_, texts = {}, message) => {
    const [kind = 'json'] = Object.keys(texts);
    const found = await foundAfter({ texts });
    expect(found[0]).toContain(
      `damaged: ${KEYS[kind === 'csv' || kind === 'changes' ? kind : 'json'](SECOND)} ${message}`,
    );
  });

  test.each(['', '1.0', '99.0.0', '1.0.0-beta', 'eve@example.com'])(
    'and that names version %j is noted',
    async (version) => {
      const folder = await copyOf(sound);
      await doctor(folder, SECOND, { manifest: (all) => ({ ...all, program_version: version }) });
      expect(linesOf(await verifyDeep(folder))).toEqual([
        `note: ${KEYS.manifest(SECOND)} names a program version that this one does not know; verify it with that version, too`,
      ]);
    },
  );

  test.each<[string, Edits, string]>([
    ['a name', { texts: { json: (text) => text.replace('Lovelace', 'Byron') } }, `${KEYS.json(SECOND)} row`],
    [
      'a role, in another layout',
      { texts: { json: (text) => lines(reversed)(text).replace('"customer-admin"', '"customer-user"') } },
      `${KEYS.json(SECOND)} row 3 doesn't match the raw response: roles`,
    ],
    [
      'an undocumented value, in another layout',
      { texts: { json: (text) => text.replace('\\"number\\":7', '\\"number\\": 7.0') } },
      `${KEYS.json(SECOND)} row 2 doesn't match the raw response: extra_json`,
    ],
    ['a cell', { texts: { csv: (text) => quoted(text).replace('Lovelace', 'Byron') } }, `${KEYS.csv(SECOND)} row`],
    ['a CSV that is none', { texts: { csv: (text) => text.replace('Ada', 'A"da') } }, `${KEYS.csv(SECOND)} `],
    ['an empty CSV', { texts: { csv: () => '' } }, `${KEYS.csv(SECOND)} lacks row 1`],
    [
      'a change',
      { texts: { changes: (text) => lines(reversed)(text).replace('"joined"', '"left"') } },
      `${KEYS.changes(SECOND)} line`,
    ],
    [
      'a value of a row in a change',
      { texts: { changes: lines(sides((row) => ('id' in row ? { ...reversed(row), last_name: 'Byron' } : row))) } },
      `${KEYS.changes(SECOND)} line 1 doesn't match the raw response: the row: last_name`,
    ],
    ['a count', { manifest: (all) => ({ ...all, admin_count: 7 }) }, `${KEYS.manifest(SECOND)} admin_count is 7`],
  ])('and that differs in %s is damaged', async (_, edits, message) => {
    const found = await foundAfter(edits);
    expect(found[0]).toContain(`damaged: ${message}`);
    expect(found.join()).not.toMatch(/@example|Byron|Lovelace/);
  });

  test('and whose rows have expired is not compared with them, but its counts are', async () => {
    const folder = await copyOf(sound);
    await doctor(folder, FIRST, {
      texts: { json: lines(reversed) },
      manifest: (fields) => older({ ...fields, admin_count: 5 }),
    });
    const store = new FolderStore(folder);
    for (const kind of ['json', 'csv', 'changes', 'groups'] as const)
      await rm(`${store.location}/${KEYS[kind](FIRST)}`);
    const verification = await verifyDeep(folder);
    expect(verification.days[0]).toMatchObject({ status: 'damaged', recomputed: 'all' });
    expect(linesOf(verification)).toEqual([
      `note: ${KEYS.manifest(FIRST)} users, changes and groups of the day have expired or were removed`,
      `damaged: ${KEYS.manifest(FIRST)} admin_count is 5, but the raw response gives 1`,
      `note: ${KEYS.json(FIRST)} is gone or damaged, so its values were not compared with the raw response`,
    ]);
  });
});
