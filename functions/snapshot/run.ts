/** A request for a snapshot, and the run that it becomes. */

import { randomBytes } from 'node:crypto';
import type { Signer } from './commits/signer.ts';
import type { Trigger } from './contract.ts';
import type { Deadline } from './deadline.ts';
import type { Host } from './origin.ts';
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
  /** Its UTC date is the snapshot's date, even if the run continues past midnight. */
  readonly startedAt: Date;
  readonly dt: string;
  readonly deadline: Deadline;
  /** The source's name in the manifest: the host's URL, or `sample`. */
  readonly sourceName: string;
  readonly host: Host;
  readonly settings: Settings;
  /** Skips the gate's comparisons with the previous snapshot. */
  readonly force: boolean;
  readonly now: () => Date;
  /** Returns the id of a new attempt: eight random hex digits. */
  readonly newExecution: () => string;
  readonly onProgress: (progress: Progress) => void;
  /** Receives a message that the operator should see, although the run goes on. */
  readonly onWarning: (message: string) => void;
  /**
   * Reports a publication to the alarms. When it returns, the report has been written, and the run records the publication.
   * Undefined for a run without alarms, such as one in a terminal.
   */
  readonly onPublished: ((report: PublicationReport) => void) | undefined;
  /** Whether a run with alarms (a function's) may publish to the same store as this run, which has none. */
  readonly othersHaveAlarms: boolean;
  /** Signs the run's commit. Undefined if the installation doesn't sign. */
  readonly signer?: Signer | undefined;
}

/** What a caller decides about a run. The rest is derived from it. */
export interface RunRequest {
  readonly settings: Settings;
  readonly deadline: Deadline;
  readonly now: () => Date;
  readonly trigger: Trigger;
  /** Derived from the event, so that an event delivered twice has one result. Default: the start time and the first attempt's id. */
  readonly runId?: string;
  readonly scheduledAt?: string;
  /** Default: the host's URL. */
  readonly sourceName?: string;
  /** Default: local. */
  readonly host?: Host;
  readonly force?: boolean;
  readonly newExecution?: () => string;
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (message: string) => void;
  readonly onPublished?: (report: PublicationReport) => void;
  readonly othersHaveAlarms?: boolean;
  readonly signer?: Signer | undefined;
}

export const randomExecution = (): string => randomBytes(4).toString('hex');

/** Creates the run, which begins now. Its date is today's, even if it was scheduled for yesterday. */
export function newRun({ newExecution = randomExecution, ...request }: RunRequest): Run {
  const startedAt = request.now();
  const first = newExecution();
  const prepared = [first]; // used for the first attempt, and in the run's id unless the event gives one
  return {
    runId: request.runId ?? `${compactUtc(startedAt.toISOString())}-${first}`,
    trigger: request.trigger,
    scheduledAt: request.scheduledAt ?? null,
    startedAt,
    dt: dtOf(startedAt),
    deadline: request.deadline,
    sourceName: request.sourceName ?? request.settings.url,
    host: request.host ?? { kind: 'local' },
    settings: request.settings,
    force: request.force ?? false,
    now: request.now,
    newExecution: () => prepared.pop() ?? newExecution(),
    onProgress: request.onProgress ?? ignore,
    onWarning: request.onWarning ?? ignore,
    onPublished: request.onPublished,
    othersHaveAlarms: request.othersHaveAlarms ?? false,
    signer: request.signer,
  };
}

const ignore = (): void => undefined;
