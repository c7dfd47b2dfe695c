import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeImport } from '../../../../../functions/command-line/review/importers.ts';
import { reviewOf, reviewRow } from '../../../../support/review-sheet.ts';

const folder = mkdtempSync(join(tmpdir(), 'importers-'));
const REVIEW = reviewOf([
  reviewRow(1),
  reviewRow(2, { state: 'disabled', email: ' bob  b@example.com', is_on_people_list: false }),
  reviewRow(3, { email: null, roles: '=cmd', is_on_people_list: null }),
]);

test("the file for Vanta has Vanta's columns and words", async () => {
  const path = await writeImport('vanta', folder, REVIEW);
  expect(basename(path)).toBe('review-vanta.csv');
  expect(readFileSync(path, 'utf8').split('\r\n')).toEqual([
    'Account name,Account owner,Role,Status',
    'person1@example.com,person1@example.com,"customer-admin, customer-user",Active',
    'bob b@example.com,,customer-user,Deactivated',
    "003,,'=cmd,Active",
    '',
  ]);
});

test('the file for Scytale has a user and its roles on each line, readable by its owner only', async () => {
  const path = await writeImport('scytale', folder, REVIEW);
  expect(basename(path)).toBe('review-scytale.csv');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8').split('\r\n')).toEqual([
    'username,roles',
    'person1@example.com,"customer-admin, customer-user"',
    'bob b@example.com,customer-user',
    "003,'=cmd",
    '',
  ]);
});
