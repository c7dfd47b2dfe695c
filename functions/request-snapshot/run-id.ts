import type { Trigger } from '../snapshot/contract.ts';

const WINDOW_MILLISECONDS = 300_000;
/** When it was due or began, then what asked for it; of a run without an event, its first execution. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-(api|schedule|[0-9a-f]{8})$/;

/** The id of a run, and what it says. */
export interface RunId {
  readonly text: string;
  readonly time: Date;
  readonly trigger: Trigger;
}

/** The run that all share who ask within the same five minutes. */
export function windowRunId(now: Date): RunId {
  const time = new Date(Math.floor(now.getTime() / WINDOW_MILLISECONDS) * WINDOW_MILLISECONDS);
  return { text: `${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-api`, time, trigger: 'api' };
}

/** Undefined for whatever is no run's id. Nothing else that a caller says becomes a part of a key. */
export function parseRunId(text: string): RunId | undefined {
  const [, year, month, day, hours, minutes, seconds, end] = RUN_ID.exec(text) ?? [];
  const utc = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.000Z`;
  const time = new Date(utc);
  if (Number.isNaN(time.getTime()) || time.toISOString() !== utc) return undefined;
  return { text, time, trigger: end === 'api' || end === 'schedule' ? end : 'manual' };
}
