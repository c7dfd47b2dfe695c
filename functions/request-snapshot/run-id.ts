import type { Trigger } from '../snapshot/contract.ts';
import { compactUtc } from '../snapshot/utc-day.ts';

const WINDOW_MILLISECONDS = 300_000;
/** The time at which the run was due or began, then its trigger, or the id of its first attempt if no event requested it. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(api|schedule|[0-9a-f]{8})$/;

/** The id of a run, and what it contains. */
export interface RunId {
  readonly text: string;
  readonly time: Date;
  readonly trigger: Trigger;
}

/** The run that all callers within the same five minutes share. */
export function windowRunId(now: Date): RunId {
  const time = new Date(Math.floor(now.getTime() / WINDOW_MILLISECONDS) * WINDOW_MILLISECONDS);
  return { text: `${compactUtc(time.toISOString())}-api`, time, trigger: 'api' };
}

/** Undefined if the text isn't a run id. Nothing else that a caller sends becomes part of a key. */
export function parseRunId(text: string): RunId | undefined {
  const [, year, month, day, hours, minutes, seconds, end] = RUN_ID.exec(text) ?? [];
  const utc = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.000Z`;
  const time = new Date(utc);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== utc) return undefined;
  return { text, time, trigger: end === 'api' || end === 'schedule' ? end : 'manual' };
}
