import { expect, test } from 'vitest';
import { ExceptionMatcher } from '../../../../../functions/snapshot/review/exception-match.ts';
import { parseExceptions } from '../../../../../functions/snapshot/review/exceptions.ts';

const parse = (text: string) => parseExceptions(Buffer.from(text), 'exceptions.csv');

const matched = (text: string, ...users: readonly { readonly id: string; readonly email: string | null }[]) => {
  const matcher = new ExceptionMatcher(parse(text), users);
  return { reasons: users.map((user) => matcher.reasonOf(user)), notes: matcher.notes(), matcher };
};

test('an exception applies to the user with its id, and to every user with its address', () => {
  const { reasons, notes, matcher } = matched(
    '\ufeffUser;Reason\r\nID7;break-glass\r\nBot@x.com;"nightly; export"\r\nnobody@x.com;none\r\n',
    { id: 'ID7', email: 'bot@x.com' },
    { id: 'id7', email: 'else@x.com' },
    { id: '1', email: 'bot@X.com' },
  );
  expect(reasons).toEqual(['break-glass; nightly; export', null, 'nightly; export']);
  expect(matcher.unmatched().map(({ user }) => user)).toEqual(['nobody@x.com']);
  expect(notes).toEqual(['exceptions.csv, line 4 matches no user']);
});

test('a row may name an id or an address, each in its own column', () => {
  const users = [
    { id: '7', email: null },
    { id: '8', email: 'b@x.com' },
  ];
  expect(matched('id,email,reason\n7,,a\n,b@x.com,b\n', ...users).reasons).toEqual(['a', 'b']);
});

test.each([
  ['a display name in another column', 'User name,Email,Reason\nAnn Lee,k3@x.com,break-glass\n'],
  ['a display name around it', 'User,Reason\nAnn Lee <k3@x.com>,break-glass\n'],
  ['further addresses in the same cell', 'User,Reason\nk3@x.com; k1@x.com,break-glass\n'],
  ['the id in another column', 'Account,Email,Reason\nk3,K3@x.com,break-glass\n'],
])('an address is found with %s', (_, text) => {
  const { reasons, notes } = matched(text, { id: 'k3', email: 'k3@x.com' });
  expect([reasons, notes]).toEqual([['break-glass'], []]);
});

test('a line whose columns name different users is an error that names it', () => {
  const users = [
    { id: 'k3', email: 'k3@x.com' },
    { id: 'k1', email: 'k1@x.com' },
  ];
  expect(() => matched('Account,Email,Reason\nk3,k1@x.com,why\n', ...users)).toThrow(
    '--exceptions: exceptions.csv, line 2 names different users in its columns. Leave one of them',
  );
});

test.each([
  ['user,reason\na@x.com,\n,why\n', 'exceptions.csv: line 2 has no reason, line 3 has no address or id'],
  ['user,reason\na@x.com,x\n\nA@X.com,y\n', 'exceptions.csv: line 4 repeats line 2'],
  [
    'a@x.com,break-glass\n',
    'the first line must name the columns: one with an address or id, such as "user", and "reason"',
  ],
  ['user,reason\n', 'exceptions.csv has no exceptions'],
  ['', 'exceptions.csv is empty'],
])('a file with problems is an error that names their lines (%#)', (text, message) => {
  expect(() => parse(text)).toThrow(message);
});
