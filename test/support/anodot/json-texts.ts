import fc from 'fast-check';

/** JSON text, and the same text with every number replaced by a string of its digits. */
interface Json {
  readonly text: string;
  readonly digits: string;
}

const same = (text: string): Json => ({ text, digits: text });

const joined = (open: string, parts: readonly Json[], close: string): Json => ({
  text: open + parts.map((part) => part.text).join(',') + close,
  digits: open + parts.map((part) => part.digits).join(',') + close,
});

const whiteSpace = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.string({ unit: fc.constantFrom(' ', '\t', '\r', '\n'), maxLength: 4 }),
);

const number = fc
  .oneof(
    fc.constantFrom(
      '0',
      '-0',
      '-0.0',
      '1.10',
      '1e400',
      '-1E+400',
      '1e-400',
      '9007199254740993',
      '12345678901234567890',
    ),
    fc.stringMatching(/^-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?$/),
  )
  .map((token) => ({ text: token, digits: `"number ${token}"` }));

const rawString = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '},{',
        '}, {',
        '} ,',
        '[',
        ']',
        '],[',
        '{',
        '}',
        ',',
        ':',
        '\\"',
        '\\\\',
        '\\/',
        '\\n',
        '\\u0000',
      ),
      fc.constantFrom('\\ud83d\\ude00', '\\ud83d', '\\uDE00', '😀', 'é', '€', '\u2028', '\u2029', '\u007f', '\ufeff'),
      fc.stringMatching(/^\\u[0-9a-fA-F]{4}$/),
      fc.string({ unit: 'binary', maxLength: 6 }).map((any) => JSON.stringify(any).slice(1, -1)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => `"${parts.join('')}"`);

const string = rawString.map(same);

const key = fc.oneof(rawString, fc.constantFrom('"__proto__"', '"constructor"', '""', '"1"', '"0"', '"a"', '"a"'));

const literal = fc.constantFrom('true', 'false', 'null').map(same);

const { value } = fc.letrec<{ value: Json; spaced: Json; array: Json; object: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, literal, number, string, tie('array'), tie('object')),
  spaced: fc
    .tuple(whiteSpace, tie('value'), whiteSpace)
    .map(([before, { text, digits }, after]) => ({ text: before + text + after, digits: before + digits + after })),
  array: fc.oneof(
    whiteSpace.map((inside) => same(`[${inside}]`)),
    fc.array(tie('spaced'), { minLength: 1, maxLength: 5 }).map((items) => joined('[', items, ']')),
  ),
  object: fc.oneof(
    whiteSpace.map((inside) => same(`{${inside}}`)),
    fc.array(fc.tuple(whiteSpace, key, whiteSpace, tie('spaced')), { minLength: 1, maxLength: 5 }).map((entries) => {
      const members = entries.map(([before, name, after, item]) => {
        const start = `${before}${name}${after}:`;
        return { text: start + item.text, digits: start + item.digits };
      });
      return joined('{', members, '}');
    }),
  ),
}));

export const array = fc
  .tuple(whiteSpace, fc.array(fc.tuple(whiteSpace, value, whiteSpace), { maxLength: 8 }), whiteSpace)
  .map(([before, items, after]) => {
    const spaced = items.map(([left, item, right]) => ({
      text: left + item.text + right,
      digits: left + item.digits + right,
    }));
    return joined(`${before}[`, spaced, `]${after}`);
  });

export const anyJson = fc.oneof({ weight: 5, arbitrary: array }, value);

/** Sizes of the pieces that a text is cut into, including empty ones, so that cuts fall everywhere. */
export const sizes = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 80 })), { minLength: 1, maxLength: 6 })
  .filter((all) => all.some((size) => size > 0));

export const limits = fc.constantFrom(0, 1, 2, 3, 7, 16, 50, 65_536).map((runLength) => ({ runLength }));

const character = fc.oneof(
  fc.constantFrom(...'[]{},:"\\ \n0-1e.+tfn/u', '\ufeff', '\u00a0', '\u000b', '\u0000', 'é', '😀'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

/** A text with a few characters deleted, inserted or replaced. */
export const mutated = fc
  .tuple(
    anyJson,
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('delete', 'insert', 'replace'), character), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([{ text }, edits]) => {
    const characters = [...text];
    for (const [place, edit, by] of edits) {
      const at = place % (characters.length + 1);
      characters.splice(at, edit === 'insert' ? 0 : 1, ...(edit === 'delete' ? [] : [by]));
    }
    return characters.join('');
  });
