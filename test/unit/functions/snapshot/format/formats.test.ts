import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { csvCell, csvLine, inert, isPlain } from '../../../../../functions/snapshot/format/cell-text.ts';
import { Csv } from '../../../../../functions/snapshot/format/csv.ts';
import { readRows } from '../../../../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { USER_COLUMNS } from '../../../../../functions/snapshot/user.ts';

import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { alterations, user, write } from '../../../../support/odd-users.ts';

/** What CSV and JSON Lines look like, for any user. */

const HEADER =
  'id,created_at,first_name,last_name,email,roles,disabled,owner_organization,groups,default_group,last_active,extra_json\r\n';

/** Texts of the characters that decide whether a cell is plain. */
const ordinaryText = fc.string({ unit: fc.constantFrom(...'aZ09 ;;,"\'=+-@.~_!#\u007f\u00e9\t'), maxLength: 6 });
const ordinaryUser = fc.record({
  created_at: fc.constant(null),
  first_name: ordinaryText,
  last_name: fc.constant(null),
  id: ordinaryText,
  email: ordinaryText,
  roles: fc.array(ordinaryText, { maxLength: 3 }),
  disabled: fc.boolean(),
  owner_organization: fc.constant(null),
  groups: fc.constant(null),
  default_group: ordinaryText,
  last_active: fc.constant(null),
  extra_json: ordinaryText,
});

describe('a plain cell', () => {
  test('is neither neutralized nor quoted', () => {
    fc.assert(
      fc.property(ordinaryText.filter(isPlain), (text) => {
        expect(inert(text)).toBe(text);
        expect(csvCell(text)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    '',
    'a',
    '5f0000000000000000000001',
    '2026-11-23T02:15:01.000Z',
    'Ada Lovelace',
    "O'Neill",
    'ada.lovelace+admin@example.com',
    'customer-admin;customer-user',
  ])('is usual: %j', (text) => {
    expect(isPlain(text)).toBe(true);
  });
});

describe('CSV', () => {
  test('begins with exactly the twelve contract columns, and every line ends with CR LF', () => {
    expect(new Csv().header).toBe(HEADER);
    expect(new Csv().row(EMPTY_USER)).toBe('a,,,,,,,,,,,\r\n');
  });

  test('separates roles and groups with semicolons, writes booleans as words, and null like an empty text', () => {
    const row = { ...EMPTY_USER, roles: ['a', 'b'], groups: ['1', '2', '3'], disabled: false, first_name: '' };
    expect(new Csv().row(row)).toBe('a,,,,,a;b,false,,1;2;3,,,\r\n');
    expect(new Csv().row({ ...row, roles: [], groups: [], disabled: true })).toBe('a,,,,,,true,,,,,\r\n');
  });

  test.each([
    ['a CR LF', 'a\r\nb', 'a b'],
    ['a CR and an LF apart', 'a\rb\nc', 'a b c'],
    ['an LF before a CR', 'a\n\rb', 'a  b'],
    ['two CRs and an LF', 'a\r\r\nb', 'a  b'],
    ['a NUL', 'a\0b', 'a b'],
    ['a tab', 'a\tb', 'a b'],
    ['U+007F', 'a\u007fb', 'a b'],
    ['U+0085', 'a\u0085b', 'a b'],
    ['line separators', 'a\u2028b\u2029c', 'a b c'],
    ['bidi marks', 'a\u202eb\u2069', 'a\u202eb\u2069'],
    ['a quote', 'a"b', '"a""b"'],
    ['a comma', 'a,b', '"a,b"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with quotes', '=A("b",1)', '"\'=A(""b"",1)"'],
    ['a formula after spaces', '  @a', "'  @a"],
    ['a formula after a line break', '\r\n+1', "' +1"],
    ['a full-width formula', '＝1', "'＝1"],
    ['an inner sign', 'a=1', 'a=1'],
    ['an apostrophe before a sign', "'=1", "'=1"],
    ['an ideographic space before a sign', '\u3000=1', "'\u3000=1"],
    ['a no-break space before a sign', '\u00a0+1', "'\u00a0+1"],
    ['a bidi mark before a sign', '\u200e@x', "'\u200e@x"],
    ['a soft hyphen before a sign', '\u00ad-1', "'\u00ad-1"],
    ['zero-width spaces and a variation selector before a sign', '\u200b\ufeff\ufe0f＝1', "'\u200b\ufeff\ufe0f＝1"],
  ])('writes a name with %s neutralized on one line', (_, name, cell) => {
    const csv = new Csv();
    expect(csv.row({ ...EMPTY_USER, first_name: name })).toBe(`a,,${cell},,,,,,,,,\r\n`);
  });

  test('has one line per user and no other control character, and counts exactly the cells it alters', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const { csv, altered } = write(users);
        const breaks = [...csv].filter((character) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(character));
        expect(breaks.join('')).toBe('\r\n'.repeat(users.length + 1));
        expect(csv.split('\r\n')).toHaveLength(users.length + 2);
        expect(altered).toBe(alterations(users));
      }),
      { numRuns: 200 },
    );
  });

  test('has the same lines as if every cell were neutralized and quoted, also the plain ones', () => {
    const cellOf = (value: User[keyof User]): string =>
      value === null ? '' : inert(typeof value === 'object' ? value.join(';') : String(value));
    fc.assert(
      fc.property(fc.oneof(user, ordinaryUser), (row) => {
        expect(new Csv().row(row)).toBe(csvLine(USER_COLUMNS.map((column) => cellOf(row[column]))));
      }),
      { numRuns: 500 },
    );
  });

  test('never has a cell that starts like a formula', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const rows: string[][] = parse(write(users).csv, { record_delimiter: '\r\n' });
        expect(rows.flat().filter((cell) => /^ *[=+\-@＝＋－＠]/u.test(cell))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('JSON Lines', () => {
  test('have one object per line, columns in order, no blank line and no byte order mark', () => {
    fc.assert(
      fc.property(fc.array(user, { maxLength: 10 }), (users) => {
        const { json } = write(users);
        const lines = json.split('\n');
        expect(lines.pop()).toBe('');
        expect(lines).toHaveLength(users.length);
        expect(json.startsWith('\ufeff')).toBe(false);
        for (const [i, line] of lines.entries()) {
          const row = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
          expect(row).toEqual(users[i]);
          expect(Object.keys(row)).toEqual(USER_COLUMNS);
          expect([...line].filter((character) => character < ' ')).toEqual([]); // nothing ends a line within it
        }
      }),
      { numRuns: 150 },
    );
  });
});

test('JSON Lines read back as the users that were written, however the bytes are cut', async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(user, { maxLength: 10 }), sizes, async (users, cuts) => {
      const bytes = Buffer.from(write(users).json);
      async function* chunks() {
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          yield bytes.subarray(at, at + size);
          at += size;
        }
      }
      const rows: User[] = [];
      for await (const batch of readRows(chunks())) rows.push(...batch);
      expect(rows).toEqual(users);
    }),
    { numRuns: 100 },
  );
});
