import { describe, expect, test } from 'vitest';
import { tokenAgeDays } from '../../../../functions/snapshot/check.ts';

const NOW = new Date('2026-11-26T05:00:00Z');

describe('the age of a stored token', () => {
  test.each([
    ['2026-11-26T04:59:59Z', 0],
    ['2026-11-25T05:00:01Z', 0],
    ['2026-11-25T05:00:00Z', 1],
    ['2026-08-28T05:00:00Z', 90],
  ])('that was stored at %s is %i whole days', (createdAt, days) => {
    expect(tokenAgeDays({ text: 'a', createdAt: new Date(createdAt) }, NOW)).toBe(days);
  });

  test('is never negative, since clocks may differ', () => {
    expect(tokenAgeDays({ text: 'a', createdAt: new Date('2026-11-27T05:00:00Z') }, NOW)).toBe(0);
  });

  test('is unknown in a terminal', () => {
    expect(tokenAgeDays({ text: 'a' }, NOW)).toBeUndefined();
  });
});
