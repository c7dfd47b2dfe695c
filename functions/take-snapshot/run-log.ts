import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Failure } from '../lambda/failure.ts';
import type { Check } from '../snapshot/check.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { CHANGES } from '../snapshot/contract.ts';
import { INSTANCE_DIMENSION, METRICS, METRICS_NAMESPACE } from '../snapshot/metrics.ts';
import type { Run } from '../snapshot/run.ts';
import type { TakenSnapshot } from '../snapshot/take-snapshot.ts';

const SERVICE = 'take-snapshot';

/**
 * What one invocation tells outside of the store: lines for people, figures for alarms, neither with personal data. The last line
 * of a published run holds its commit's hash: whoever keeps the log can show that the store wasn't rewritten since.
 */
export class Journal {
  readonly #logger: Logger;
  readonly #metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: SERVICE });

  #started = false;
  #document: RunDocument | undefined;

  constructor(instance: string, requestId: string) {
    const persistentKeys = { [INSTANCE_DIMENSION]: instance, function_request_id: requestId };
    this.#logger = new Logger({ serviceName: SERVICE, persistentKeys });
    this.#metrics.clearDefaultDimensions(); // or `service` would be one, which every alarm had to name
    this.#metrics.setDefaultDimensions({ [INSTANCE_DIMENSION]: instance });
  }

  started({ runId, trigger, dt, scheduledAt, force }: Run): void {
    this.#started = true;
    this.#logger.appendKeys({ run_id: runId });
    this.#logger.info('run started', { trigger, dt, scheduled_at: scheduledAt, force });
  }

  warning(message: string): void {
    this.#logger.warn(message);
  }

  /** Takes the document of a run that ended with an error, which follows. */
  note(document: RunDocument): void {
    this.#document = document;
  }

  get document(): RunDocument | undefined {
    return this.#document;
  }

  published({ document, manifest, before, newChanges }: TakenSnapshot): void {
    const { dt, status, code, raw_key, commit, commit_sha256 } = document;
    const counts = manifest && {
      user_count: manifest.user_count,
      admin_count: manifest.admin_count,
      states: manifest.states,
    };
    const end = { dt, status, code, raw_key, ...counts, new_changes: newChanges, commit, commit_sha256 };
    this.#logger.info('run ended', end);
    this.#count(METRICS.published);
    if (manifest) this.#count(METRICS.users, manifest.user_count);
    if (manifest && before && before.user_count > 0) {
      const dropped = Math.max(0, before.user_count - manifest.user_count);
      this.#percent(METRICS.usersDroppedPercent, (dropped * 100) / before.user_count);
    }
    if (!newChanges) return;
    this.#count(METRICS.administratorsAdded, newChanges.admin_granted);
    for (const change of CHANGES) this.#count(METRICS.changes[change], newChanges[change]);
  }

  /** Another execution of the same event may have published it meanwhile: then that is the run's result. */
  superseded({ dt, status, code, commit, commit_sha256 }: RunDocument): void {
    this.#logger.info('run ended', { dt, status, code, commit, commit_sha256 });
    this.#count(status === 'published' ? METRICS.published : METRICS.superseded);
  }

  /** Where it didn't come to a run, or the store couldn't begin one, there is no document. */
  failed(failure: Failure): void {
    const { dt = null, raw_key = null, status = 'failed' } = this.#document ?? {};
    const end = { dt, status, code: failure.code, raw_key, error: failure };
    const message = this.#started ? 'run ended' : 'no run: the invocation failed';
    if (status === 'refused') this.#logger.warn(message, end);
    else this.#logger.error(message, end);
    this.#count(status === 'refused' ? METRICS.refused : METRICS.failed);
  }

  checked(ok: boolean, checks: readonly Check[]): void {
    this.#logger.info('checked', { ok, checks });
  }

  /** Writes the metrics out. */
  close(usedPercent: number): void {
    if (!this.#metrics.hasStoredMetrics()) return;
    this.#percent(METRICS.durationUsedPercent, usedPercent);
    this.#metrics.publishStoredMetrics();
  }

  #count(name: string, value = 1): void {
    this.#metrics.addMetric(name, MetricUnit.Count, value);
  }

  #percent(name: string, value: number): void {
    this.#metrics.addMetric(name, MetricUnit.Percent, value);
  }
}
