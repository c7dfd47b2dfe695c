/** The time that a run has: one deadline for all of its calls. */
export interface Deadline {
  /** Aborts when the time is up, or with its own reason when an operator interrupts the run. */
  readonly signal: AbortSignal;
  /** Milliseconds left; negative once the time is up. */
  remaining(): number;
}
