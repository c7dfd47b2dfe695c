import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../../../functions/command-line/shell-word.ts';

test('a plain path is shown without quotes, and any other as one quoted word', () => {
  expect(shellWord('./sample-snapshots')).toBe('./sample-snapshots');
  expect(shellWord('s3://bucket/prefix')).toBe('s3://bucket/prefix');
  expect(shellWord('my files')).toBe("'my files'");
  expect(shellWord("it's")).toBe(String.raw`'it'\''s'`);
  expect(shellWord('')).toBe("''");
});

test('a shell reads back exactly the value', () => {
  const value = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), (values) => {
      const script = `printf '%s\\0' ${values.map((word) => shellWord(word)).join(' ')}`;
      const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(printed.split('\0').slice(0, -1)).toEqual(values);
    }),
    { numRuns: 25 },
  );
});
