import type { Baseline } from '../changes/baseline.ts';
import { Comparison } from '../changes/comparison.ts';
import { KEYS } from '../contract.ts';
import { readLines } from '../format/json-lines.ts';
import { BegunObjects } from '../store/begun-objects.ts';
import { together } from '../together.ts';
import type { StagingArea } from './outputs.ts';

/**
 * Begins all objects of an attempt, and opens the rows to compare with. If either fails, the other is abandoned.
 * @returns no comparison if there is no earlier snapshot, or its rows have expired
 */
export async function beginAttempt(
  area: StagingArea,
  earlier: Baseline | undefined,
  observedAt: Date,
): Promise<[BegunObjects, Comparison | undefined]> {
  const { store, dt, runId, execution, formats, keepRaw, later } = area;
  const raw = keepRaw ? [KEYS.raw(dt, runId, execution)] : [];
  const keys = [...raw, ...formats.map((format) => KEYS[format](dt)), KEYS.changes(dt), ...later];
  const objects = BegunObjects.begin(store, execution, keys);
  const comparison = beginComparison(area, earlier, observedAt);
  try {
    return await together([objects, comparison]);
  } catch (error) {
    // The first failure is the one to report. Anything that can't be discarded is removed after seven days.
    await Promise.allSettled([objects.then((begun) => begun.drop()), comparison.then((begun) => begun?.close())]);
    throw error;
  }
}

async function beginComparison(
  { store, dt }: StagingArea,
  earlier: Baseline | undefined,
  observedAt: Date,
): Promise<Comparison | undefined> {
  const rows = earlier?.rowsKey ? await store.open(earlier.rowsKey) : undefined;
  if (!earlier || !rows) return undefined;
  const { dt: previous_dt, observed_at: previous_observed_at } = earlier.manifest;
  const span = { dt, previous_dt, previous_observed_at, observed_at: observedAt.toISOString() };
  return new Comparison(readLines(rows), span);
}
