/** What a figure of the benchmark is: the rows that it adds to the table, and how they are measured. */

export interface Row {
  /** Short, and unique in the table. */
  readonly name: string;
  /** Empty for a ratio. */
  readonly unit: '' | 's' | 'MB' | 'kB' | 'rounds';
  /** The limit. */
  readonly must?: number;
  /** What is worth reaching. */
  readonly aim?: number;
  /** A count or a size in bytes: the same on every machine, so that a value over its limit fails the benchmark. */
  readonly isCount?: true;
}

export interface Measured {
  /** One value a round. The table shows the median and the spread. */
  readonly values: readonly number[];
  /** The absolute figures behind a ratio. */
  readonly details?: string;
}

/** A point of the plot: medians. */
export interface Point {
  readonly program: string;
  readonly users: number;
  readonly seconds: number;
  readonly megabytes: number;
}

export interface Figures {
  /** In the order of `rows`. */
  readonly measured: readonly Measured[];
  readonly points?: readonly Point[];
}

export interface Figure {
  /** What `npm run bench -- NAME` selects. */
  readonly name: string;
  rows(size: Size): readonly Row[];
  /** @throws if a process fails, or if the product and a peer differ in what they write */
  measure(size: Size): Promise<Figures>;
}

/** How much is measured. */
export interface Size {
  /** Rounds of processes that take less than a second or two. */
  readonly rounds: number;
  /** Rounds of processes that take longer. */
  readonly longRounds: number;
  /** The size of a large account or a long history, from its full size. */
  readonly scaled: (full: number) => number;
}

export const FULL: Size = { rounds: 11, longRounds: 3, scaled: (full) => full };
/** About a minute. Figures of large accounts come out better or worse than at full size. */
export const QUICK: Size = { rounds: 3, longRounds: 1, scaled: (full) => Math.max(20, Math.round(full / 50)) };

const COUNT = new Intl.NumberFormat('en');
export const countText = (count: number): string => COUNT.format(count);
