import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, unzipSync, zipSync } from 'fflate';
import { type CellValue, type WriteOptions, type WriteSheet, writeXlsx } from 'hucre/xlsx';
import { describe, expect, test } from 'vitest';
import { readSheet } from '../../../../../functions/command-line/review/read-sheet.ts';
import { hasDecisions } from '../../../../../functions/command-line/review/sheet.ts';
import { SettingsError } from '../../../../../functions/snapshot/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-sheet-'));
let files = 0;

/** Writes a file and reads it as a sheet. */
function read(content: string | Uint8Array, name = 'review') {
  const path = join(folder, `${++files}-${name}`);
  writeFileSync(path, content);
  return readSheet(path);
}

const HEADER = ['row', 'email', 'decision', 'reviewer', 'decided_at', 'remark'];
const workbook = async (rows: CellValue[][], more: Partial<WriteSheet> = {}, options: Partial<WriteOptions> = {}) =>
  read(await writeXlsx({ sheets: [{ name: 'Review', rows, ...more }], ...options }), 'review.xlsx');

/** What most sheets here hold. */
const FILLED = {
  row: '1',
  email: 'a@example.com',
  decision: 'keep',
  reviewer: 'Zoë Müller',
  decided_at: '2026-11-23',
  remark: 'a, b; "c"',
};
const cellsIn = ({ rows }: Awaited<ReturnType<typeof readSheet>>) => rows.map(({ cells }) => cells);

