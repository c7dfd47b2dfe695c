import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { KEYS } from '../../../../../../functions/snapshot/contract.ts';
import { FolderStore } from '../../../../../../functions/snapshot/store/folder/folder-store.ts';
import { ACCOUNTS } from '../../../../../contracts/odd-accounts.ts';
import { answer, serveAnodot } from '../../../../../support/anodot/server.ts';
import { runAt } from '../../../../../support/clock.ts';
import { doctor, type Edits, type Fields, linesOf, verifyDeep, verifyOnly } from '../../../../../support/doctored.ts';
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
    ['an additional column', { json: lines((row) => ({ ...row, team: 'x' })) }],
    ['a column for an undocumented field', { json: lines((row) => ({ ...row, extra_json: null, badge: '7' })) }],
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
    [
      'an additional column of rows in changes',
      { changes: lines(sides((row) => ('id' in row ? { ...row, team: 'x' } : row))) },
    ],
  ])('and that has %s is sound', async (_, texts = {}) => {
    expect(await foundAfter({ texts })).toEqual([]);
  });

  test('and whose columns differ may count other undocumented fields and altered cells', async () => {
    const manifest = (all: Fields): Fields => ({
      ...all,
      csv_cells_altered: 1,
      drift: { ...Object(all['drift']), unknown_fields: [] },
    });
    const texts = { json: lines((row) => ({ ...row, extra_json: null, badge: '7' })) };
    expect(await foundAfter({ texts, manifest })).toEqual([]);
    expect(await foundAfter({ manifest })).toHaveLength(2);
  });

  test('and that lacks a column is sound, with a note', async () => {
    expect(await foundAfter({ texts: { json: lines(without('default_group')) } })).toEqual([
      `note: ${KEYS.json(SECOND)} lacks columns: default_group`,
    ]);
  });

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
