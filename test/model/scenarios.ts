import type { Program } from './run.ts';

/** Runs that overlap, where they start, and which runs may follow. */
export interface Scenario {
  readonly name: string;
  /** What overlaps. Completes the sentence "publishing keeps every promise for …". */
  readonly title: string;
  readonly runs: readonly Program[];
  /** Undisturbed runs, for the same day and for the next. One of them follows once the others have ended. */
  readonly last: readonly Program[];
  /** Whether the first two runs differ only in their names: then the first one starts first. */
  readonly symmetric: boolean;
  /**
   * What the bucket holds: nothing, the day before, the day before and a commit whose run died at any later call, such a commit after one of
   * its uploads expired, or two days, the later of which has lost its rows.
   */
  readonly begins: 'empty' | 'day-before' | 'unfinished' | 'expired' | 'rows-gone';
  /** Whether the runs of the days before signed. */
  readonly signsBefore?: boolean;
  /** How many fewer disturbances `main.ts` searches it with, because it has more states than two runs that find nothing. */
  readonly fewer: number;
}

const [B, C, D, E, F] = ['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'] as const;

const run = (name: string, dt: string, runId = `run-${name}`): Program => ({ name, dt, runId });
/** With the signing key, as every function's run of an installation that signs. */
const signing = (program: Program): Program => ({ ...program, signs: true });
/** The runs that can come last, for this day or for the next. */
const last = (dt: string, next: string): Program[] => [run('d', dt), run('e', next)];
/** The run that came first and died, and those of the days before. */
export const FORERUNNER = run('f', D);
export const DAYS_BEFORE = [run('1', B), run('2', C)] as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'one-day',
    title: 'two runs of one day',
    runs: [run('a', D), run('b', D)],
    last: last(D, E),
    symmetric: true,
    begins: 'empty',
    fewer: 0,
  },
  {
    name: 'midnight',
    title: 'two runs across midnight',
    runs: [run('a', D), run('b', E)],
    last: last(E, F),
    symmetric: false,
    begins: 'day-before',
    fewer: 0,
  },
  {
    name: 'twice',
    title: 'one event delivered twice',
    runs: [run('a', D, 'run-x'), run('b', D, 'run-x')],
    last: last(D, E),
    symmetric: true,
    begins: 'day-before',
    fewer: 0,
  },
  {
    name: 'twice-midnight',
    title: 'one event delivered twice, before and after midnight',
    runs: [run('a', D, 'run-x'), run('b', E, 'run-x')],
    last: last(E, F),
    symmetric: false,
    begins: 'empty',
    fewer: 0,
  },
  {
    name: 'unfinished',
    title: 'two runs of one day that find a commit whose run died',
    runs: [run('a', D), run('b', D)],
    last: last(D, E),
    symmetric: true,
    begins: 'unfinished',
    fewer: 3,
  },
  {
    name: 'unfinished-midnight',
    title: 'two runs across midnight that find a commit whose run died',
    runs: [run('a', D), run('b', E)],
    last: last(E, F),
    symmetric: false,
    begins: 'unfinished',
    fewer: 3,
  },
  {
    name: 'expired',
    title: 'two runs of one day that find a commit with an expired upload',
    runs: [run('a', D), run('b', D)],
    last: last(D, E),
    symmetric: true,
    begins: 'expired',
    fewer: 2,
  },
  {
    name: 'second-day',
    title: 'two runs of one day after another day',
    runs: [run('a', D), run('b', D)],
    last: last(D, E),
    symmetric: true,
    begins: 'day-before',
    fewer: 1,
  },
  {
    name: 'rows-gone',
    title: 'two runs of one day after a day that has lost its rows',
    runs: [run('a', D), run('b', D)],
    last: last(D, E),
    symmetric: true,
    begins: 'rows-gone',
    fewer: 2,
  },
  {
    name: 'signed',
    title: 'two runs of one day that sign',
    runs: [run('a', D), run('b', D)].map(signing),
    last: last(D, E).map(signing),
    symmetric: true,
    begins: 'empty',
    fewer: 2,
  },
  {
    name: 'signed-midnight',
    title: 'two runs across midnight that sign',
    runs: [run('a', D), run('b', E)].map(signing),
    last: last(E, F).map(signing),
    symmetric: false,
    begins: 'day-before',
    signsBefore: true,
    fewer: 2,
  },
  {
    name: 'signed-twice',
    title: 'one event delivered twice, to runs that sign',
    runs: [run('a', D, 'run-x'), run('b', D, 'run-x')].map(signing),
    last: last(D, E).map(signing),
    symmetric: true,
    begins: 'day-before',
    signsBefore: true,
    fewer: 2,
  },
  {
    name: 'signed-terminal',
    title: 'a run that signs and a run from a terminal that does not',
    runs: [signing(run('a', D)), { ...run('b', D), local: true }],
    last: last(D, E).map(signing),
    symmetric: false,
    begins: 'day-before',
    signsBefore: true,
    fewer: 2,
  },
  {
    name: 'signed-unfinished',
    title: 'two runs that sign and find an unsigned commit whose run died',
    runs: [run('a', D), run('b', D)].map(signing),
    last: last(D, E).map(signing),
    symmetric: true,
    begins: 'unfinished',
    signsBefore: true,
    fewer: 3,
  },
  {
    name: 'signed-alone',
    title: 'a run that signs, alone',
    runs: [signing(run('a', D))],
    last: last(D, E).map(signing),
    symmetric: false,
    begins: 'empty',
    fewer: 0,
  },
  {
    name: 'three',
    title: 'three runs over two days',
    runs: [run('a', D), run('b', D), run('c', E)],
    last: last(E, F),
    symmetric: true,
    begins: 'empty',
    fewer: 3,
  },
];

/** @throws Error if there is no scenario of this name */
export function scenario(name: string): Scenario {
  const found = SCENARIOS.find((one) => one.name === name);
  if (!found) throw new Error(`no scenario ${name}; there are ${SCENARIOS.map((one) => one.name).join(', ')}`);
  return found;
}
