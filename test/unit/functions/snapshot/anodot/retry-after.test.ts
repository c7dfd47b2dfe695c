import fc from 'fast-check';
import { expect, test } from 'vitest';
import { httpDate, retryAfter } from '../../../../../functions/snapshot/anodot/retry-after.ts';

const now = new Date('2026-11-23T02:15:00.000Z');

test.for([
  ['0', 0],
  ['1', 1000],
  ['007', 7000],
  ['120', 120_000],
  ['86400', 86_400_000],
] as const)('Retry-After %j is a number of seconds', ([header, milliseconds]) => {
  expect(retryAfter(header, now)).toBe(milliseconds);
});

test('an enormous number of seconds in Retry-After is read as it is, so a run fails instead of waiting', () => {
  expect(retryAfter('9'.repeat(30), now)).toBeGreaterThan(1e30);
  expect(retryAfter('9'.repeat(400), now)).toBe(Infinity);
});

test.for([
  ['Mon, 23 Nov 2026 02:15:00 GMT', 0],
  ['Mon, 23 Nov 2026 02:15:30 GMT', 30_000],
  ['Tue, 24 Nov 2026 02:15:00 GMT', 86_400_000],
  ['Mon, 23 Nov 2026 02:14:59 GMT', 0],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
] as const)('Retry-After %j is a date, and a past date means now', ([header, milliseconds]) => {
  expect(retryAfter(header, now)).toBe(milliseconds);
});

test("the wait until a date in Retry-After counts the clock's milliseconds", () => {
  expect(retryAfter('Mon, 23 Nov 2026 02:15:01 GMT', new Date('2026-11-23T02:15:00.250Z'))).toBe(750);
});

test.for([
  null,
  '',
  ' ',
  '-5',
  '-1',
  '+5',
  '1.5',
  '1e3',
  '0x10',
  '0b1',
  'Infinity',
  '-Infinity',
  'NaN',
  'null',
  'soon',
  '5 seconds',
  '5, 5',
  '5\n',
  '٣', // three, in Arabic digits
  '2026-11-23T02:15:30Z',
  'Mon Nov 23 02:15:30 2026', // the form of asctime
  'Monday, 23-Nov-26 02:15:30 GMT', // the form of RFC 850
  'Mon, 23 Nov 2026 02:15:30 UTC',
  'Mon, 23 Nov 2026 02:15:30 +0100',
  'Mon, 23 Nov 2026 02:15:30',
  'mon, 23 nov 2026 02:15:30 gmt',
  'Mon, 3 Nov 2026 02:15:30 GMT',
  'Mon, 45 Nov 2026 02:15:30 GMT',
  'Mon, 00 Nov 2026 02:15:30 GMT',
  'Mon, 30 Feb 2026 02:15:30 GMT',
  'Mon, 02 Mar 2026 24:00:00 GMT',
  'Mon, 01 Jan 0001 02:15:30 GMT',
  'Tue, 23 Nov 2026 02:15:30 GMT', // a Monday
  'Mon, 23 Nov 2026 02:15:60 GMT',
  'Sat, 01 Jan 10000 00:00:00 GMT',
  'Invalid Date',
  'Mon, 23 Nov 2026 25:15:30 GMT',
  'Mon, 23 Nov 2026 02:61:30 GMT',
  'Mon, 23 Nov 2026 02:15:30 GMT, Mon, 23 Nov 2026 02:15:30 GMT',
])('Retry-After %j is ignored', (header) => {
  expect(retryAfter(header, now)).toBeUndefined();
});

test('every second since 1970 is read from its date, and any other text in this form is not a date', () => {
  const last = Date.parse('9999-12-31T23:59:59Z') / 1000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: last }), (seconds) => {
      expect(httpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds * 1000);
    }),
  );
  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const name = (...names: readonly string[]) => fc.constantFrom(...names);
  const form = fc.tuple(
    name('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'),
    two(40),
    name('Jan', 'Feb', 'Apr', 'Dec'),
    fc.integer({ min: 0, max: 9999 }).map((year) => String(year).padStart(4, '0')),
    two(30),
    two(70),
    two(70),
  );
  fc.assert(
    fc.property(form, ([weekday, day, month, year, ...time]) => {
      const header = `${weekday}, ${day} ${month} ${year} ${time.join(':')} GMT`;
      const date = httpDate(header);
      expect(date === undefined ? header : new Date(date).toUTCString()).toBe(header);
    }),
    { numRuns: 1000 },
  );
});

test('for any Retry-After, the wait is a number and never negative', () => {
  const two = fc.integer({ min: 0, max: 99 }).map((n) => String(n).padStart(2, '0'));
  const date = fc.tuple(two, two, two, two).map(([day, ...time]) => `Mon, ${day} Nov 2026 ${time.join(':')} GMT`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String), fc.double().map(String), date), (header) => {
      const milliseconds = retryAfter(header, now);
      expect(milliseconds === undefined || milliseconds >= 0).toBe(true);
    }),
    { numRuns: 500 },
  );
});
