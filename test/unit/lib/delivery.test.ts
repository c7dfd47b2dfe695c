import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryFor, WINDOW_MINUTES } from '../../../lib/delivery.ts';
import { OPTIONS } from '../../../lib/settings/options.ts';
import { propertiesOf, templateOf } from '../../support/cdk/synthesis.ts';
import { shown } from '../../support/fault-table.ts';

const DAY_MINUTES = 24 * 60;
const timeOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

test('at every time that dailyAtUtc allows, an event is delivered before midnight or not at all', () => {
  fc.assert(
    fc.property(fc.nat(DAY_MINUTES - 1), (due) => {
      if (!OPTIONS.dailyAtUtc.safeParse(timeOf(due)).success) return due > 23 * 60 + 15;
      const { schedulerAge, lambdaAge } = deliveryFor(timeOf(due));
      const latest = due + WINDOW_MINUTES + schedulerAge.toMinutes() + lambdaAge.toMinutes();
      // Lambda's window has room for a run of 15 minutes that fails, and its retry.
      return latest < DAY_MINUTES && schedulerAge.toMinutes() >= 5 && lambdaAge.toMinutes() > 15 + 2;
    }),
    { numRuns: 2000 },
  );
});

test('an early run gets the longest windows, and a late run gets what is left of its day', () => {
  const minutes = (time: string) => Object.values(deliveryFor(time)).map((age) => age.toMinutes());
  expect(minutes('02:15')).toEqual([240, 300]);
  expect(minutes('14:00')).toEqual([240, 300]);
  expect(minutes('20:00')).toEqual([75, 149]);
  expect(minutes('23:15')).toEqual([10, 19]);
});

test('the time of day sets the windows of the schedule and of the function', () => {
  const template = templateOf({ dailyAtUtc: '23:15' });
  const schedules = propertiesOf(template, 'AWS::Scheduler::Schedule');
  const schedule = schedules.find(({ Target }) => Target.Input.includes('trigger'));
  const [events] = propertiesOf(template, 'AWS::Lambda::EventInvokeConfig');
  const windows = [schedule.Target.RetryPolicy.MaximumEventAgeInSeconds, events.MaximumEventAgeInSeconds];
  expect(windows).toEqual([600, 1140]);
  shown(
    'C9',
    'dailyAtUtc 23:15, the latest allowed',
    `Scheduler retries for ${windows[0]} s and Lambda for ${windows[1]} s, so both end before midnight UTC`,
    'delivery up to nine hours late, filed under the next day',
  );
});
