import fc from 'fast-check';
import { expect, test } from 'vitest';
import { datesIn } from '../../../../../functions/command-line/review/read-date.ts';
import { dtOf } from '../../../../../functions/snapshot/utc-day.ts';

const YEARS = { first: 2026, last: 2027 };

test.each([
  ['2026-11-23'],
  [' 2026-11-23 '],
  ['2026-11-23T14:30:00'],
  ['2026-11-23 14:30'],
  ['2026-11-23T14:30:00.000Z'],
  ['2026-11-24T00:30:00+02:00'],
  ['2026-11-22T19:30-08:00'],
  ['2026/11/23'],
  ['2026.11.23.'],
  ['2026. 11. 23.'],
  ['23/11/2026'],
  ['11/23/2026'],
  ['11/23/26'],
  ['23.11.2026'],
  ['23. 11. 2026'],
  ['23.11.26'],
  ['23/11/26'],
  ['23-11-2026 09:15:00'],
  ['11/23/2026 9:15 AM'],
  ['23 Nov 2026'],
  ['23-Nov-26'],
  ['23rd November 2026'],
  ['Nov 23, 2026'],
  ['Monday, 23 November 2026'],
  ['２０２６-１１-２３'],
])('%s is clear', (text) => {
  expect(datesIn(text, YEARS)).toEqual(['2026-11-23']);
});

test.each([
  ['03/04/2026', ['2026-03-04', '2026-04-03']],
  ['3.4.26', ['2026-03-04', '2026-04-03']],
  ['3-4-2026', ['2026-03-04', '2026-04-03']],
  ['26-11-23', ['2023-11-26', '2026-11-23']],
  ['26/11/27', ['2026-11-27', '2027-11-26']],
])('%s can be two dates', (text, dates) => {
  expect(datesIn(text, YEARS)).toEqual(dates);
});

test.each([
  ['05/05/2026', '2026-05-05'],
  ['Sept 5, 2026', '2026-09-05'],
])('%s has one reading', (text, date) => {
  expect(datesIn(text, YEARS)).toEqual([date]);
});

test.each([
  ['yesterday'],
  ['46349'],
  ['2026-02-30'],
  ['32/13/2026'],
  ['Ma 5, 2026x'],
  ['23 Brumaire 2026'],
  ['2026-11'],
  [''],
  ['2026-11-23 and later'],
  ['2026-99-99T10:00Z'],
])('%s is no date', (text) => {
  expect(datesIn(text, YEARS)).toEqual([]);
});

test('whatever a locale shows for a date, the date is among the readings or there is none', () => {
  const dates = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
  const locale = fc.constantFrom(
    'en-US',
    'en-GB',
    'de-DE',
    'fr-FR',
    'sv-SE',
    'nl-NL',
    'cs-CZ',
    'ja-JP',
    'en-CA',
    'pl-PL',
  );
  fc.assert(
    fc.property(dates, locale, fc.constantFrom('short', 'medium', 'long'), (date, tag, dateStyle) => {
      const shown = new Intl.DateTimeFormat(tag, { dateStyle, timeZone: 'UTC' }).format(date);
      const readings = datesIn(shown, YEARS);
      if (readings.length > 0) expect(readings).toContain(dtOf(date));
    }),
  );
});
