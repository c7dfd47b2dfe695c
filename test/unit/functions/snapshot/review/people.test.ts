import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePeople } from '../../../../../functions/snapshot/review/people.ts';
import { type MatchedPeople, matchPeople } from '../../../../../functions/snapshot/review/people-match.ts';
import { user } from '../../../../sql/synthetic.ts';

const bytes = (text: string): Buffer => Buffer.from(text);
const usersWith = (...addresses: readonly (string | null)[]) => addresses.map((email, i) => user(`id${i}`, { email }));

/** The match of a list with an account that has these addresses. */
const matched = (text: string | Uint8Array, ...addresses: readonly (string | null)[]): MatchedPeople =>
  matchPeople(parsePeople(typeof text === 'string' ? bytes(text) : text, 'people.csv'), usersWith(...addresses));

/** Which of the addresses are on the list. */
const listed = (text: string | Uint8Array, ...addresses: readonly (string | null)[]): (string | null)[] => {
  const { isOnList } = matched(text, ...addresses);
  return addresses.filter((email) => isOnList({ email }));
};

describe('an export of', () => {
  test.each<[string, string, string[]]>([
    ['Okta', 'login,email,status\na@x.com,a@x.com,ACTIVE\nb@x.com,b@x.com,DEPROVISIONED\n', ['a@x.com']],
    [
      'Google Workspace',
      'First Name [Required],Email Address [Required],Status [READ ONLY],Recovery Email\nA,a@x.com,Active,p@y.org\nB,b@x.com,Suspended,\n',
      ['a@x.com', 'p@y.org'],
    ],
    [
      'Entra ID',
      '\ufeffuserPrincipalName,displayName,accountEnabled,proxyAddresses\na@x.com,A,True,"SMTP:A@x.com;smtp:c@x.com;X500:/o=x@y"\nb@x.com,B,False,\n',
      ['a@x.com', 'c@x.com'],
    ],
    [
      'an HR system, with a preamble, semicolons and aliases',
      'Employee report\r\nCreated by hr@x.com on 2026-11-01\r\n\r\nName;Work email;Secondary emails;Manager email\r\n"Doe, Jo";A@X.com;c@x.com, d@x.com|e@x.com;b@x.com\r\n',
      ['a@x.com', 'c@x.com', 'd@x.com', 'e@x.com'],
    ],
    ['an address book without a header', 'Jo Doe <a@x.com>\nmailto:c@x.com?subject=x\n', ['a@x.com', 'c@x.com']],
    [
      'Exchange, joined with plus signs',
      'Name,Email addresses\nA,SMTP:a@x.com+smtp:c+t@x.com+SIP:b@x.com\n',
      ['a@x.com', 'c+t@x.com'],
    ],
    ['a spreadsheet that names its separator', 'sep=|\rName|Mail\rA|a@x.com\r', ['a@x.com']],
  ])('%s marks who is on the list', (_, text, expected) => {
    const all = ['a@x.com', 'b@x.com', 'c@x.com', 'd@x.com', 'e@x.com', 'c+t@x.com', 'hr@x.com', 'p@y.org'];
    expect(listed(text, ...all)).toEqual(all.filter((address) => expected.includes(address)));
  });

  test("an old Excel, in Windows-1252, is read although names aren't UTF-8", () => {
    expect(listed(Buffer.from('Name;E-Mail\nJürgen;a@x.com\n', 'latin1'), 'a@x.com')).toEqual(['a@x.com']);
  });
});

