import { expect, test } from 'vitest';
import { addDays, dtOf, isDt } from '../../../../functions/snapshot/utc-day.ts';

test.each([
  ['2026-11-23T00:00:00.000Z', '2026-11-23'],
  ['2026-11-23T23:59:59.999Z', '2026-11-23'],
  ['2026-11-24T01:00:00+02:00', '2026-11-23'],
])('the UTC date of %s is %s', (time, dt) => {
  expect([dtOf(new Date(time)), dtOf(Date.parse(time))]).toEqual([dt, dt]);
});

test.each<[string, number, string]>([
  ['2026-12-31', 1, '2027-01-01'],
  ['2028-02-28', 1, '2028-02-29'],
  ['2026-03-01', -1, '2026-02-28'],
])('%s plus %i days is %s', (dt, days, other) => {
  expect(addDays(dt, days)).toBe(other);
});

test.each([
  ['2026-11-23', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-02-30', false],
  ['2026-13-01', false],
  ['2026-11-3', false],
  ['2026-11-23T00:00:00Z', false],
  ['', false],
])('%j is a date that exists: %j', (text, expected) => {
  expect(isDt(text)).toBe(expected);
});
