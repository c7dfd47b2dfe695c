import { describe, expect, test } from 'vitest';
import { CHANGE } from '../../../../../../functions/snapshot/changes/change.ts';
import { PROGRAM_VERSION } from '../../../../../../functions/snapshot/contract.ts';
import { USER_COLUMNS } from '../../../../../../functions/snapshot/user.ts';
import { Columns } from '../../../../../../functions/snapshot/verify/deep/columns.ts';
import { rowEntry } from '../../../../../../functions/snapshot/verify/deep/entries.ts';
import { isKnown, lackedColumns } from '../../../../../../functions/snapshot/verify/deep/versions.ts';

/** A day may lack a column only if its version didn't write it yet. */

const ADDED = { users: { mfa_enabled: '1.10.0' }, changes: { reason: '2.0.0' } };

/** The columns in which a stored row differs, and the comparison. */
function compared(stored: object, computed: object, lacked: readonly string[] = ['mfa_enabled']) {
  const columns = new Columns(new Set(lacked), false);
  const cellsOf = (row: object) => rowEntry(JSON.stringify({ id: 'a', ...row }))?.cells ?? new Map();
  return { differing: columns.differing(cellsOf(stored), cellsOf(computed)), columns };
}

test('a version lacks the columns that later versions added, and an unknown version none', () => {
  const lacked = (kind: 'json' | 'changes', version: string) => [...lackedColumns(kind, version, ADDED)];
  expect(lacked('json', '1.9.9')).toEqual(['mfa_enabled']);
  expect(lacked('json', '1.10.0')).toEqual([]);
  expect(lacked('changes', '1.9.0')).toEqual(['reason', 'the row: mfa_enabled']);
  expect(lacked('changes', '1.10.1')).toEqual(['reason']);
  for (const version of ['', '1', '1.9', '1.9.0-rc', '10.0.0']) expect(lacked('json', version)).toEqual([]);
  expect([...lackedColumns('json', '0.0.1'), ...lackedColumns('changes', '0.0.1')]).toEqual([]);
});

test('every column that 1.0.0 did not write is listed with the version that added it', () => {
  const users =
    'id created_at first_name last_name email roles disabled owner_organization groups default_group last_active extra_json';
  const changes = 'dt previous_dt previous_observed_at observed_at id email change before after';
  expect([...users.split(' '), ...lackedColumns('json', '1.0.0')].sort()).toEqual([...USER_COLUMNS].sort());
  const ofLines = [...lackedColumns('changes', '1.0.0')].filter((column) => !column.startsWith('the row: '));
  expect([...changes.split(' '), ...ofLines].sort()).toEqual([...CHANGE.keyof().options].sort());
});

test('versions up to this one are known', () => {
  expect([PROGRAM_VERSION, '0.0.1'].map(isKnown)).toEqual([true, true]);
  expect(['', '1', `${PROGRAM_VERSION}.1`, '999.0.0', ` ${PROGRAM_VERSION}`].map(isKnown)).toEqual(
    Array(5).fill(false),
  );
});

describe('a row of a version that did not write a column', () => {
  test('may hold its value in extra_json, or not at all', () => {
    const { columns, differing } = compared(
      { extra_json: '{"mfaEnabled":true}' },
      { extra_json: null, mfa_enabled: true },
    );
    expect(differing).toEqual([]);
    expect(columns.notWrittenYet).toEqual(['mfa_enabled']);
    expect(columns.missing).toEqual([]);
    expect(compared({ extra_json: null }, { extra_json: null, mfa_enabled: null }).differing).toEqual([]);
  });

  test('differs if extra_json has another value, or one that no column has', () => {
    const row = { extra_json: null, mfa_enabled: true };
    expect(compared({ extra_json: '{"mfaEnabled":false}' }, row).differing).toEqual(['extra_json']);
    expect(compared({ extra_json: '{"badge":true}' }, row).differing).toEqual(['extra_json']);
    expect(compared({ extra_json: '{"mfaEnabled":true}' }, row, []).differing).toEqual(['extra_json']);
  });
});

test('a number without a column moves into one only with all of its digits', () => {
  const moved = (badge: string, cell: string) =>
    new Columns(new Set(), false).differing(
      rowEntry(`{"id":"a","extra_json":null,"badge":${cell}}`)?.cells ?? new Map(),
      rowEntry(JSON.stringify({ id: 'a', extra_json: `{"badge":${badge}}` }))?.cells ?? new Map(),
    );
  expect(moved('7', '7')).toEqual([]);
  expect(moved('{"b":1,"a":2}', '{"a":2,"b":1}')).toEqual([]);
  expect(moved('1e400', 'null')).toEqual(['extra_json']);
  expect(moved('12345678901234567890', '12345678901234567000')).toEqual(['extra_json']);
  expect(moved('12345678901234567890', '"12345678901234567890"')).toEqual([]);
});
