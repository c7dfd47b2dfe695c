import * as z from 'zod';
import { SettingsError } from '../snapshot/errors.ts';
import type { RunRequest } from '../snapshot/run.ts';
import { compactUtc } from '../snapshot/utc-day.ts';

const force = z.literal(true).optional();
const SCHEDULED = z.strictObject({
  trigger: z.literal('schedule'),
  /** The format of EventBridge Scheduler's `<aws.scheduler.scheduled-time>`. */
  scheduled_at: z.iso.datetime({ precision: 0 }),
  force,
});
const REQUESTED = z.strictObject({ trigger: z.literal('api'), run_id: z.string().regex(/^\d{8}T\d{6}Z-api$/), force });
const MANUAL = z.strictObject({ force });
const CHECK = z.strictObject({ check: z.literal(true) });
const VERIFY = z.strictObject({ verify: z.literal(true) });
const EVENT = z.union([SCHEDULED, REQUESTED, MANUAL, CHECK, VERIFY]);

/** An event that requests a snapshot. `{}` is a manual request, such as one from the Test button of AWS's console. */
export type RunEvent = z.infer<typeof SCHEDULED> | z.infer<typeof REQUESTED> | z.infer<typeof MANUAL>;
export type FunctionEvent = z.infer<typeof EVENT>;

/**
 * Parses the function's event. Callers can't choose a date, a key or an address.
 * @throws SettingsError for any other event, without quoting it
 */
export function parseEvent(event: unknown): FunctionEvent {
  const parsed = EVENT.safeParse(event).data;
  if (parsed) return parsed;
  throw new SettingsError(
    'unrecognized event. Send {"trigger": "schedule", "scheduled_at": "2026-11-23T02:15:00Z"}, ' +
      '{"trigger": "api", "run_id": "20261123T021500Z-api"} or {}, each optionally with "force": true; ' +
      '{"check": true}; or {"verify": true}',
  );
}

/** The parts of the run that the event determines. An event that is delivered twice has one `runId`, and so one result. */
export function runRequestOf(event: RunEvent): Pick<RunRequest, 'trigger' | 'runId' | 'scheduledAt' | 'force'> {
  const force = event.force ?? false;
  if (!('trigger' in event)) return { trigger: 'manual', force };
  const { trigger } = event;
  if (trigger === 'api') return { trigger, runId: event.run_id, force };
  return { trigger, runId: `${compactUtc(event.scheduled_at)}-schedule`, scheduledAt: event.scheduled_at, force };
}
