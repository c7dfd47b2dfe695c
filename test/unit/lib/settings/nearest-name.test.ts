import { expect, test } from 'vitest';
import { nearestName } from '../../../../lib/settings/nearest-name.ts';

const NAMES = ['bucketName', 'alarmEmail', 'api'];

test.each([
  ['bucket-name', 'bucketName'],
  ['alarm_email', 'alarmEmail'],
  ['ALARMEMAIL', 'alarmEmail'],
  ['alarmMail', 'alarmEmail'],
  ['bukcetName', 'bucketName'],
])('%s is close to %s: case, punctuation and a typo or two are ignored', (given, meant) => {
  expect(nearestName(given, NAMES)).toBe(meant);
});

test('a name that resembles none has no nearest name', () => {
  expect(nearestName('somethingElse', NAMES)).toBeUndefined();
  expect(nearestName('', [])).toBeUndefined();
});
