/** The time that a run has: one deadline for all of its calls, and parts of it for work that must not use up the rest. */
export interface Deadline {
  /** Aborts when the time is up, or with its own reason when an operator interrupts the run. */
  readonly signal: AbortSignal;
  /** Milliseconds left; negative once the time is up. */
  remaining(): number;
  /** What the time is called in messages. Default: the time of the run. */
  readonly name?: string;
}

/** A part of the time that is left. */
export interface Share {
  /** Between 0 and 1. */
  readonly part: number;
  /** What it is called in messages. */
  readonly name: string;
}

/** The longest that a timer of Node.js can run. */
const MAX_MILLISECONDS = 2 ** 31 - 1;

/** Does work that gets a part of the time that is left, and is interrupted with the whole. */
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
