/** Plots as SVG, drawn when the page is written. They read without script and without style. */
import type { Element } from 'hast';
import { h } from 'hastscript';

/** One value for each date. Null is a gap: the day has no snapshot. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly dt: string; readonly value: number | null }[];
}

export interface LinePlot {
  readonly id: string;
  readonly title: string;
  /** One sentence that says what the plot shows, for a screen reader. */
  readonly description: string;
  readonly series: readonly Series[];
  /** What the vertical axis counts, such as `users`. */
  readonly unit: string;
}

/** Lines over time. */
export const linePlot = ({ id, title }: LinePlot): Element => h('figure', { id }, [h('figcaption', title)]);

/** A bar from one day to another. */
export interface Span {
  /** The row's label, such as an address. A value of the account. */
  readonly label: string;
  readonly from: string;
  readonly to: string;
  /** Whether the bar was already there at the start, and whether it is still there at the end. */
  readonly continuesBefore: boolean;
  readonly continuesAfter: boolean;
}

export interface TimelinePlot {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly since: string;
  readonly until: string;
  readonly spans: readonly Span[];
  /** Days without a snapshot, shown as bands. */
  readonly missing: readonly string[];
}

/** Bars over time, one row for each label. */
export const timelinePlot = ({ id, title }: TimelinePlot): Element => h('figure', { id }, [h('figcaption', title)]);
