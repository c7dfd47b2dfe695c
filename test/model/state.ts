import type { RunTree } from './run-tree.ts';

/** Instead of a position: a run that hasn't started, one that ended or died, and one that ended with "nothing was published". */
export const WAITING = -1;
export const OVER = -2;
export const DENIED = -3;

/** All that decides what can happen next. */
export interface State {
  readonly world: number;
  /** The set of calls that failed for their runs and may still take effect. */
  readonly late: number;
  /** The position of each run, then of the last one. */
  readonly at: readonly number[];
}

/** A state, and how it was reached. */
export interface Reached extends State {
  readonly number: number;
  /** The most disturbances left on any path to it. */
  readonly left: number;
  /** How many schedules lead here, by the disturbances they have left. */
  readonly schedules: number[];
}

/** What leads from one state to the next. */
export interface Move {
  /** `dies`, `arrives` and `begins` have no result. The call of `dies` and `begins` is the number of a position. */
  readonly kind: (typeof KINDS)[number];
  readonly process: number;
  readonly call: number;
  readonly result: number;
}

const KINDS = ['does', 'fails', 'times out', 'conflicts', 'dies', 'arrives', 'begins'] as const;
const FIELD = 2 ** 21;

/** A move as one number. */
export const packMove = ({ kind, process, call, result }: Move): number =>
  ((KINDS.indexOf(kind) * 8 + process) * FIELD + call) * FIELD + result;

export function unpackMove(packed: number): Move {
  const head = Math.floor(packed / FIELD / FIELD);
  const kind = KINDS[Math.floor(head / 8)] ?? 'does';
  return { kind, process: head % 8, call: Math.floor(packed / FIELD) % FIELD, result: packed % FIELD };
}

const ENDED_RANK = 10_000;

/** Grows with every move, so no state is reached again after its turn. */
export function rankOf({ at }: State, lateCalls: number, tree: RunTree): number {
  let rank = -lateCalls;
  for (const position of at) {
    if (position >= 0) rank += 1 + 2 * tree.at(position).depth;
    else if (position !== WAITING) rank += ENDED_RANK;
  }
  return rank;
}
