import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Failure, failureOf } from '../lambda/failure.ts';
import type { Check } from '../snapshot/check.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { CHANGES } from '../snapshot/contract.ts';
import { SupersededError } from '../snapshot/errors.ts';
import { INSTANCE_DIMENSION, METRICS, METRICS_NAMESPACE } from '../snapshot/metrics.ts';
import type { PublicationReport } from '../snapshot/publication-report.ts';
import type { Run } from '../snapshot/run.ts';
import type { Outcome, TakenSnapshot } from '../snapshot/take-snapshot.ts';

const SERVICE = 'take-snapshot';

/** An invocation that failed before there was a run. */
export interface FailedStart {
  readonly document?: undefined;
  readonly snapshot?: undefined;
  readonly error: unknown;
}

/**
 * What one invocation reports outside of the store: lines for people, metrics for alarms, neither with personal data. The last line of a
 * published run holds its commit's hash: anyone who keeps the log can show that the store wasn't rewritten since.
 */
export class RunLog {
  readonly #logger: Logger;
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE });

  readonly #usedPercent: () => number;
  /** The invocation's run; undefined for a check, which has no metrics. */
  #runId: string | undefined;
  #isOver = false;

  /** @param usedPercent how much of its time the invocation has taken so far */
  constructor(instance: string, requestId: string, usedPercent: () => number) {
    this.#usedPercent = usedPercent;
    const persistentKeys = { [INSTANCE_DIMENSION]: instance, function_request_id: requestId };
    this.#logger = new Logger({ serviceName: SERVICE, persistentKeys });
    this.#metrics.clearDefaultDimensions(); // otherwise `service` would be one, which every alarm would have to name
    this.#metrics.setDefaultDimensions({ [INSTANCE_DIMENSION]: instance });
  }

  started({ runId, trigger, dt, scheduledAt, force }: Run): void {
    this.#runId = runId;
    this.#logger.appendKeys({ run_id: runId });
    this.#logger.info('run started', { trigger, dt, scheduled_at: scheduledAt, force });
  }

  warning(message: string): void {
    this.#logger.warn(message);
  }

  /**
   * Counts a publication of this run, or what an alarm should know of an earlier one whose run didn't come to it. Written at once: the
   * publication is then recorded as reported.
   */
  published(report: PublicationReport): void {
    const { manifest, isCounted, before, newChanges, missingDays, newDrift } = report;
    const count = (name: string, value: number) => {
      if (isCounted || value > 0) this.#count(name, value);
    };
    if (isCounted) {
      this.#count(METRICS.published);
      this.#count(METRICS.users, manifest.user_count);
    }
    if (before && before.user_count > 0) {
      const dropped = Math.max(0, before.user_count - manifest.user_count);
      this.#percent(METRICS.usersDroppedPercent, (dropped * 100) / before.user_count);
    }
    count(METRICS.groupsFailed, manifest.groups === 'failed' ? 1 : 0);
    count(METRICS.daysMissing, missingDays);
    count(
      METRICS.driftAppeared,
      Object.values(newDrift).reduce((sum, names) => sum + names, 0),
    );
    if (newChanges) {
      count(METRICS.administratorsAdded, newChanges.admin_granted);
      for (const change of CHANGES) count(METRICS.changes[change], newChanges[change]);
    }
    if (manifest.run_id === this.#runId) this.#end();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }

  ended(outcome: Outcome | FailedStart): void {
    if (outcome.snapshot) this.#published(outcome.document, outcome.snapshot);
    else if (outcome.document && outcome.error instanceof SupersededError) this.#superseded(outcome.document);
    else this.#failed(outcome.document, failureOf(outcome.error));
  }

  checked(ok: boolean, checks: readonly Check[]): void {
    this.#logger.info('checked', { ok, checks });
  }

  /** Writes what hasn't been written yet: how the run ended if it published nothing. */
  close(): void {
    if (this.#runId !== undefined && !this.#isOver) this.#end();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }

  #end(): void {
    this.#isOver = true;
    this.#percent(METRICS.durationUsedPercent, this.#usedPercent());
  }

  /** If another delivery of the event published the snapshot, the line says so. */
  #published(document: RunDocument, { manifest, newChanges, byOther }: TakenSnapshot): void {
    const { dt, status, code, raw_key, commit, commit_sha256 } = document;
    const counts = manifest && {
      user_count: manifest.user_count,
      admin_count: manifest.admin_count,
      states: manifest.states,
    };
    const end = { dt, status, code, raw_key, ...counts, new_changes: newChanges, commit, commit_sha256 };
    this.#logger.info(byOther ? 'run ended: another delivery of its event published this snapshot' : 'run ended', end);
  }

  /** Another delivery of the same event may have published since: then that is the run's result, and was counted. */
  #superseded({ dt, status, code, commit, commit_sha256 }: RunDocument): void {
    this.#logger.info('run ended', { dt, status, code, commit, commit_sha256 });
    if (status !== 'published') this.#count(METRICS.superseded);
  }

  #failed(document: RunDocument | undefined, failure: Failure): void {
    this.#runId ??= '';
    const { dt = null, raw_key = null, status = 'failed' } = document ?? {};
    const end = { dt, status, code: failure.code, raw_key, error: failure };
    const message = document ? 'run ended' : 'no run: the invocation failed';
    if (status === 'refused') this.#logger.warn(message, end);
    else this.#logger.error(message, end);
    this.#count(status === 'refused' ? METRICS.refused : METRICS.failed);
  }

  #count(name: string, value = 1): void {
    this.#metrics.addMetric(name, MetricUnit.Count, value);
  }

  #percent(name: string, value: number): void {
    this.#metrics.addMetric(name, MetricUnit.Percent, value);
  }
}
