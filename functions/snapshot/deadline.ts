/** The time limit of a run: one deadline for all of its calls, and a share of it for work that must not use up the rest. */
export interface Deadline {
  /** Aborts when the time is up, or with its own reason when an operator interrupts the run. */
  readonly signal: AbortSignal;
  /** Milliseconds left. Negative once the time is up. */
  remaining(): number;
  /** The name of this limit in messages. Default: the run's time limit. */
  readonly name?: string;
}

/** A share of the remaining time. */
export interface Share {
  /** Between 0 and 1. */
  readonly part: number;
  /** Its name in messages. */
  readonly name: string;
}

/** The longest delay of a Node.js timer. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Does work within a share of the remaining time. An abort of the whole deadline also ends the work. */
export async function withinPart<T>(
  whole: Deadline,
  { part, name }: Share,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const left = whole.remaining();
  const others = left * (1 - part);
  const timeUp = new AbortController();
  const timer = setTimeout(
    () => timeUp.abort(new DOMException('the time is over', 'TimeoutError')),
    Math.min(left * part, MAX_MILLISECONDS),
  );
  const signal = AbortSignal.any([whole.signal, timeUp.signal]);
  try {
    return await work({ signal, remaining: () => whole.remaining() - others, name });
  } finally {
    clearTimeout(timer);
  }
}

/** The result of `work`, or the signal's reason if it aborts first. `work` isn't stopped, so it must have nothing to clean up. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const reject = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', reject);
  if (signal.aborted) reject();
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', reject);
  }
}
