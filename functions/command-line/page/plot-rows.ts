/** The rows of a timeline: all spans with the same label share one. */

/** A bar from one day to another, both included. */
export interface Span {
  /** The row's label, such as an address. A value of the account. */
  readonly label: string;
  readonly from: string;
  readonly to: string;
  /** Whether the bar began before the period, and whether it continues after it. */
  readonly continuesBefore: boolean;
  readonly continuesAfter: boolean;
}

export interface Row {
  readonly label: string;
  readonly spans: readonly Span[];
}

/** In the order in which the labels first occur. */
export function rowsOf(spans: readonly Span[]): Row[] {
  return [...Map.groupBy(spans, ({ label }) => label)].map(([label, spans]) => ({ label, spans }));
}