describe('a workbook', () => {
  const date = new Date('2026-11-23T00:00:00Z');
  const values = [1, 'a@example.com', 'keep', 'Zoë Müller', date, 'a, b; "c"'];

  test.each(['shared', 'inline'] as const)('is read with %s strings, numbers and dates', async (stringMode) => {
    expect(cellsIn(await workbook([HEADER, values], {}, { stringMode }))).toEqual([FILLED]);
  });

  test('is read whether its dates count from 1900 or from 1904', async () => {
    expect(cellsIn(await workbook([HEADER, values], {}, { dateSystem: '1904' }))).toEqual([FILLED]);
  });

  test('keeps its line numbers when titles and empty rows are above, between and under the rows', async () => {
    const sheet = await workbook([['Quarterly review'], [], HEADER, values, [], ['', ' '], values, []]);
    expect(sheet.rows.map(({ line }) => line)).toEqual([4, 7]);
    expect(cellsIn(sheet)).toEqual([FILLED, FILLED]);
  });

  test('may have moved, additional and differently written columns', async () => {
    const sheet = await workbook([
      ['Decision ', 'my notes', 'ROW', 'email', ' reviewer', 'Decided_At', 'remark', 'notes'],
      ['keep', 'x', 1, 'a@example.com', 'Zoë Müller', date, 'a, b; "c"', 'only for me'],
      [null, 'a row of notes'],
    ]);
    expect(cellsIn(sheet)).toEqual([FILLED]);
  });

  test('may have other sheets before the one with the header', async () => {
    const bytes = await writeXlsx({
      sheets: [
        { name: 'Cover', rows: [['Please fill in the column decision of each row']] },
        { name: 'Empty', rows: [] },
        { name: 'Review', rows: [HEADER, values] },
      ],
    });
    expect(cellsIn(await read(bytes))).toEqual([FILLED]);
  });

  test('may have hidden rows and a filter', async () => {
    const sheet = await workbook([HEADER, values], {
      rowDefs: new Map([[1, { hidden: true }]]),
      autoFilter: { range: 'A1:F2' },
    });
    expect(cellsIn(sheet)).toEqual([FILLED]);
  });

  test('may have formulas, whose last result counts, truth values, and texts of several formats', async () => {
    const bytes = await writeXlsx({ sheets: [{ name: 'Review', rows: [HEADER, values] }], stringMode: 'inline' });
    const sheet = edited(bytes, (xml) =>
      xml
        .replace(/<c r="C2"[^>]*>.*?<\/c>/, '<c r="C2" t="str"><f>LOWER("KEEP")</f><v>keep</v></c>')
        .replace(/<c r="B2"[^>]*>.*?<\/c>/, '<c r="B2" t="b"><v>1</v></c>')
        .replace(
          /<c r="D2"[^>]*>.*?<\/c>/,
          '<c r="D2" t="inlineStr"><is><r><t>Zoë </t></r><r><rPr><b/></rPr><t>Müller</t></r></is></c>',
        ),
    );
    expect(cellsIn(await read(sheet))).toEqual([{ ...FILLED, email: 'true' }]);
  });

  test('keeps the time of a date cell', async () => {
    const sheet = await workbook([HEADER, [1, '', 'keep', 'Ann', new Date('2026-11-23T14:30:00Z'), '']]);
    expect(cellsIn(sheet)).toMatchObject([{ decided_at: '2026-11-23T14:30:00' }]);
  });

  test('that is protected by a password is an error that says so', async () => {
    const bytes = await writeXlsx({
      sheets: [{ name: 'Review', rows: [HEADER] }],
      encryption: { password: 'secret', spinCount: 1000 },
    });
    await expect(read(bytes)).rejects.toThrow(
      /protected by a password, or is an old \.xls workbook\. Save it as \.xlsx/,
    );
  });

  test('that is damaged is an error', async () => {
    const bytes = await writeXlsx({ sheets: [{ name: 'Review', rows: [HEADER, values] }] });
    for (const length of [10, 500, bytes.length - 30])
      await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(SettingsError);
    await expect(read(zipSync({ 'a.txt': strToU8('no workbook') }))).rejects.toThrow(/isn't a readable workbook/);
  });

  test('that claims or has parts of many gigabytes is an error before they are unpacked', async () => {
    const bytes = await writeXlsx({ sheets: [{ name: 'Review', rows: [HEADER, values] }] });
    const claiming = (size: number) => {
      const copy = Buffer.from(bytes);
      // The size of the first part, in the archive's directory.
      copy.writeUInt32LE(size, copy.indexOf('PK\u0001\u0002') + 24);
      return read(copy);
    };
    await expect(claiming(2_000_000_000)).rejects.toThrow(/unpacks to more than 600 MB\. Use the sheet/);
    const bomb = edited(bytes, (xml) => xml.replace('</sheetData>', `${' '.repeat(2_000_000)}</sheetData>`));
    const lying = Buffer.from(bomb);
    for (let at = lying.indexOf('PK\u0001\u0002'); at >= 0; at = lying.indexOf('PK\u0001\u0002', at + 4))
      if (lying.readUInt32LE(at + 24) > 2_000_000) lying.writeUInt32LE(1000, at + 24);
    await expect(read(lying)).rejects.toThrow(SettingsError);
  });

  test('may have merged cells, of which only the first has the value', async () => {
    const sheet = await workbook([HEADER, values, [2, '', null, 'Ann', date, '']], {
      merges: [{ startRow: 1, startCol: 2, endRow: 2, endCol: 2 }],
    });
    expect(cellsIn(sheet).map(({ row, decision }) => [row, decision])).toEqual([
      ['1', 'keep'],
      ['2', ''],
    ]);
  });

  test('may repeat its header, which is then a row like others', async () => {
    const sheet = await workbook([HEADER, HEADER, values]);
    expect(cellsIn(sheet)[0]).toMatchObject({ row: 'row', decision: 'decision' });
  });

  test('of another program is an error that says what to save', async () => {
    const ods = zipSync({ mimetype: [strToU8('application/vnd.oasis.opendocument.spreadsheet'), { level: 0 }] });
    await expect(read(ods)).rejects.toThrow(/OpenDocument file\. Save it as \.xlsx or \.csv/);
  });
});

/** The workbook with another first worksheet. */
const edited = (bytes: Uint8Array, change: (xml: string) => string): Uint8Array => {
  const parts = unzipSync(bytes);
  const name = 'xl/worksheets/sheet1.xml';
  return zipSync({ ...parts, [name]: strToU8(change(new TextDecoder().decode(parts[name]))) });
};

describe('a CSV file', () => {
  const csv = (separator: string, lineEnd = '\r\n') =>
    [HEADER.join(separator), Object.values({ ...FILLED, remark: '"a, b; ""c"""' }).join(separator), ''].join(lineEnd);

  test.each([
    ['commas', csv(',')],
    ['semicolons', csv(';')],
    ['tabs', csv('\t')],
    ['a byte order mark', `\ufeff${csv(',')}`],
    ['Unix line ends', csv(',', '\n')],
    ['old Mac line ends', csv(';', '\r')],
    ["Excel's line that names the separator", `sep=;\r\n${csv(';')}`],
    ['the same after a byte order mark', `\ufeff"sep=,"\n${csv(',', '\n')}`],
    ['every cell in quotes', csv(',').replaceAll(/(?<=^|,)([^",\r\n]+)(?=,|\r)/gm, '"$1"')],
    ['empty columns and rows', csv(';').replaceAll('\r\n', ';;;\r\n').concat(';;;;;;;;\r\n\r\n')],
  ])('is read with %s', async (_, text) => {
    const sheet = await read(text, 'review.csv');
    expect(cellsIn(sheet)).toEqual([FILLED]);
    expect(sheet).toMatchObject({ format: 'csv', note: null, rows: [{ line: 2 }] });
  });

  test('is read in UTF-16, as Excel saves Unicode text', async () => {
    const little = Buffer.from(`\ufeff${csv('\t')}`, 'utf16le');
    expect(cellsIn(await read(little))).toEqual([FILLED]);
    expect(cellsIn(await read(Buffer.from(little).swap16()))).toEqual([FILLED]);
  });

  test('is read as Windows-1252 if it is not UTF-8, with a note', async () => {
    const sheet = await read(Buffer.from(csv(';'), 'latin1'));
    expect(cellsIn(sheet)).toEqual([FILLED]);
    expect(sheet.note).toMatch(/read as Windows-1252\. If names look wrong, save it as CSV UTF-8/);
  });

  test('counts lines as a spreadsheet does: a cell of several lines is one row, an empty row counts', async () => {
    const sheet = await read(
      `${HEADER.join(',')}\r\n1,,keep,Ann,2026-11-23,"two\nlines"\r\n\r\n2,,keep,Ann,2026-11-23,\r\n`,
    );
    expect(sheet.rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  test('with wrong quotes is an error that names the line', async () => {
    await expect(read(`${HEADER.join(',')}\r\n1,,keep,"Ann,2026-11-23,\r\n`)).rejects.toThrow(
      /wrong quotes on line \d/,
    );
    await expect(read(`${HEADER.join(',')}\r\n1,,keep,A"nn,2026-11-23,\r\n`)).rejects.toThrow(/wrong quotes on line 2/);
  });
});

test.each([
  ['an empty file', ''],
  ['prose', 'Dear reviewer,\nplease decide.\n'],
  ['a sheet without its header', '1,a@example.com,keep,Ann,2026-11-23,\r\n'],
  ['another CSV file', 'id,email\r\n1,a@example.com\r\n'],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])],
])('%s is an error with advice', async (_, content) => {
  const reading = read(content);
  await expect(reading).rejects.toThrow(SettingsError);
  await expect(reading).rejects.toThrow(/Use the sheet that review open wrote|Save it as \.xlsx or \.csv/);
});

test('a missing or repeated column to fill is an error that names it', async () => {
  await expect(read('row,decision,remark\r\n1,keep,\r\n')).rejects.toThrow(/no column reviewer, decided_at\. Add/);
  await expect(read(`${HEADER.join(',')},decision\r\n`)).rejects.toThrow(
    /more than one column decision\. Keep only one/,
  );
});

test('a file that is far too large is an error before it is read', async () => {
  const path = join(folder, 'large.csv');
  writeFileSync(path, '');
  truncateSync(path, 300_000_001);
  await expect(readSheet(path)).rejects.toThrow(/large\.csv has more than 300 MB/);
});

test('a file that does not exist is an error that names it', async () => {
  await expect(readSheet(join(folder, 'none.xlsx'))).rejects.toThrow(/none\.xlsx can't be read \(ENOENT\)/);
});

test('a sheet knows whether anyone has decided anything', async () => {
  expect(hasDecisions(await read(`${HEADER.join(',')}\r\n1,,,,,\r\n2,, ,Ann,,later\r\n`))).toBe(false);
  expect(hasDecisions(await read(`${HEADER.join(',')}\r\n1,,,,,\r\n2,,keep,,,\r\n`))).toBe(true);
});

describe('a file that is no sheet', () => {
  test.each([
    ['JSON', '{"schema_version":1,"rows":[]}\n'],
    ['a web page', '<!doctype html>\n<html lang="en"></html>\n'],
  ])('but %s is named as such', async (_, content) => {
    await expect(read(content)).rejects.toThrow(/isn't a sheet. Use the filled review.xlsx or review.csv/);
  });

  test('because a column was removed from its header is an error that names the column', async () => {
    const message = /has no column row\. Restore it in the header/;
    await expect(read('email,decision,reviewer,decided_at,remark\na@x.com,keep,A,2026-11-23,\n')).rejects.toThrow(
      message,
    );
    await expect(workbook([HEADER.slice(1), ['a@x.com', 'keep', 'A', '2026-11-23', '']])).rejects.toThrow(message);
  });
});
