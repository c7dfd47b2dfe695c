import type { RunDocument } from './commits/run-document.ts';
import type { Trigger } from './contract.ts';
import type { Deadline } from './deadline.ts';
import type { Progress } from './receive/stage-users.ts';
import type { Settings } from './settings.ts';

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
  /** Skips the gate's comparisons with the snapshot before. */
  readonly force: boolean;
  readonly now: () => Date;
  /** Eight random hex digits, others at each call. */
  readonly newExecution: () => string;
  readonly onProgress: (progress: Progress) => void;
  /** Told what an operator should know of earlier runs. */
  readonly onWarning: (message: string) => void;
  /** Told the run document of a run that ended with an error, before that is thrown. */
  readonly onFailed?: (document: RunDocument) => void;
}
