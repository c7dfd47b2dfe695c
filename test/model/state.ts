import type { RunTree } from './run-tree.ts';

/** In place of a position: a run that hasn't begun, one that makes no more calls, and one of those that said "nothing was published". */
export const WAITING = -1;
export const OVER = -2;
export const DENIED = -3;

export interface State {
  readonly world: number;
  /** Calls whose runs were told that they failed, and which may still take effect. */
  readonly late: number;
  /** For each run, and for the one that comes last: where it is. */
  readonly at: readonly number[];
}

/** A state that was reached, and how. */
export interface Reached extends State {
  readonly number: number;
  /** Disturbances that are left: the most with which it was reached. */
  readonly left: number;
  /** Schedules that lead here, by the disturbances that they leave. */
  readonly schedules: number[];
}

/** How a state was left for the next one. */
export interface Move {
  /** `arrives` and `begins` have no result, and `begins` has the number of a position in place of a call. */
  readonly kind: 'does' | 'fails' | 'conflicts' | 'dies' | 'arrives' | 'begins';
  readonly process: number;
  readonly call: number;
  readonly result: number;
}

const KINDS = ['does', 'fails', 'conflicts', 'dies', 'arrives', 'begins'] as const;
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

/** Grows with every move, so that states can be visited in its order and none is met again later. */
export function rankOf({ at }: State, lateCalls: number, tree: RunTree): number {
  let rank = -lateCalls;
  for (const position of at) {
    if (position >= 0) rank += 1 + 2 * tree.at(position).depth;
    else if (position !== WAITING) rank += ENDED_RANK;
  }
  return rank;
}
