import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidSettingsError } from '../../../../lib/settings/invalid-settings-error.ts';
import { NO_FILE, parseSettingsFile, readSettingsFile } from '../../../../lib/settings/settings-file.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'settings-'));

/** A folder whose settings.json has this content. */
async function folderWith(content: string | Buffer): Promise<string> {
  const folder = await newFolder();
  await writeFile(join(folder, 'settings.json'), content);
  return folder;
}

test('a folder without settings.json has no settings', async () => {
  expect(readSettingsFile(await newFolder())).toEqual(NO_FILE);
});

test('settings keep their JSON types', async () => {
  const values = { retentionDays: 30, athena: false, formats: ['json'], alarmEmail: 'security@example.com' };
  expect(readSettingsFile(await folderWith(JSON.stringify(values)))).toEqual({ values, problems: [] });
});

test('settings.json may be a symlink', async () => {
  const folder = await newFolder();
  await symlink(join(await folderWith('{"athena": false}'), 'settings.json'), join(folder, 'settings.json'));
  expect(readSettingsFile(folder).values).toEqual({ athena: false });
});

test('a symlink to a file that does not exist is an error, since the stack would be deployed with defaults', async () => {
  const folder = await newFolder();
  await symlink(join(folder, 'missing.json'), join(folder, 'settings.json'));
  expect(() => readSettingsFile(folder)).toThrow("can't read settings.json: it is a symlink to a file that does not");
});

test('a symlink to itself is an error', async () => {
  const folder = await newFolder();
  await symlink(join(folder, 'settings.json'), join(folder, 'settings.json'));
  expect(() => readSettingsFile(folder)).toThrow("can't read settings.json: it is a symlink to itself");
});

test('a directory in place of settings.json is an error', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'settings.json'));
  expect(() => readSettingsFile(folder)).toThrow("can't read settings.json: it is a directory, or not a regular file");
});

test('a named pipe in place of settings.json is an error, and is not waited for', async () => {
  const folder = await newFolder();
  await promisify(execFile)('mkfifo', [join(folder, 'settings.json')]);
  expect(() => readSettingsFile(folder)).toThrow("can't read settings.json: it is a directory, or not a regular file");
});

test.skipIf(process.getuid?.() === 0)('a file that the user may not read is an error', async () => {
  const folder = await folderWith('{}');
  await chmod(join(folder, 'settings.json'), 0);
  expect(() => readSettingsFile(folder)).toThrow("can't read settings.json: permission denied");
});

test('a byte order mark is an error that says how to save the file', async () => {
  const folder = await folderWith('\uFEFF{}');
  expect(() => readSettingsFile(folder)).toThrow('settings.json begins with a byte order mark: save it as UTF-8');
});

test('UTF-16, which some Windows tools write, is an error that says how to save the file', async () => {
  const folder = await folderWith(Buffer.from('\uFEFF{"alarmEmail": "ä@example.com"}', 'utf16le'));
  expect(() => readSettingsFile(folder)).toThrow('settings.json is not in UTF-8');
});

test.each([
  ['a line comment', '{\n  // for alarms\n}', 'line 2, column 3: comments are not allowed'],
  ['a block comment', '{} /* done */', 'line 1, column 4: comments are not allowed'],
  ['a shell comment', '# settings\n{}', 'line 1, column 1: comments are not allowed'],
  ['a trailing comma', '{\n  "athena": true,\n}', 'line 3, column 1: check quotes'],
  ['a missing comma', '{\n  "athena": true\n  "api": "iam"\n}', 'line 3, column 3: check quotes'],
  ['single quotes', "{'athena': true}", 'line 1, column 2: check quotes'],
  ['a word without quotes', '{"api": iam}', 'line 1, column 9: check quotes'],
  ['an object that is not closed', '{\n  "api": "iam"\n', 'line 2, column 15: check quotes'],
  ['a line break in text', '{"api": "i\nam"}', 'line 1, column 11: check quotes'],
])('%s is an error with the line and column', (_, text, expected) => {
  expect(() => parseSettingsFile(text)).toThrow(`settings.json is not valid JSON: ${expected}`);
});

test('an empty file is an error', () => {
  expect(() => parseSettingsFile('\n')).toThrow('settings.json is not valid JSON: it is empty');
});

test.each(['[]', 'null', '"iam"', '1'])('JSON that is not an object is an error: %s', (text) => {
  expect(() => parseSettingsFile(text)).toThrow('settings.json must contain a JSON object');
});

test('a setting that is set more than once is a problem that names the lines', () => {
  const { problems } = parseSettingsFile('{\n  "athena": true,\n  "api": "iam",\n  "athena": false\n}');
  expect(problems).toEqual([['athena', 'set more than once, in lines 2 and 4']]);
});

test('a setting that is set more than once in one line is a problem that names the line once', () => {
  const { problems } = parseSettingsFile('{"api": "iam", "api": "off", "api": "iam"}');
  expect(problems).toEqual([['api', 'set more than once, in line 1']]);
});

test.each([51, 5000, 20_000, 200_000])('%d lists in one another are an error that names the file', (depth) => {
  const lists = '['.repeat(depth) + ']'.repeat(depth);
  expect(() => parseSettingsFile(`{"formats": ${lists}}`)).toThrow(
    new InvalidSettingsError('settings.json is nested too deeply: a setting is a value or a list of values'),
  );
  expect(() => parseSettingsFile(`{"formats": ${lists.slice(0, -1)}}`)).toThrow('settings.json is not valid JSON');
});

test('any text is either read as JSON.parse reads it or rejected, without its content in the message', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue()).map((values) => JSON.stringify(values, null, 1));
  const cut = fc.tuple(json, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)));
  fc.assert(
    fc.property(fc.oneof(json, cut, fc.string()), (text) => {
      try {
        expect(parseSettingsFile(text).values).toEqual(JSON.parse(text));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidSettingsError);
        expect(String(error)).toMatch(
          /^InvalidSettingsError: settings\.json (?:is not valid JSON|must contain)[^\n]*$/,
        );
      }
    }),
  );
});
