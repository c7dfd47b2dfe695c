import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { inert } from '../../functions/snapshot/format/cell-text.ts';
import { Csv } from '../../functions/snapshot/format/csv.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { CSV_SIGNS } from '../../functions/snapshot/tables/tables.ts';
import type { User } from '../../functions/snapshot/user.ts';
import { USER_COLUMNS } from '../../functions/snapshot/user.ts';
import { newFolder } from '../support/take.ts';
import { answerOf } from './ask.ts';
import { readAsAthena } from './csv-reader.ts';
import { publishHistory } from './history.ts';
import { user } from './synthetic.ts';

const fileOf = (users: readonly User[]): string => {
  const csv = new Csv();
  return csv.header + users.map((one) => csv.row(one)).join('');
};

/** The cell that a value is published as. */
const cellOf = (value: User[keyof User]): string =>
  value === null ? '' : inert(typeof value === 'object' ? value.join(';') : String(value));

const cellsOf = (one: User): string[] => USER_COLUMNS.map((column) => cellOf(one[column]));

const VALUES = [
  'a "quoted" word',
  '"',
  '""',
  '"begins',
  'ends"',
  ',',
  ',begins',
  'ends,',
  '","',
  'a,b;c',
  ';',
  'CORP\\jsmith',
  'C:\\',
  '\\',
  '\\"',
  '\\N',
  '\\n',
  "O'Brien",
  "'",
  '',
  ' ',
  ' leading and trailing ',
  'NULL',
  '小林 עברית العربية Ł ß',
  '👩‍👩‍👧',
  '\u202egnp.exe',
  'a\r\nb\nc\u2028d\u0000e\u007ff\u0001g',
  '=1+1',
  '@x',
  '\u001a',
  'x'.repeat(10_000),
];

describe('a CSV cell as Athena reads it', () => {
  test.each(VALUES)('equals the cell that was written for the value %j', (value) => {
    const one = user('id', { first_name: value, email: value, roles: [value, value], extra_json: value });
    expect(readAsAthena(fileOf([one, one]), CSV_SIGNS)).toEqual([cellsOf(one), cellsOf(one)]);
  });

  test('equals the cell that was written for any value', () => {
    const sign = fc.constantFrom(...'",;\\\'\u007f\u0001\r\n\t =+-@NnIx小\u2028\ufeff');
    const text = fc.oneof(fc.string({ unit: sign, maxLength: 12 }), fc.string({ unit: 'binary' }));
    const any = fc.record({
      first_name: fc.option(text),
      last_name: fc.option(text),
      email: fc.option(text),
      roles: fc.option(fc.array(text, { maxLength: 3 })),
      groups: fc.array(text, { maxLength: 3 }),
      disabled: fc.option(fc.boolean()),
      extra_json: fc.option(text),
    });
    fc.assert(
      fc.property(text, fc.array(any, { maxLength: 3 }), (id, fields) => {
        const users = fields.map((some) => user(id, some));
        expect(readAsAthena(fileOf(users), CSV_SIGNS)).toEqual(users.map(cellsOf));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is empty, and not missing, for null and for an empty text', () => {
    const one = user('id', { first_name: null, last_name: '', roles: null, groups: [], disabled: null });
    const [cells] = readAsAthena(fileOf([one]), CSV_SIGNS);
    expect(cells).toHaveLength(USER_COLUMNS.length);
    expect(cells?.slice(2, 4)).toEqual(['', '']);
  });

  test('does not exist if the file has no users', () => {
    expect(readAsAthena(fileOf([]), CSV_SIGNS)).toEqual([]);
  });
});

describe("a CSV reader with a wrong escape character, such as Athena's default,", () => {
  const read = (value: string, escaping: string) =>
    readAsAthena(fileOf([user('id', { last_name: value })]), { ...CSV_SIGNS, escape: escaping })[0]?.[3];
  test.each([
    ['CORP\\jsmith', '\\', 'CORPjsmith'],
    ['\\N', '\\', 'N'],
    ["O'Brien", "'", 'OBrien'],
    ['=1', "'", '=1'],
  ])('misreads %s, with the escape %s, as %s', (value, escaping, wrong) => {
    expect(read(value, escaping)).toBe(wrong);
  });

  test('loses the rest of the row after a quoted cell that ends with a backslash', () => {
    const [cells] = readAsAthena(fileOf([user('id', { last_name: 'a,C:\\' })]), { ...CSV_SIGNS, escape: '\\' });
    expect(cells?.length).toBeLessThan(USER_COLUMNS.length);
  });
});

test('a published CSV file has the same cells in Athena and in the query command', async () => {
  const folder = await newFolder();
  onTestFinished(() => rm(folder, { recursive: true }));
  const { days } = await publishHistory(new FolderStore(folder), { length: 1 });
  const dt = days[0]?.dt ?? '';
  const byAthena = readAsAthena(await readFile(join(folder, KEYS.csv(dt)), 'utf8'), CSV_SIGNS);
  const onLaptop = await answerOf(folder, `select * from users_csv where dt = '${dt}'`);
  expect(onLaptop).toEqual(
    byAthena.map((cells) => ({ ...Object.fromEntries(USER_COLUMNS.map((column, i) => [column, cells[i]])), dt })),
  );
  expect(byAthena.length).toBeGreaterThan(30);
});