describe('addresses', () => {
  test('are the same whatever their case, composition and spelling of the domain, except dots and tags', () => {
    const list = 'email\nJos\u00e9@B\u00fccher.example\nA.B@x.com\n';
    const same = ['JOSE\u0301@xn--bcher-kva.example', 'a.b@X.COM'];
    expect(listed(list, ...same, 'ab@x.com', 'a.b+t@x.com')).toEqual(same);
  });

  test('are taken from the column that fits the account best, which is named', () => {
    const list = 'Personal email,Work email\np1@home.org,a@x.com\np2@home.org,b@x.com\np3@home.org,\n';
    const { match, withoutAccount, notes } = matched(list, 'a@x.com', 'b@x.com');
    expect(match).toMatchObject({ column: 'Work email', addresses: 5, departed: 0, matched: 2 });
    expect(withoutAccount).toEqual(['p3@home.org']);
    expect(notes).toEqual(['people.csv: further addresses of the same people are read from "Personal email"']);
  });

  test('of managers do not put them on the list', () => {
    const list = 'Email,Manager email\na@x.com,boss@x.com\nb@x.com,boss@x.com\n';
    expect(listed(list, 'a@x.com', 'b@x.com', 'boss@x.com')).toEqual(['a@x.com', 'b@x.com']);
    const german = list.replace('Manager email', 'Mail Chefin');
    expect(listed(german, 'a@x.com', 'b@x.com', 'boss@x.com')).toEqual(['a@x.com', 'b@x.com']);
  });

  test.each([
    'Mentor Email',
    'Referred by email',
    'Buddy mail',
    'Mentor alias',
    'Mentor username',
    'Buddy UPN',
    'Contact Email',
  ])('in a column %j are nobody’s alias', (name) => {
    const list = `Work Email,${name}\na@x.com,m@x.com\nb@x.com,m@x.com\n`;
    expect(listed(list, 'a@x.com', 'b@x.com', 'm@x.com')).toEqual(['a@x.com', 'b@x.com']);
  });

  test('of someone who is listed twice under both aliases count as one person with an account', () => {
    const { withoutAccount } = matched('Email,Alias\na@x.com,\nb@x.com,a@x.com\nc@x.com,\n', 'b@x.com');
    expect(withoutAccount).toEqual(['c@x.com']);
  });
});

test('someone whose row is marked as no longer employed is not on the list, unless another row says otherwise', () => {
  const list = 'Email,Employment status\na@x.com,Active\nb@x.com,Terminated\nc@x.com,terminated\nc@x.com,Active\n';
  const { match, withoutAccount, notes } = matched(list, 'a@x.com', 'b@x.com', 'c@x.com');
  expect(listed(list, 'a@x.com', 'b@x.com', 'c@x.com')).toEqual(['a@x.com', 'c@x.com']);
  expect([match.departed, withoutAccount]).toEqual([2, []]);
  expect(notes).toContain(
    'people.csv: rows of people who are marked as no longer employed, and count as not on the list: 2',
  );
});

test.each([
  ['Status', 'Terminated - Voluntary'],
  ['Status', 'Inactive - Payroll Eligible'],
  ['Status', 'Involuntary Termination'],
  ['Employment Status', 'Leaver'],
  ['Employment Status', 'Retired - Early'],
  ['Status', 'Disabled by IT'],
  ['Status', 'Left company'],
  ['Worker Status', 'T'],
  ['Active Status', 'No'],
  ['Is Current Employee', 'no'],
])('someone whose %s is %j is not on the list', (column, value) => {
  expect(listed(`Email,${column}\na@x.com,Active\nb@x.com,${value}\n`, 'a@x.com', 'b@x.com')).toEqual(['a@x.com']);
});

test('a status that nobody can know to mean that someone left is named, and counts as employed', () => {
  const list = 'Email,Employment Status\na@x.com,Active\nb@x.com,On leave\nc@x.com,Garden leave\nd@x.com,On leave\n';
  const { isOnList, notes } = matched(list, 'a@x.com', 'b@x.com');
  expect(isOnList({ email: 'b@x.com' })).toBe(true);
  expect(notes).toEqual([
    'people.csv: these values of column "Employment Status" count as employed: "On leave", "Garden leave"',
  ]);
});

test('a user without an address is not on the list, and that is reported', () => {
  const { isOnList, notes } = matched('email\na@x.com\n', 'a@x.com', null);
  expect(isOnList({ email: null })).toBe(false);
  expect(notes).toEqual(['users without an address, who count as not on the list of people: 1']);
});

