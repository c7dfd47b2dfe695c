import fc from 'fast-check';
import { Csv } from '../../functions/snapshot/format/csv.ts';
import { lineOf } from '../../functions/snapshot/format/json-lines.ts';
import type { User } from '../../functions/snapshot/user.ts';
import { USER_COLUMNS } from '../../functions/snapshot/user.ts';

/** Texts that break lines, quotes, columns, encodings or spreadsheets. */
export const NASTY = [
  ...['', ' ', '  ', '"', '""', "'", ',', ';', '|', '\t', '\\', '\\"', '\\n', '\0', 'a\0b', '\r', '\n', '\r\n', '\n\r'],
  ...[
    '\r\r\n',
    'a\r\nb\r\n',
    '"\r\n"',
    ',\n,',
    '\u2028',
    '\u2029',
    '\u007f',
    '\u0085',
    '\u009f',
    '\u00a0',
    '\ufeff',
    '\ufffd',
  ],
  ...[
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '=HYPERLINK("http://x.invalid";"y")',
    '＝1',
    '＋1',
    '－1',
    '＠a',
    ' =1',
    '   @a',
    '\t=1',
  ],
  ...[
    '\r\n=1',
    '\u2028=1',
    '\u0085+1',
    '\u00a0=1',
    "'=1",
    '"=1',
    'a=1',
    '\ufeff=1',
    '\u202e=1',
    '==',
    ' ',
    '−1',
    '=\0',
  ],
  ...[
    '\u202eevil\u202c',
    '\u2066a\u2069',
    '\u200f',
    '😀',
    'é',
    'e\u0301',
    '\u{10ffff}',
    '\uffff',
    'NULL',
    'null',
    '\\N',
    '#',
    '--',
  ],
  ...[
    'NaN',
    'true',
    '1e5',
    '00012',
    '2026-11-23',
    '{"a":1}',
    '[1]',
    '{',
    'Eve;=HYPERLINK("http://x")',
    'Eve;"=x"',
    'Eve; ""+1',
    'Eve,=1',
    ',@a',
    ';－1',
    '";"=1";"',
    "O'Neill",
    '李,小龍',
    'مرحبا',
    'x'.repeat(3000),
  ],
];

const text = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom(...NASTY), { maxLength: 4 }).map((parts) => parts.join('')),
);

const nullable = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 5 });

const time = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

export const user: fc.Arbitrary<User> = fc.record({
  id: text,
  created_at: nullable(time),
  first_name: nullable(text),
  last_name: nullable(text),
  email: nullable(text),
  roles: nullable(fc.array(text, { maxLength: 3 })),
  disabled: nullable(fc.boolean()),
  owner_organization: nullable(text),
  groups: nullable(fc.array(text, { maxLength: 3 })),
  default_group: nullable(text),
  last_active: nullable(time),
  extra_json: nullable(
    fc.oneof(
      text,
      fc.jsonValue().map((value) => JSON.stringify({ x: value }).toWellFormed()),
    ),
  ),
});

/** The cell that the contract describes, built character by character. */
function expectedCell(value: User[keyof User]): string {
  if (value === null) return '';
  const characters = [...(Array.isArray(value) ? value.join(';') : String(value))];
  let cell = '';
  for (const [i, character] of characters.entries()) {
    const point = character.codePointAt(0) ?? 0;
    const control = point < 0x20 || (point >= 0x7f && point < 0xa0) || point === 0x2028 || point === 0x2029;
    const secondOfPair = point === 0x0a && characters[i - 1] === '\r';
    if (!secondOfPair) cell += control ? ' ' : character;
  }
  let first = 0;
  while (isBlank(cell, first)) first += String.fromCodePoint(cell.codePointAt(first) ?? 0).length;
  return `${isSign(cell, first) ? "'" : ''}${inertInside(cell)}`;
}

const isSign = (text: string, at: number): boolean =>
  [0x3d, 0x2b, 0x2d, 0x40, 0xff1d, 0xff0b, 0xff0d, 0xff20].includes(text.charCodeAt(at));

/** Any kind of space, or an invisible character. */
const isBlank = (text: string, at: number): boolean =>
  /^[\p{Z}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text.slice(at, at + 2));

/** Puts an apostrophe before each sign that only blanks and quotes separate from a comma or semicolon. */
function inertInside(cell: string): string {
  let [result, begins] = ['', false];
  for (let i = 0; i < cell.length; i++) {
    const character = cell.charAt(i);
    if (begins && isSign(cell, i)) result += "'";
    begins = character === ',' || character === ';' || (begins && (character === '"' || isBlank(cell, i)));
    result += character;
  }
  return result;
}

const plainCell = (value: User[keyof User]): string =>
  value === null ? '' : Array.isArray(value) ? value.join(';') : String(value);

export const expectedRow = (row: User): string[] => USER_COLUMNS.map((column) => expectedCell(row[column]));

export const alterations = (users: readonly User[]): number =>
  users
    .flatMap((row) => USER_COLUMNS.map((column) => row[column]))
    .filter((value) => expectedCell(value) !== plainCell(value)).length;

export function write(users: readonly User[]): {
  readonly csv: string;
  readonly json: string;
  readonly altered: number;
} {
  const csv = new Csv();
  return {
    csv: csv.header + users.map((row) => csv.row(row)).join(''),
    json: users.map((row) => `${lineOf(row).json}\n`).join(''),
    altered: csv.alteredCells,
  };
}
