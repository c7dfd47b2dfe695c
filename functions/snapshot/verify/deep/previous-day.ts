/** Checks which earlier snapshot a day was compared with, since an older one, or none, would hide changes. */
import type { Commit } from '../../commits/commit.ts';
import { KEYS } from '../../contract.ts';
import type { Store } from '../../store/store.ts';
import { damaged, type Finding, note } from '../findings.ts';
import { hasRows, type RecordedDay, readPrevious } from './recorded-day.ts';

export interface PreviousCheck {
  readonly findings: readonly Finding[];
  /** False if the day was compared with an older snapshot than the nearest, or with none, and nothing shows whether it had to be. */
  readonly isNearest: boolean;
}

const NEAREST: PreviousCheck = { findings: [], isNearest: true };

/**
 * A run compares with the nearest earlier day whose objects are sound. So an older day is right only if all nearer ones were damaged or
 * gone at that time. One that is sound now would have to have been repaired since.
 * @param earlier the valid commits before the day's
 */
export async function checkPrevious(
  store: Store,
  { dt, previous_dt, commit }: RecordedDay,
  earlier: readonly Commit[],
): Promise<PreviousCheck> {
  const key = KEYS.manifest(dt);
  const days = [...new Set(earlier.map((one) => one.dt).filter((one) => one < dt))];
  const areAllKnown = earlier.length === commit - 1;
  if (previous_dt !== null && areAllKnown && !days.includes(previous_dt))
    return {
      findings: [damaged(key, `previous_dt is ${previous_dt}, but no earlier commit has this date`)],
      isNearest: false,
    };
  const nearer = days.filter((one) => previous_dt === null || one > previous_dt);
  const [newest] = nearer.slice(-1);
  if (newest === undefined) return NEAREST;
  const what = `was compared with ${previous_dt ?? 'nothing'}`;
  for (const one of nearer.toReversed()) {
    const previous = await readPrevious(store, earlier, one);
    if (previous && (await hasRows(store, previous)))
      return { findings: [damaged(key, `${what}, although ${one} is nearer and sound: ${JUDGE}`)], isNearest: false };
  }
  return { findings: [note(key, `${what}, although ${newest} was published before it`)], isNearest: false };
}

const JUDGE =
  'changes may have been hidden. If that day was damaged at that time and restored since, the log of this run warned of it';
