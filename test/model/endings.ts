import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import type { CommitFacts } from './facts.ts';
import type { Product } from './product.ts';
import type { Ending, Program } from './run.ts';

type Log = readonly (CommitFacts | undefined)[];

/** What a run said at its end, held against the log. */
export interface Said {
  readonly broken?: string;
  /** It said that nothing was published: no commit of its may come any more. */
  readonly denied?: boolean;
}

/** Whether the commit was made by an execution of this program. */
export const madeBy = ({ name }: Program, commit: CommitFacts | undefined): boolean =>
  commit?.execution.startsWith(name) === true;

export function judgeEnding(ending: Ending, program: Program, log: Log, { errors }: Product): Said {
  if ('taken' in ending) {
    const { document, manifest } = ending.taken;
    if (!isOf(log, program.runId, document.commit, document.commit_sha256)) {
      return { broken: 'a run reported success without a commit of it' };
    }
    return manifest && manifest.commit !== document.commit
      ? { broken: "a run returned another commit's manifest" }
      : {};
  }
  const { error } = ending;
  if (!(error instanceof errors.OperatorError))
    return { broken: `a bug: ${error instanceof Error ? error.stack : error}` };
  if (error instanceof errors.SupersededError && log.some((commit) => commit?.run_id === program.runId)) {
    return { broken: 'a run that has a commit was called superseded' };
  }
  if (/\bcommitted\b/.test(error.message)) return {};
  const committed = log.some((commit) => madeBy(program, commit));
  return committed
    ? { broken: `a committed run ended as if nothing was published: "${error.message}"` }
    : { denied: true };
}

/** Whoever runs undisturbed publishes or finds that another did. */
export function judgeLastEnding(ending: Ending, { errors }: Product): string | undefined {
  if ('taken' in ending || ending.error instanceof errors.SupersededError) return undefined;
  return `an undisturbed run failed: ${ending.error instanceof Error ? ending.error.message : ending.error}`;
}

/** A run document says `published` only of a commit that exists. */
export function judgeReport(bytes: Buffer, log: Log): string | undefined {
  const document = RUN_DOCUMENT.parse(jsonOf(bytes));
  if (document.status !== 'published') return undefined;
  return isOf(log, document.run_id, document.commit, document.commit_sha256)
    ? undefined
    : 'a run document names a commit that is none of its run';
}

function isOf(log: Log, runId: string, number: number | undefined, hash: string | undefined): boolean {
  const commit = number === undefined ? undefined : log[number - 1];
  return commit?.run_id === runId && commit.hash === hash;
}
