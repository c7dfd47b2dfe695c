import { CsvError, parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { legible } from '../../../../../functions/command-line/text.ts';
import { csvLine, inert } from '../../../../../functions/snapshot/format/cell-text.ts';
import type { User } from '../../../../../functions/snapshot/user.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { shown } from '../../../../support/fault-table.ts';
import { user, write } from '../../../../support/odd-users.ts';

/** Cells stay text whether a spreadsheet reads comma, semicolon or tab as the separator. */

const SEPARATORS = [',', ';', '\t'] as const;
/** Including what a spreadsheet may drop before the sign: spaces of any kind, and invisible characters. */
const FORMULA = /^[\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠]/u;

/** The cells as csv-parse reads them, which accepts quotes anywhere. None if it rejects the text. */
function strictly(csv: string, delimiter: string): string[] {
  const options = { delimiter, relax_quotes: true, relax_column_count: true, record_delimiter: '\r\n' };
  try {
    return parse(csv, options).flat().map(String);
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

/** The cells as Excel and LibreOffice read them. A quote counts only at the beginning of a cell, and anything after the closing quote is kept. */
function leniently(csv: string, delimiter: string): string[] {
  const cells: string[] = [];
  let [cell, quoted, begins] = ['', false, true];
  for (let i = 0; i < csv.length; i++) {
    const character = csv.charAt(i);
    if (quoted && character === '"' && csv.charAt(i + 1) === '"') cell += csv.charAt(i++);
    else if (quoted && character === '"') quoted = false;
    else if (!quoted && begins && character === '"') quoted = true;
    else if (!quoted && (character === delimiter || character === '\n')) {
      cells.push(cell);
      [cell, begins] = ['', true];
      continue;
    } else cell += character;
    begins &&= character === ' ';
  }
  return [...cells, cell];
}

/** The cells if quotes have no meaning, as if a column is split again, and are dropped with the spaces around them. */
const naively = (csv: string, delimiter: string): string[] =>
  csv.split(/\r\n/).flatMap((line) => line.split(delimiter).map((cell) => cell.replace(/^[ "]+/, '')));

const withoutQuotes = (row: User): User => ({
  ...row,
  id: row.id.replaceAll('"', ''),
  first_name: row.first_name?.replaceAll('"', '') ?? null,
  last_name: null,
  email: null,
  owner_organization: null,
  default_group: null,
  roles: row.roles?.map((role) => role.replaceAll('"', '')) ?? null,
  groups: null,
  extra_json: null,
});

const READERS = [strictly, leniently] as const;

describe('split by any separator', () => {
  const rows = fc.array(user, { minLength: 1, maxLength: 6 });

  test('no cell begins like a formula, whatever the users, in readers that know quotes', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...SEPARATORS), fc.constantFrom(...READERS), (users, separator, reader) => {
        expect(reader(write(users).csv, separator).filter((cell) => FORMULA.test(cell))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('no cell begins like a formula even if quotes have no meaning, except if a text begins with a quote', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...SEPARATORS), (users, separator) => {
        expect(naively(write(users.map(withoutQuotes)).csv, separator).filter((cell) => FORMULA.test(cell))).toEqual(
          [],
        );
      }),
      { numRuns: 200 },
    );
  });

  test('no printed cell begins like a formula, even though the output drops bidirectional controls', () => {
    const character = fc.constantFrom(
      ...'=+-@＝－;,"\' \t\r\nx\0\u001b\u0085\u2028\u200e\u200f\u061c\u202e\u2066\u2069\u00ad\u200b\ufeff\u00a0\u3000\ufe0f\u{e0001}',
    );
    const texts = fc.string({ unit: character, maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.constantFrom(...SEPARATORS), fc.constantFrom(...READERS), (text, separator, reader) => {
        const printed = legible(csvLine(['id', inert(text)]));
        expect(reader(printed, separator).filter((cell) => FORMULA.test(cell))).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['Eve;=HYPERLINK("http://x")', 'Eve;\'=HYPERLINK("http://x")'],
    ['Eve;"=1+1"', 'Eve;"\'=1+1"'],
    ['Eve; "" +1', 'Eve; "" \'+1'],
    ['Eve,@SUM(A1)', "Eve,'@SUM(A1)"],
    ['a;＝1;－2', "a;'＝1;'－2"],
    ['=1;=2', "'=1;'=2"],
    ['a;\t=1', "a; '=1"],
    ['a\t=1', 'a =1'],
    ['a;\r\n@x', "a; '@x"],
  ])('the text %j is written %j', (text, written) => {
    expect(inert(text)).toBe(written);
    const { csv, altered } = write([{ ...EMPTY_USER, first_name: text }]);
    expect(altered).toBe(1);
    for (const separator of SEPARATORS)
      for (const reader of READERS) expect(reader(csv, separator).filter((cell) => FORMULA.test(cell))).toEqual([]);
    shown(
      'C22',
      `the name ${JSON.stringify(text)}`,
      `written ${written}, 1 cell altered`,
      /^[^=].*[,;]/.test(text) ? 'split by ; a cell was a formula' : undefined,
    );
  });

  test.each([
    'a=1',
    'a;b',
    'Smith; Jane - office',
    'x;y=2',
    "a;'=1",
    '12:30-13:30',
    'user@example.com',
    'a;b@example.com',
  ])('the text %j is written unchanged', (text) => {
    expect(inert(text)).toBe(text);
  });

  test('a formula is neutralized after each character of Unicode that a spreadsheet may drop', () => {
    const characters = Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code));
    const dropped = characters.filter((character) => /[\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(character));
    const missed = dropped.filter((blank) =>
      ['', 'a,', 'a;'].some((before) => !inert(`${before}${blank}=1`).includes("'")),
    );
    expect([dropped.length > 4000, missed]).toEqual([true, []]);
  });

  test('roles and groups are joined by semicolons, and each stays text', () => {
    const { csv, altered } = write([{ ...EMPTY_USER, roles: ['+a', '-b', 'c'], groups: ['g', '=1'] }]);
    expect(csv).toContain("'+a;'-b;c,,,g;'=1,");
    expect(altered).toBe(2);
    shown(
      'C22',
      'the roles "+a" "-b" "c" and the groups "g" "=1"',
      "written '+a;'-b;c and g;'=1",
      'split by ; three cells were formulas',
    );
  });
});
