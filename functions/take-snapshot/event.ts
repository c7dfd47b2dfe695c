import * as z from 'zod';
import { SettingsError } from '../snapshot/errors.ts';

const force = z.literal(true).optional();
const SCHEDULED = z.strictObject({
  trigger: z.literal('schedule'),
  /** As EventBridge Scheduler writes its `<aws.scheduler.scheduled-time>`. */
  scheduled_at: z.iso.datetime({ precision: 0 }),
  force,
});
const REQUESTED = z.strictObject({ trigger: z.literal('api'), run_id: z.string().regex(/^\d{8}T\d{6}Z-api$/), force });
const MANUAL = z.strictObject({ force });
const CHECK = z.strictObject({ check: z.literal(true) });
const EVENT = z.union([SCHEDULED, REQUESTED, MANUAL, CHECK]);

/** What asks for a snapshot; `{}` is the Test button of AWS's console. */
export type RunEvent = z.infer<typeof SCHEDULED> | z.infer<typeof REQUESTED> | z.infer<typeof MANUAL>;
export type FunctionEvent = z.infer<typeof EVENT>;

/**
 * Reads what the function was invoked with: no caller chooses a date, a key or an address.
 * @throws SettingsError for anything else, which isn't quoted
 */
export function parseEvent(event: unknown): FunctionEvent {
  const parsed = EVENT.safeParse(event).data;
  if (parsed) return parsed;
  throw new SettingsError(
    'the event is none that this function knows. Send {"trigger": "schedule", "scheduled_at": "2026-11-23T02:15:00Z"}, ' +
      '{"trigger": "api", "run_id": "20261123T021500Z-api"} or {}, each also with "force": true, or {"check": true}',
  );
}

/**
 * What the event says of its run. An event that is delivered twice has one `runId`, so that it has one result.
 * @param execution eight hex digits, which tell manual runs of one second apart
 */
export function identityOf(event: RunEvent, startedAt: Date, execution: string) {
  if (!('trigger' in event))
    return { runId: `${compact(startedAt.toISOString())}-${execution}`, trigger: 'manual', scheduledAt: null } as const;
  const { trigger } = event;
  if (trigger === 'api') return { runId: event.run_id, trigger, scheduledAt: null } as const;
  return { runId: `${compact(event.scheduled_at)}-schedule`, trigger, scheduledAt: event.scheduled_at } as const;
}

/** `20261123T021500Z`, of a time in ISO 8601 UTC. */
const compact = (utc: string): string => `${utc.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
