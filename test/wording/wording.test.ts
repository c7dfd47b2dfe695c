import { expect, test } from 'vitest';
import { find } from './find.ts';
import { HABITS, TERMS } from './glossary.ts';

const RULES = [...HABITS, ...TERMS];
const found = (file: string, text: string) => find(file, text).findings.map(({ line, found }) => `${line} ${found}`);

test.each(RULES)('a sentence that should use "$instead" is flagged: $bad', ({ bad, instead }) => {
  expect(find('page.md', bad).findings).toMatchObject([{ line: 1, instead }]);
});

test.each(RULES)('a sentence that keeps to the glossary passes: $good', ({ good }) => {
  expect(find('page.md', good).findings).toEqual([]);
});

test('a page is read without its code and the addresses of its links', () => {
  const page = 'Run `mend`.\n\n```sh\nmend it\n```\n\nSee [this](https://example.com/mend).\nThen mend\nthe role.';
  expect(found('docs/page.md', page)).toEqual(['8 mend']);
});

test('a program is read for its comments and its phrases, and not for names, keys or regular expressions', () => {
  const program = [
    'const mend = { mend: 1 }; // it was held',
    '// against its hash',
    "const key = 'mend';",
    'const text = `Could not mend $' + '{mend.mend / 2} or mend $' + '{key}`;',
    'const pattern = /mend this "and that/;',
    "expect('Please mend it').toBe(1);",
  ].join('\n');
  expect(found('a.ts', program)).toEqual(['1 held against', '4 mend', '4 mend', '6 mend']);
});

test('names in backticks are code, in a comment too', () => {
  expect(found('a.ts', '/** Calls `mend`, and may mend it. */')).toEqual(['1 mend']);
});

test.each([
  ['a.sql', 'select mend -- mend it'],
  ['.ci/run', 'mend "$mend" # mend it'],
  ['.ci/run', 'echo "mend this now"; mend'],
])('in %s, comments and phrases are read: %s', (file, text) => {
  expect(found(file, text)).toEqual(['1 mend']);
});

test('a file that holds no prose is not read', () => {
  expect(found('users.csv', 'mend the role')).toEqual([]);
});
