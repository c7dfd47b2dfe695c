import { expect, test } from 'vitest';
import { ExceptionMatcher } from '../../../../../functions/snapshot/review/exception-match.ts';
import { parseExceptions } from '../../../../../functions/snapshot/review/exceptions.ts';

const parse = (text: string) => parseExceptions(Buffer.from(text), 'exceptions.csv');

test('an exception applies to the user with its id, and to every user with its address', () => {
  const list = parse('\ufeffUser;Reason\r\nID7;break-glass\r\nBot@x.com;"nightly; export"\r\nnobody@x.com;none\r\n');
  const matcher = new ExceptionMatcher(list);
  expect(matcher.reasonOf({ id: 'ID7', email: null })).toBe('break-glass');
  expect(matcher.reasonOf({ id: 'id7', email: 'else@x.com' })).toBeNull();
  expect(matcher.reasonOf({ id: '1', email: 'bot@X.com' })).toBe('nightly; export');
  expect(matcher.reasonOf({ id: 'ID7', email: 'bot@x.com' })).toBe('break-glass; nightly; export');
  expect(matcher.unmatched().map(({ user }) => user)).toEqual(['nobody@x.com']);
  expect(matcher.notes()).toEqual(['exceptions.csv, line 4 matches no user']);
});

test('a row may name an id or an address, each in its own column', () => {
  const { entries } = parse('id,email,reason\n7,,a\n,b@x.com,b\n');
  expect(entries).toEqual([
    { line: 2, user: '7', reason: 'a' },
    { line: 3, user: 'b@x.com', reason: 'b' },
  ]);
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
