import fc from 'fast-check';
import { streamXlsxRows, writeXlsxStream } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { MOST_CHARACTERS, type SheetCell, sheetCell } from '../../../../../functions/command-line/export/sheet-cell.ts';
import type { Cell } from '../../../../../functions/command-line/query/cells.ts';
import { NASTY } from '../../../../support/odd-users.ts';

const never = () => {
  throw new Error('nothing is too long');
};

/** The cells as a workbook that was written and read again has them. */
async function roundTrip(cells: readonly SheetCell[]): Promise<unknown[]> {
  const read = [];
  for await (const { values } of streamXlsxRows(writeXlsxStream([[...cells, 'end']], { name: 'a' })))
    read.push(...values);
  return read.slice(0, -1);
}

const text = fc.oneof(
  fc.constantFrom(
    ...NASTY,
    '_x0041_',
    '_x005F_x0041_',
    '__x000d_',
    ']]>',
    '&amp;',
    '<t>',
    '\ud800',
    'a\udc00b',
    '  a  b  ',
  ),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('_', 'x', '0', '4', '1', 'F', 'f', '5') }),
);

describe('a cell of a worksheet', () => {
  test('has its text on one line, character by character, whatever a workbook could take it for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 8 }), async (texts) => {
        const read = await roundTrip(texts.map((one) => sheetCell(one, false, never)));
        const steering = /\r\n|[\p{Cc}\u2028\u2029]/gu;
        const expected = texts.map((one) =>
          one
            .replaceAll(steering, ' ')
            .replaceAll(/\p{Bidi_Control}/gu, '')
            .toWellFormed()
            .replaceAll(/[\ufffe\uffff]/g, '\ufffd'),
        );
        expect(read.map((value) => value ?? '')).toEqual(expected);
      }),
    );
  });

  test('is a number only if the number is exact, and otherwise its digits', async () => {
    const most = 10n ** 15n - 1n;
    expect(sheetCell(most, false, never)).toBe(999_999_999_999_999);
    expect(sheetCell(-most, false, never)).toBe(-999_999_999_999_999);
    expect(sheetCell(most + 1n, false, never)).toBe('1000000000000000');
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), async (number) => {
        expect((await roundTrip([sheetCell(number, false, never)])).map(String)).toEqual([String(number)]);
      }),
    );
  });

  test('is the same moment for a time, and text for a time before March 1900 or after 9999', async () => {
    const time = fc.date({
      min: new Date('1900-03-01'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    await fc.assert(
      fc.property(time, (date) => {
        expect(sheetCell(date.toISOString(), true, never)).toEqual(date);
        expect(sheetCell(date.toISOString(), false, never)).toBe(date.toISOString());
      }),
    );
    for (const odd of ['1900-02-28T23:59:59.999Z', '+010000-01-01T00:00:00.000Z', '-infinity'])
      expect(sheetCell(odd, true, never)).toBe(odd);
  });

  test.each<[Cell, SheetCell]>([
    [null, null],
    [true, true],
    ['', ''],
    [{ json: '["a","b"]' }, '["a","b"]'],
    [{ json: '1.5' }, '1.5'],
    [{ json: '{"a":1}' }, '{"a":1}'],
  ])('for %j is %j', (cell, expected) => {
    expect(sheetCell(cell, false, never)).toBe(expected);
  });

  test('is cut to what it can hold, never within a character, and reports it once', () => {
    let cut = 0;
    const onCut = () => {
      cut++;
    };
    const whole = 'a'.repeat(MOST_CHARACTERS);
    expect([sheetCell(whole, false, onCut), cut]).toEqual([whole, 0]);
    const shown = sheetCell('😀'.repeat(MOST_CHARACTERS), false, onCut);
    expect([String(shown).length, String(shown).isWellFormed(), String(shown).endsWith('😀…'), cut]).toEqual([
      32_767,
      true,
      true,
      1,
    ]);
  });
});
