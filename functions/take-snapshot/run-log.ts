import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Failure, failureOf } from '../lambda/failure.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { CHANGES } from '../snapshot/contract.ts';
import { SupersededError } from '../snapshot/errors.ts';
import { INSTANCE_DIMENSION, METRICS, METRICS_NAMESPACE } from '../snapshot/metrics.ts';
import type { PublicationReport } from '../snapshot/publication-report.ts';
import type { Run } from '../snapshot/run.ts';
import type { Outcome, TakenSnapshot } from '../snapshot/take-snapshot.ts';
import type { VerificationDocument } from '../snapshot/verify/verification-document.ts';
import type { CheckReport } from './check-all.ts';

const SERVICE = 'take-snapshot';

/** An invocation that failed before a run began. */
export interface FailedStart {
  readonly document?: undefined;
  readonly snapshot?: undefined;
  readonly error: unknown;
}

/**
 * Writes the log lines and metrics of one invocation, without personal data. The last line of a published run holds its commit's hash.
 * Anyone who keeps the log can later prove that the store wasn't rewritten.
 */
export class RunLog {
  readonly #logger: Logger;
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE });

  readonly #usedPercent: () => number;
  /** The invocation's run. Undefined for a check or a verification, which have other metrics. */
  #runId: string | undefined;
  #noRun: 'check' | 'verification' | undefined;
  #isOver = false;

  /** @param usedPercent the percentage of its time that the invocation has used so far */
  constructor(instance: string, requestId: string, usedPercent: () => number) {
    this.#usedPercent = usedPercent;
    const persistentKeys = { [INSTANCE_DIMENSION]: instance, function_request_id: requestId };
    this.#logger = new Logger({ serviceName: SERVICE, persistentKeys });
    this.#metrics.clearDefaultDimensions(); // without this, every alarm would have to name the dimension `service`
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
   * Counts a publication of this run, or one of an earlier run that ended before it could. Writes the metrics at once, since the
   * publication is then recorded as reported.
   */
  published(report: PublicationReport): void {
    const { manifest, isCounted, before, newChanges, missingDays, newDrift, groupsFailed, isUnsigned } = report;
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
    count(METRICS.groupsFailed, groupsFailed ? 1 : 0);
    count(METRICS.daysMissing, missingDays);
    count(
      METRICS.driftAppeared,
      Object.values(newDrift).reduce((sum, names) => sum + names, 0),
    );
    if (newChanges) {
      count(METRICS.administratorsAdded, newChanges.admin_granted);
      for (const change of CHANGES) count(METRICS.changes[change], newChanges[change]);
    }
    if (isUnsigned !== null) count(METRICS.commitUnsigned, isUnsigned ? 1 : 0);
    if (manifest.run_id === this.#runId) this.#end();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }

  ended(outcome: Outcome | FailedStart): void {
    if (outcome.snapshot) this.#published(outcome.document, outcome.snapshot);
    else if (outcome.document && outcome.error instanceof SupersededError) this.#superseded(outcome.document);
    else this.#failed(outcome.document, failureOf(outcome.error));
  }

  /** The invocation is to start no run. If it fails, only Lambda counts that. */
  isNoRun(work: 'check' | 'verification'): void {
    this.#noRun = work;
  }

  checked({ ok, checks, failed, tokenAgeDays }: CheckReport): void {
    if (ok) this.#logger.info('checked', { ok, checks });
    else this.#logger.error('checked', { ok, checks });
    this.#count(METRICS.checkFailed, failed);
    if (tokenAgeDays !== undefined) this.#count(METRICS.tokenAgeDays, tokenAgeDays);
  }

  /** What a verification hasn't checked doesn't count as sound, since an alarm would return to OK. */
  verified(document: VerificationDocument): void {
    const { damaged, complete, days_verified, status, signatures } = document;
    if (damaged > 0) this.#logger.error('verified', { ...document });
    else if (status !== 'unfinished') this.#logger.info('verified', { ...document });
    else if (complete) this.#logger.warn('verified: without the key that signs', { ...document });
    else this.#logger.warn('verified: not finished, because its time was over', { ...document });
    if (status !== 'unfinished') this.#count(METRICS.storeDamaged, damaged);
    const { unsigned_recently: unsigned } = signatures;
    if (unsigned !== null && (complete || unsigned > 0)) this.#count(METRICS.commitUnsigned, unsigned);
    this.#count(METRICS.daysVerified, days_verified);
    this.#count(METRICS.verificationUnfinished, complete ? 0 : 1);
  }

  /** Writes the remaining metrics: those of a run that published nothing. */
  close(): void {
    if (this.#runId !== undefined && !this.#isOver) this.#end();
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }

  #end(): void {
    this.#isOver = true;
    this.#percent(METRICS.durationUsedPercent, this.#usedPercent());
  }

  /** Logs a published run, and whether another delivery of its event published the snapshot. */
  #published(document: RunDocument, { manifest, newChanges, byOther, signedBy }: TakenSnapshot): void {
    const { dt, status, code, raw_key, commit, commit_sha256 } = document;
    const counts = manifest && {
      user_count: manifest.user_count,
      admin_count: manifest.admin_count,
      states: manifest.states,
    };
    const end = {
      dt,
      status,
      code,
      raw_key,
      ...counts,
      new_changes: newChanges,
      commit,
      commit_sha256,
      signed_by: signedBy,
    };
    this.#logger.info(byOther ? 'run ended: another delivery of its event published this snapshot' : 'run ended', end);
  }

  /** Logs a superseded run. If another delivery of the event has published since, that is the run's result, and it has been counted. */
  #superseded({ dt, status, code, commit, commit_sha256 }: RunDocument): void {
    this.#logger.info('run ended', { dt, status, code, commit, commit_sha256 });
    if (status !== 'published') this.#count(METRICS.superseded);
  }

  #failed(document: RunDocument | undefined, failure: Failure): void {
    if (this.#noRun) {
      this.#logger.error(`the ${this.#noRun} failed`, { code: failure.code, error: failure });
      return;
    }
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
