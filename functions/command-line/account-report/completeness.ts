/** How complete the period is: how many of its days have a snapshot, and what became of the others. */
import type { DayState, DayStatus } from '../../snapshot/status/day-status.ts';
import type { StoreStatus } from '../../snapshot/status/status.ts';
import { plural } from '../text.ts';

const ABSENT: readonly DayState[] = ['missing', 'refused', 'failed', 'interrupted', 'damaged', 'running'];

/** A day whose snapshot can be read, even if something about the day is to be reported. */
export const isPublished = ({ state }: DayStatus): boolean => state === 'published';

/** `29 of 31 days have a snapshot; 1 missing, 1 refused`. */
export function completenessText({ days }: StoreStatus): string {
  const published = days.filter(isPublished).length;
  const others = ABSENT.flatMap((state) => {
    const count = days.filter((day) => day.state === state).length;
    return count === 0 ? [] : `${count.toLocaleString('en')} ${state}`;
  });
  if (others.length === 0)
    return days.length === 1 ? 'The only day has a snapshot' : `All ${days.length} days have a snapshot`;
  return `${published.toLocaleString('en')} of ${plural(days.length, 'day')} ${published === 1 ? 'has' : 'have'} a snapshot: ${others.join(', ')}`;
}

/** Whether a day is to be explained: it has no snapshot, or something happened after it was published. */
export const isNotable = (day: DayStatus): boolean => !isPublished(day) || day.message !== null;
