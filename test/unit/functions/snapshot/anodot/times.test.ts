import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toUtc } from '../../../../../functions/snapshot/anodot/time.ts';
import { readFields } from '../../../../support/anodot/read-users.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';

/** Times are read as RFC 3339 and written in UTC. */

/** A text as `Date` reads it, if `Date` writes the same text back. Otherwise it isn't a time in this form. */
function byDate(text: string): string | undefined {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text ? text : undefined;
}

/** The conversion by `Date` alone, which is slow but simple. */
function convertedByDate(text: string): string | undefined {
  const form = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;
  const [, date, minutes, seconds = '', fraction = '', zone = ''] = form.exec(text) ?? [];
  const isLeap = seconds === '60';
  const local = `${date}T${minutes}:${isLeap ? '59' : seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (byDate(`${local}Z`) === undefined) return undefined;
  const utc = new Date(Date.parse(local + zone.toUpperCase()) + (isLeap ? 1000 : 0)).toISOString();
  return utc.length === 24 ? utc : undefined;
}

describe('a time', () => {
  test.each([
    ['2021-05-02T12:46:27.823Z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02T12:46:27Z', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27.8Z', '2021-05-02T12:46:27.800Z'],
    ['2021-05-02T12:46:27.8239999999Z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02t12:46:27.823z', '2021-05-02T12:46:27.823Z'],
    ['2021-05-02 12:46:27Z', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27+00:00', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27-00:00', '2021-05-02T12:46:27.000Z'],
    ['2021-05-02T12:46:27+05:30', '2021-05-02T07:16:27.000Z'],
    ['2021-05-02T12:46:27-09:30', '2021-05-02T22:16:27.000Z'],
    ['2021-05-02T12:46:27+23:59', '2021-05-01T12:47:27.000Z'],
    ['2020-12-31T23:30:00-01:00', '2021-01-01T00:30:00.000Z'],
    ['2021-01-01T00:30:00+01:00', '2020-12-31T23:30:00.000Z'],
    ['2020-02-29T23:59:59.999Z', '2020-02-29T23:59:59.999Z'],
    ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60.5Z', '2017-01-01T00:00:00.500Z'],
    ['2016-12-31T15:59:60-08:00', '2017-01-01T00:00:00.000Z'],
    ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['0099-12-31T23:59:59Z', '0099-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('written %s is %s', (text, utc) => {
    expect(readFields(`"createdAt":"${text}"`).user).toMatchObject({ created_at: utc, extra_json: null });
  });

  test.each([
    ['an empty text', ''],
    ['a date alone', '2021-05-02'],
    ['no zone', '2021-05-02T12:46:27.823'],
    ['no seconds', '2021-05-02T12:46Z'],
    ['a point without digits', '2021-05-02T12:46:27.Z'],
    ['a comma as decimal point', '2021-05-02T12:46:27,823Z'],
    ['February 30', '2021-02-30T00:00:00Z'],
    ['February 29 of a common year', '2021-02-29T00:00:00Z'],
    ['February 29, 1900', '1900-02-29T00:00:00Z'],
    ['April 31', '2021-04-31T00:00:00Z'],
    ['month 13', '2021-13-01T00:00:00Z'],
    ['month 0', '2021-00-01T00:00:00Z'],
    ['day 0', '2021-01-00T00:00:00Z'],
    ['24:00', '2021-05-02T24:00:00Z'],
    ['minute 60', '2021-05-02T12:60:00Z'],
    ['second 61', '2016-12-31T23:59:61Z'],
    ['a zone of 24 hours', '2021-05-02T12:46:27+24:00'],
    ['a zone of 60 minutes', '2021-05-02T12:46:27+01:60'],
    ['a zone without a colon', '2021-05-02T12:46:27+0100'],
    ['a zone of hours only', '2021-05-02T12:46:27+01'],
    ['a zone and Z', '2021-05-02T12:46:27Z+01:00'],
    ['a zone by name', '2021-05-02T12:46:27 UTC'],
    ['a year of five digits', '12021-05-02T12:46:27Z'],
    ['a year with a sign', '+002021-05-02T12:46:27Z'],
    ['a year of six digits, as Date writes it', '+012026-11-23T00:00:00.000Z'],
    ['a negative year, as Date writes it', '-000001-11-23T00:00:00.000Z'],
    ['the zeros of MySQL', '0000-00-00 00:00:00'],
    ['the zeros of MySQL with a zone', '0000-00-00T00:00:00Z'],
    ['a UTC year before 0', '0000-01-01T00:00:00+00:01'],
    ['a UTC year after 9999', '9999-12-31T23:59:59-00:01'],
    ['the second after the year 9999', '9999-12-31T23:59:60Z'],
    ['a trailing line feed', '2021-05-02T12:46:27Z\n'],
    ['a leading space', ' 2021-05-02T12:46:27Z'],
    ['milliseconds since 1970', '1619959587823'],
    ['digits of another script', '٢٠٢١-05-02T12:46:27Z'],
    ['a form that only Date.parse accepts', 'Sun May 02 2021 12:46:27 GMT+0000'],
  ])('is invalid if it is or has %s: the column is null, and the text is kept under its name', (_, text) => {
    for (const [field, column] of [
      ['createdAt', 'created_at'],
      ['lastActive', 'last_active'],
    ] as const) {
      const { user, invalidFields, presentFields } = readFields(`"${field}":${JSON.stringify(text)}`);
      expect(user[column]).toBeNull();
      expect(user.extra_json).toBe(JSON.stringify({ [field]: text }));
      expect([invalidFields, presentFields]).toEqual([[field], []]);
    }
  });

  test('is a day of the calendar exactly if Date agrees, for the last days of February in all 10,000 years', () => {
    const wrong = Array.from({ length: 30_000 }, (_, n) => {
      const year = String(Math.floor(n / 3)).padStart(4, '0');
      return `${year}-02-${28 + (n % 3)}T00:00:00.000Z`;
    }).filter((text) => toUtc(text) !== byDate(text));
    expect(wrong).toEqual([]);
  });

  test.each(['0000', '1900', '2000', '2024', '2026'])(
    'is a day of the calendar exactly if Date agrees, for all months and days from 00 to 99 of %s',
    (year) => {
      const wrong = Array.from({ length: 10_000 }, (_, n) => {
        const [month, day] = [Math.floor(n / 100), n % 100].map((part) => String(part).padStart(2, '0'));
        return `${year}-${month}-${day}T00:00:00.000Z`;
      }).filter((text) => toUtc(text) !== byDate(text));
      expect(wrong).toEqual([]);
    },
  );

  test('is converted as Date alone would, for texts that are times or nearly so', () => {
    const time = fc.stringMatching(
      /^([0-9]{4}|0000|0099|1900|2000|9999)-(0[0-9]|1[0-3])-([0-2][0-9]|3[0-2])[Tt ]([01][0-9]|2[0-4]):[0-5][0-9]:([0-5][0-9]|60|61)(\.[0-9]{1,5})?([Zz]|[+-]([01][0-9]|2[0-4]):[0-5][0-9])$/,
    );
    const slip = fc.tuple(
      fc.nat(30),
      fc.nat(2),
      fc.constantFrom('', '0', '9', ':', '-', '.', 'Z', ' ', '\n', '٠', '+'),
    );
    fc.assert(
      fc.property(time, fc.option(slip), (written, at) => {
        const text = at ? `${written.slice(0, at[0])}${at[2]}${written.slice(at[0] + at[1])}` : written;
        expect([text, toUtc(text)]).toEqual([text, convertedByDate(text)]);
      }),
      { numRuns: 5000 },
    );
  });

  test('is the same moment in any time zone', () => {
    const inYears = fc.date({
      min: new Date('0000-01-02T00:00:00.000Z'),
      max: new Date('9999-12-30T23:59:59.999Z'),
      noInvalidDate: true,
    });
    const zone = fc.integer({ min: -(24 * 60 - 1), max: 24 * 60 - 1 });
    const twoDigits = (value: number) => String(value).padStart(2, '0');
    fc.assert(
      fc.property(
        inYears,
        zone,
        fc.constantFrom('T', 't', ' '),
        fc.stringMatching(/^[0-9]{0,9}$/),
        (date, minutes, t, more) => {
          const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1).replace('T', t);
          const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
          const written = `${local}${more}${minutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(rest)}`;
          expect(toUtc(written)).toBe(date.toISOString());
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('is normalized, so any text gives either nothing or a 24-character time that reads as itself', () => {
    const digits = fc.stringMatching(
      /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,4})?(Z|[+-][0-9]{2}:[0-9]{2})$/,
    );
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const utc = toUtc(text);
        if (utc !== undefined) expect([utc.length, toUtc(utc)]).toEqual([24, utc]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('lastActive', () => {
  test.each(['1999-12-31T23:59:59.999Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '2000-01-01T00:30:00+01:00'])(
    'before 2000 (%s) is an invalid value, because systems write such times for "never"',
    (text) => {
      const { user, invalidFields, presentFields } = readFields(`"lastActive":"${text}"`);
      expect(user).toEqual({ ...EMPTY_USER, extra_json: `{"lastActive":"${text}"}` });
      expect([invalidFields, presentFields]).toEqual([['lastActive'], []]);
    },
  );

  test.each(['2000-01-01T00:00:00.000Z', '1999-12-31T23:30:00-01:00'])('from 2000 on (%s) is valid', (text) => {
    const { user, invalidFields, presentFields } = readFields(`"lastActive":"${text}"`);
    expect(user.last_active).toMatch(/^2000-01-01T00:/);
    expect([user.extra_json, invalidFields, presentFields]).toEqual([null, [], ['lastActive']]);
  });

  test.each(['2026-11-25T00:00:00.000Z', '2099-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
    'later than tomorrow (%s) stays in its column, but is counted as invalid',
    (text) => {
      const { user, invalidFields, presentFields } = readFields(`"lastActive":"${text}"`);
      expect(user).toEqual({ ...EMPTY_USER, last_active: text });
      expect([invalidFields, presentFields]).toEqual([['lastActive'], []]);
    },
  );

  test.each(['2026-11-24T23:59:59.999Z', '2026-11-23T02:15:00.001Z'])('up to tomorrow (%s) is valid', (text) => {
    const { user, invalidFields, presentFields } = readFields(`"lastActive":"${text}"`);
    expect([user.last_active, invalidFields, presentFields]).toEqual([text, [], ['lastActive']]);
  });

  test('has limits that createdAt does not have', () => {
    const { user, invalidFields } = readFields('"createdAt":"1970-01-01T00:00:00.000Z"');
    expect([user.created_at, invalidFields]).toEqual(['1970-01-01T00:00:00.000Z', []]);
    expect(readFields('"createdAt":"2099-01-01T00:00:00.000Z"').invalidFields).toEqual([]);
  });
});
