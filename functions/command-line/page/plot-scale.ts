/** The axes of a plot: whole numbers from zero, and a time axis whose unit is a pixel where marks need one. */
import { DAY_MILLISECONDS } from '../../snapshot/utc-day.ts';

const MOST_STEPS = 5;

/** Ticks from 0 to the first one that reaches `peak`: whole numbers, 1, 2 or 5 times a power of ten apart. */
export function countTicks(peak: number): number[] {
  const step = stepFor(Math.max(1, peak));
  return Array.from({ length: Math.max(1, Math.ceil(peak / step)) + 1 }, (_, index) => index * step);
}

function stepFor(peak: number): number {
  for (let power = 1; ; power *= 10)
    for (const digit of [1, 2, 5]) if (peak <= digit * power * MOST_STEPS) return digit * power;
}

/** Milliseconds since the epoch at the start of a day, `days` later. */
export const timeOf = (dt: string, days = 0): number => Date.parse(dt) + days * DAY_MILLISECONDS;

/**
 * Positions at least `apart` from each other, as close to the wanted ones as that allows, in their order.
 * Overlapping labels form a block around the mean of what its members want.
 */
export function spread(wanted: readonly number[], apart: number, lowest: number, highest: number): number[] {
  const order = wanted.map((_, index) => index).sort((one, other) => (wanted[one] ?? 0) - (wanted[other] ?? 0));
  const blocks: { start: number; members: number[] }[] = [];
  const startOf = (members: readonly number[]) => {
    const free = members.reduce((sum, index, place) => sum + (wanted[index] ?? 0) - place * apart, 0) / members.length;
    return Math.max(lowest, Math.min(highest - (members.length - 1) * apart, free));
  };
  for (const index of order) {
    let block = { start: startOf([index]), members: [index] };
    for (
      let last = blocks.at(-1);
      last && last.start + last.members.length * apart > block.start;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      const members = [...last.members, ...block.members];
      block = { start: startOf(members), members };
    }
    blocks.push(block);
  }
  const positions = wanted.map(() => lowest);
  for (const { start, members } of blocks)
    members.forEach((index, place) => {
      positions[index] = start + place * apart;
    });
  return positions;
}
