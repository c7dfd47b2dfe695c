import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fold } from '../../../../functions/command-line/fold.ts';

test('a folded text has the same words, and no line with two of them is wider than the terminal', () => {
  const word = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `${text.replaceAll(/\s/g, '')}.`);
  const line = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), fc.integer({ min: 1, max: 60 }), (lines, columns) => {
      const text = lines.join('\n');
      const folded = fold(text, columns);
      expect(folded.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
      for (const part of folded.split('\n'))
        if (/\S +\S/.test(part)) expect(stringWidth(part)).toBeLessThanOrEqual(columns);
    }),
  );
});

test('a line that fits stays, and the rest of one that does not is indented', () => {
  expect(fold('a  b\n\none two three\n', 9)).toBe('a  b\n\none two\n    three\n');
});

test('the rest of a line is indented less if it fits only then', () => {
  expect(fold('one two three\n', 7)).toBe('one two\n  three\n');
});

test('no folded line is wider than the terminal, except one that is a single word', () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .map((text) => `${text.replaceAll(/\s/g, '')}.`);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.integer({ min: 2, max: 60 }), (words, columns) => {
      const lines = fold(words.join(' '), columns).split('\n');
      const wide = lines.filter((line) => stringWidth(line) > columns);
      expect(wide.filter((line) => stringWidth(line.trim()) < columns)).toEqual([]);
    }),
  );
});
