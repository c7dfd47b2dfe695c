import type { Deadline } from '../snapshot/deadline.ts';

/** The time reserved so that a run can record how it ended: this long, or a tenth of the time if that is less. */
const MARGIN_MILLISECONDS = 10_000;

/** The time of one invocation, after which Lambda kills it. */
export class Budget {
  /** Ends before Lambda kills the invocation. */
  readonly deadline: Deadline;
  readonly #remaining: () => number;
  readonly #total: number;

  /** @param remaining milliseconds until Lambda kills the invocation */
  constructor(remaining: () => number) {
    const total = Math.max(0, remaining());
    const margin = Math.min(MARGIN_MILLISECONDS, total / 10);
    this.#remaining = remaining;
    this.#total = total;
    this.deadline = {
      signal: AbortSignal.timeout(Math.floor(total - margin)),
      remaining: () => remaining() - margin,
    };
  }

  /** Aborts when this part of the whole time is over. @param part between 0 and 1 */
  endOf(part: number): AbortSignal {
    const used = this.#total - this.#remaining();
    return AbortSignal.timeout(Math.max(0, Math.floor(this.#total * part - used)));
  }

  get usedPercent(): number {
    if (this.#total === 0) return 100;
    return Math.round((1 - this.#remaining() / this.#total) * 1000) / 10;
  }
}
