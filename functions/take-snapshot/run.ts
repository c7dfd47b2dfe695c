import { randomBytes } from 'node:crypto';
import type { Deadline } from '../snapshot/deadline.ts';
import type { Run } from '../snapshot/run.ts';
import type { Settings } from '../snapshot/settings.ts';
import { identityOf, type RunEvent } from './event.ts';
import type { Journal } from './run-log.ts';

export const newExecution = (): string => randomBytes(4).toString('hex');

/** The run that an event asks for. It begins now: its date is today's, also where the schedule was due yesterday. */
export function newRun(
  event: RunEvent,
  settings: Settings,
  deadline: Deadline,
  now: () => Date,
  journal: Pick<Journal, 'warning' | 'note'>,
): Run {
  const startedAt = now();
  const first = newExecution(); // it names a manual run as well
  const executions = [first];
  return {
    ...identityOf(event, startedAt, first),
    startedAt,
    dt: startedAt.toISOString().slice(0, 10),
    deadline,
    sourceName: settings.url,
    settings,
    force: event.force ?? false,
    now,
    newExecution: () => executions.pop() ?? newExecution(),
    onProgress: () => undefined,
    onWarning: (message) => journal.warning(message),
    onFailed: (document) => journal.note(document),
  };
}
