import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { Call } from './calls.ts';
import type { PrivateStep } from './port.ts';
import type { Ending, Program } from './run.ts';

/** A result of one of a run's calls, as numbers of `RunTree.asked` and `RunTree.results`. */
export interface Given {
  readonly asked: number;
  readonly result: number;
}

/** How a run came to a position for the first time. */
export interface Origin {
  readonly program: Program;
  /** Grows with each result. */
  readonly depth: number;
  /** Whether it has written its final run document. What it reads after that is only for its report. */
  readonly reported: boolean;
  /** The position before, and the result received there. Undefined at the beginning. */
  readonly last: { readonly position: number; readonly given: Given } | undefined;
  /** The set of all results received so far. */
  readonly received: number;
  /** While it signs: the position in which it asked for the signature. */
  readonly signingSince: number | undefined;
}

/** A position of a run: the set of results that it has received so far, and the calls that it now waits for. */
export interface Position extends Origin {
  /** The calls that wait, ascending, as numbers of `RunTree.asked`. If it has ended: those that were still in flight. */
  readonly pending: readonly number[];
  readonly ending: Ending | undefined;
  /** Where each result leads that was tried so far. */
  readonly edges: Map<string, Edge>;
}

/** What a run does after a result. */
export interface Edge {
  /** The position that it reaches. */
  readonly to: number;
  /** What it does on the way; no other run can see it. */
  readonly steps: readonly PrivateStep[];
}

const published = new WeakMap<Buffer, boolean>();

/** Whether a run document says that its run published. Parsed once, since the search asks at each state. */
export function saysPublished(bytes: Buffer): boolean {
  const known = published.get(bytes) ?? RUN_DOCUMENT.parse(jsonOf(bytes)).status === 'published';
  published.set(bytes, known);
  return known;
}

/** Whether the call writes the final run document of this program. */
export const isFinalReport = (call: Call, { runId }: Program): boolean =>
  call.kind === 'report' && call.key === KEYS.run(runId) && saysPublished(call.bytes);

/** What must be equal if a run reaches the same position by another order of results. */
export const endingText = (ending: Ending | undefined): string => {
  if (!ending) return '';
  if ('taken' in ending) return `published ${ending.taken.document.commit_sha256}`;
  return String(ending.error);
};