describe('a list that cannot be used', () => {
  test.each<[string, string | Buffer, string]>([
    ['is empty', '', 'people.csv is empty'],
    ['has a header only', 'Name,Email\n', 'people.csv has no e-mail addresses'],
    ['has no address column', 'Name,Department\nA,B\n', 'people.csv has no e-mail addresses'],
    ['has addresses of managers only', 'Name,Manager email\nA,a@x.com\n', 'only columns about other people'],
    ['is a workbook', 'PK\u0003\u0004 a@x.com', 'people.csv is a workbook or an archive, not a CSV file'],
    ['is a PDF', '%PDF-1.7 a@x.com', 'people.csv is a PDF'],
    ['is a web page', '<!DOCTYPE html><p>a@x.com', 'people.csv is a web page'],
    ['is JSON', '[{"email":"a@x.com"}]', 'people.csv is JSON'],
    ['is not text', Buffer.from([1, 0, 2, 0, 64]), 'people.csv is not text'],
    ['breaks off in a quote', 'Email\n"a@x.com\n', 'people.csv, line 2: not valid CSV'],
    ['has addresses of others', 'Email\nz@y.org\n', "no address of the account's 3 enabled users"],
    ['marks everyone as departed', 'Email,Status\na@x.com,Terminated\n', "no address of the account's 3 enabled users"],
  ])('is an error that says why, if it %s', (_, text, message) => {
    expect(() => matched(text, 'a@x.com', 'b@x.com', 'c@x.com')).toThrow(message);
  });

  test('is an error with the figure if it has less than a tenth of the enabled users', () => {
    const many = Array.from({ length: 21 }, (_, i) => `u${i}@x.com`);
    expect(() => matched('Email\nu1@x.com\nu2@x.com\n', ...many)).toThrow("only 2 of the account's 21 enabled users");
    expect(listed('Email\nu1@x.com\nu2@x.com\n', ...many.slice(0, 20))).toEqual(['u1@x.com', 'u2@x.com']);
  });
});

describe('in any dialect', () => {
  const local = fc.stringMatching(/^[A-Za-z0-9._+'-]{1,12}$/);
  const address = fc
    .tuple(local, fc.constantFrom('x.com', 'Example.ORG', 'bücher.example'))
    .map(([l, d]) => `${l}@${d}`);
  const name = fc.stringMatching(/^[A-Za-zäé ,;|"\t]{0,12}$/);
  const row = fc.record({ address, name, blanks: fc.constantFrom('', ' ', '  '), upper: fc.boolean() });
  const dialect = fc.record({
    separator: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\r\n', '\n', '\r'),
    isQuoted: fc.boolean(),
    endsWithEnd: fc.boolean(),
    preamble: fc.constantFrom([], ['All people'], ['Export of 2026-11-01', '']),
    encoding: fc.constantFrom('utf8', 'utf8 with BOM', 'utf-16le', 'utf-16be'),
    addressFirst: fc.boolean(),
  });

  function encoded(text: string, encoding: string): Buffer {
    if (encoding === 'utf8') return Buffer.from(text);
    if (encoding === 'utf8 with BOM') return Buffer.from(`\ufeff${text}`);
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    return encoding === 'utf-16le' ? little : little.swap16();
  }

  test('a list that is written and read back has the same addresses', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), dialect, (rows, how) => {
        const cell = (text: string) =>
          how.isQuoted || /["\r\n]/.test(text) || text.includes(how.separator)
            ? `"${text.replaceAll('"', '""')}"`
            : text;
        const line = (name: string, email: string) =>
          (how.addressFirst ? [email, name] : [name, email]).map(cell).join(how.separator);
        const lines = rows.map((r) =>
          line(r.name, `${r.blanks}${r.upper ? r.address.toUpperCase() : r.address}${r.blanks}`),
        );
        const text =
          [...how.preamble, line('Name', 'Email'), ...lines].join(how.end) + (how.endsWithEnd ? how.end : '');
        const { columns, people } = parsePeople(encoded(text, how.encoding), 'people.csv');
        const at = how.addressFirst ? 0 : 1;
        const key = (address: string) => address.toLowerCase().replace('bücher', 'xn--bcher-kva');
        expect(columns).toEqual(how.addressFirst ? ['Email', 'Name'] : ['Name', 'Email']);
        expect(people.map(({ addresses }) => addresses.get(at))).toEqual(rows.map((r) => [key(r.address)]));
      }),
      { numRuns: 1000 },
    );
  });
});
