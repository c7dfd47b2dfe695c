import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, inject, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { USER_COLUMNS } from '../../functions/snapshot/user.ts';
import { ask, expectSameRows } from './ask.ts';

test('the CSV table has every cell of every day that an RFC 4180 reader finds in the files', async () => {
  const { folder, days } = inject('deployed');
  const { rows } = await ask(`select * from users_csv where dt <= '${days.at(-1)}'`);
  const written: { [column: string]: string }[] = [];
  for (const dt of days) {
    const cells: string[][] = parse(await readFile(join(folder, KEYS.csv(dt))), { fromLine: 2 });
    for (const line of cells)
      written.push({ ...Object.fromEntries(USER_COLUMNS.map((name, i) => [name, line[i] ?? ''])), dt });
  }
  expectSameRows(rows, written);
});

/** Cells of hostile users, as published. */
const CELLS: readonly (readonly [id: string, column: string, text: string])[] = [
  ['hostile-signs', 'first_name', 'a,b;c|d"e\'f'],
  ['hostile-signs', 'last_name', 'CORP\\jsmith'],
  ['hostile-signs', 'email', "'quoted'@example.com"],
  ['hostile-escapes', 'first_name', 'C:\\'],
  ['hostile-escapes', 'last_name', '\\N \\n \\u0000 \\"'],
  ['hostile-escapes', 'email', '\\'],
  ['hostile-bidi', 'last_name', 'עברית العربية 小林 Ł ß 👩‍👩‍👧 🏴‍☠️'],
  ['hostile-formula', 'first_name', '\'=HYPERLINK("http://example.com";"x")'],
  ['hostile-controls', 'last_name', 'a b c d e f'],
  ['hostile-words', 'first_name', 'null'],
  ['hostile-words', 'email', '""'],
  ['hostile-empty', 'first_name', ''],
  ['hostile-empty', 'owner_organization', ''],
  ['hostile-length', 'first_name', 'x'.repeat(10_000)],
  ['hostile-length', 'last_name', ' leading and trailing '],
  ['hostile-surrogate', 'first_name', 'lone \ufffd and \ufffd'],
  ['role-changes', 'roles', 'customer-read-only;of-their-own; with "signs"'],
];

test.each(CELLS)('the CSV table returns, for the user %s, the column %s as %j', async (id, column, text) => {
  const { rows } = await ask(
    `select ${column} from users_csv where id = '${id}' and dt = '${inject('deployed').days.at(-1)}'`,
  );
  expect(rows).toEqual([{ [column]: text }]);
});
