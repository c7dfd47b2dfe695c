import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { date, dateOrSpan } from '../../../../functions/command-line/options.ts';
import { MAX_RETENTION_DAYS } from '../../../../functions/snapshot/contract.ts';
import { DAY_MILLISECONDS, isDt } from '../../../../functions/snapshot/utc-day.ts';

const TODAY = '2026-11-26';
const day = fc
  .date({ min: new Date('0000-01-01'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((moment) => moment.toISOString().slice(0, 10));

describe('a date or a span', () => {
  test.each([
    ['1d', '2026-11-25'],
    ['7d', '2026-11-19'],
    ['30d', '2026-10-27'],
    ['3650d', '2016-11-28'],
    ['2026-11-23', '2026-11-23'],
  ])('%s is %s on 2026-11-26', (text, expected) => {
    expect(dateOrSpan(text)(TODAY)).toBe(expected);
  });

  test('is any date of the calendar, whatever day it is', () => {
    fc.assert(
      fc.property(day, day, (text, today) => {
        expect(dateOrSpan(text)(today)).toBe(date(text));
      }),
    );
  });

  test('counts back exactly as many days as it names', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_RETENTION_DAYS }),
        fc.constantFrom(TODAY, '2024-02-29', '2025-01-01'),
        (days, today) => {
          const since = dateOrSpan(`${days}d`)(today);
          expect(isDt(since)).toBe(true);
          expect((Date.parse(today) - Date.parse(since)) / DAY_MILLISECONDS).toBe(days);
        },
      ),
    );
  });

  test('is nothing else: any other text is an error that says what is expected', () => {
    const almost = fc.constantFrom(
      '0d',
      '00d',
      '07d',
      '3651d',
      '99999d',
      '-7d',
      '+7d',
      '7',
      'd',
      '7 d',
      ' 7d',
      '7d ',
      '7D',
      '1w',
      '7.5d',
      '1e2d',
      '٧d',
      '７d',
      '2026-02-30',
      'today',
      '',
    );
    fc.assert(
      fc.property(fc.oneof(almost, fc.string({ unit: 'binary' })), (text) => {
        fc.pre((!isDt(text) && !/^[1-9]\d{0,3}d$/.test(text)) || almostSpan(text));
        expect(() => dateOrSpan(text)).toThrow(InvalidArgumentError);
        expect(() => dateOrSpan(text)).toThrow(
          'a date like 2026-11-23, or a number of days before today like 7d, from 1d to 3650d',
        );
      }),
      { examples: [['3651d'], ['0d'], ['9999d']] },
    );
  });
});

/** A span that is too long. */
const almostSpan = (text: string): boolean => /^\d{4}d$/.test(text) && Number.parseInt(text, 10) > MAX_RETENTION_DAYS;
