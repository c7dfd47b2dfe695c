import { randomBytes } from 'node:crypto';
import type { Trigger } from './contract.ts';
import type { Deadline } from './deadline.ts';
import type { PublicationReport } from './publication-report.ts';
import type { Settings } from './settings.ts';
import { compactUtc, dtOf } from './utc-day.ts';

/** Users and bytes received so far. */
export interface Progress {
  readonly users: number;
  readonly bytes: number;
}

/** One request for a snapshot. */
export interface Run {
  readonly runId: string;
  readonly trigger: Trigger;
  readonly scheduledAt: string | null;
  /** Its UTC date is the snapshot's, whatever the clock says later. */
  readonly startedAt: Date;
  readonly dt: string;
  readonly deadline: Deadline;
  /** The source's name in the manifest: the host's URL, or `sample`. */
  readonly sourceName: string;
  readonly settings: Settings;
  /** Skips the gate's comparisons with the previous snapshot. */
  readonly force: boolean;
  readonly now: () => Date;
  /** Eight random hex digits, others at each call: the id of an attempt. */
  readonly newExecution: () => string;
  readonly onProgress: (progress: Progress) => void;
  /** Receives what an operator should know about earlier runs. */
  readonly onWarning: (message: string) => void;
  /**
   * Passes a publication on to the alarms, and has done so when it returns: only then is it recorded. Undefined for a run that has no
   * alarms, as in a terminal.
   */
  readonly onPublished: ((report: PublicationReport) => void) | undefined;
  /** Whether a function, which has alarms, may publish to the same store as this run, which has none. */
  readonly othersHaveAlarms: boolean;
}

/** What a caller decides about a run; the rest follows. */
export interface RunRequest {
  readonly settings: Settings;
  readonly deadline: Deadline;
  readonly now: () => Date;
  readonly trigger: Trigger;
  /** Of the event that asks for the run, so that an event delivered twice has one result. Default: made of start and first attempt. */
  readonly runId?: string;
  readonly scheduledAt?: string;
  /** Default: the host's URL. */
  readonly sourceName?: string;
  readonly force?: boolean;
  readonly newExecution?: () => string;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (message: string) => void;
  readonly onPublished?: (report: PublicationReport) => void;
  readonly othersHaveAlarms?: boolean;
}

export const randomExecution = (): string => randomBytes(4).toString('hex');

/** The run that is requested. It begins now: its date is today's, even if its schedule was due yesterday. */
export function newRun({ newExecution = randomExecution, ...request }: RunRequest): Run {
  const startedAt = request.now();
  const first = newExecution();
  const prepared = [first]; // the first attempt names the run as well, unless an event does
  return {
    runId: request.runId ?? `${compactUtc(startedAt.toISOString())}-${first}`,
    trigger: request.trigger,
    scheduledAt: request.scheduledAt ?? null,
    startedAt,
    dt: dtOf(startedAt),
    deadline: request.deadline,
    sourceName: request.sourceName ?? request.settings.url,
    settings: request.settings,
    force: request.force ?? false,
    now: request.now,
    newExecution: () => prepared.pop() ?? newExecution(),
    onProgress: request.onProgress ?? ignore,
    onWarning: request.onWarning ?? ignore,
    onPublished: request.onPublished,
    othersHaveAlarms: request.othersHaveAlarms ?? false,
  };
}

const ignore = (): void => undefined;
