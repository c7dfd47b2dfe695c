import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { isReported, RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { OperatorError, SupersededError } from '../../functions/snapshot/errors.ts';
import type { CommitFacts } from './facts.ts';
import type { Ending, Program } from './run.ts';

type Log = readonly (CommitFacts | undefined)[];

/** How a run's outcome compares with the log of commits. */
export interface Judgement {
  readonly broken?: string;
  /** It reported that nothing was published: no commit of this run may appear from now on. */
  readonly denied?: boolean;
}

/** Whether an attempt of this program made the commit. */
export const madeBy = ({ name }: Program, commit: CommitFacts | undefined): boolean =>
  commit?.execution.startsWith(name) === true;

export function judgeEnding(ending: Ending, program: Program, log: Log): Judgement {
  if ('taken' in ending) {
    const { document, manifest } = ending.taken;
    if (!isOf(log, program.runId, document.commit, document.commit_sha256)) {
      return { broken: 'a run reported success without a commit' };
    }
    return manifest && manifest.commit !== document.commit
      ? { broken: "a run returned another commit's manifest" }
      : {};
  }
  const { error } = ending;
  if (!(error instanceof OperatorError)) return { broken: `a bug: ${error instanceof Error ? error.stack : error}` };
  if (error instanceof SupersededError && log.some((commit) => commit?.run_id === program.runId)) {
    return { broken: 'a run that has a commit was reported as superseded' };
  }
  if (/\bcommitted\b/.test(error.message)) return {};
  const committed = log.some((commit) => madeBy(program, commit));
  return committed
    ? { broken: `a committed run ended as if nothing was published: "${error.message}"` }
    : { denied: true };
}

/** An undisturbed run publishes, or finds that another run did. */
export function judgeLastEnding(ending: Ending): string | undefined {
  if ('taken' in ending || ending.error instanceof SupersededError) return undefined;
  return `an undisturbed run failed: ${ending.error instanceof Error ? ending.error.message : ending.error}`;
}

/**
 * A run document says `published` only if it names an existing commit of its run.
 * @returns also the commit that, according to this document, was reported to the alarms
 */
export function judgeReport(bytes: Buffer, log: Log): { readonly broken?: string; readonly reports?: number } {
  const document = RUN_DOCUMENT.parse(jsonOf(bytes));
  const { status, run_id, commit, commit_sha256 } = document;
  if (status !== 'published' || commit === undefined) return {};
  if (!isOf(log, run_id, commit, commit_sha256))
    return { broken: "a run document names a commit that isn't its run's" };
  return isReported(document, commit) ? { reports: commit } : {};
}

function isOf(log: Log, runId: string, number: number | undefined, hash: string | undefined): boolean {
  const commit = number === undefined ? undefined : log[number - 1];
  return commit?.run_id === runId && commit.hash === hash;
}
