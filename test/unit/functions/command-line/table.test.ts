import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { Table } from '../../../../functions/command-line/table.ts';

function laidOut(table: Table, rows: readonly (readonly string[])[], right?: ReadonlySet<number>): string {
  for (const cells of rows) table.measure(cells);
  return rows.map((cells) => table.row(cells, right)).join('');
}

describe('a table', () => {
  test('makes each column as wide as its widest cell, and counts wide characters as two columns', () => {
    expect(
      laidOut(new Table(), [
        ['小林', 'a', '1'],
        ['x', 'long', '2'],
        ['', '', ''],
      ]),
    ).toBe('小林  a     1\nx     long  2\n\n');
  });

  test('aligns columns to the right on request, including the last one', () => {
    expect(
      laidOut(
        new Table(),
        [
          ['n', 'm'],
          ['10', '200'],
        ],
        new Set([0, 1]),
      ),
    ).toBe(' n    m\n10  200\n');
  });

  test('does not measure cells if the widths are given, and never truncates a cell', () => {
    const table = new Table({ widths: [4, 3], gap: ' ' });
    expect(table.row(['ok', 'a', 'rest'])).toBe('ok   a   rest\n');
    expect(table.row(['longer', 'a', 'rest'])).toBe('longer a   rest\n');
  });

  test('shifts only the cells after a cell that is wider than the widest column', () => {
    expect(
      laidOut(new Table({ widest: 3 }), [
        ['abcdefgh', 'x'],
        ['a', 'x'],
      ]),
    ).toBe('abcdefgh  x\na    x\n');
  });

  test('that fits a terminal has no wider line, starts its columns at the same place, and keeps what must stay whole', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/\s|…/g, ''));
    const row = fc.tuple(cell, cell, cell);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.integer({ min: 12, max: 80 }), (rows, columns) => {
        const header = ['id', 'name', 'n'];
        const table = new Table();
        for (const cells of [header, ...rows]) table.measure(cells);
        expect(table.fit(columns, header)).toBe(true);
        expect(table.row(header).trim().split(/ +/)).toEqual(header);
        const starts = new Set<number>();
        for (const [first, second] of rows) {
          const line = table.row([first, second, '|']);
          expect(stringWidth(line.trimEnd())).toBeLessThanOrEqual(columns);
          starts.add(stringWidth(line.slice(0, line.lastIndexOf('|'))));
        }
        expect(starts.size).toBe(1);
      }),
    );
  });

  test('that cannot fit a terminal says so, and stays as it was', () => {
    const table = new Table();
    table.measure(['email', 'state']);
    expect(table.fit(11, ['email', 'state'])).toBe(false);
    expect(table.row(['a long address', 'x'])).toBe('a long address  x\n');
    expect(table.fit(12, ['email', 'state'])).toBe(true);
  });

  test('draws a rule as wide as its columns', () => {
    const table = new Table();
    table.measure(['ab', 'c']);
    expect(table.rule()).toBe('--  -\n');
  });

  test('starts every column at the same place in every row, whatever the cells are', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => `${text.replaceAll(/\s|\|/g, '')}|`);
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(rows, (cells) => {
        const lines = laidOut(
          new Table(),
          cells.map((row) => [...row, 'end']),
        )
          .trimEnd()
          .split('\n');
        const starts = lines.map((line) => stringWidth(line.slice(0, line.lastIndexOf('end'))));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });
});
