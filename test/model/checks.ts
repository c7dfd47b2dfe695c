import type { Bucket } from './bucket.ts';
import type { Call } from './calls.ts';
import { judgeEnding, judgeLastEnding, judgeReport, madeBy } from './endings.ts';
import type { Edge, Given, Position } from './position.ts';
import { FAILS, type RunTree, TIMES_OUT } from './run-tree.ts';
import type { Scenario } from './scenarios.ts';
import { brokenByFailure } from './signature-promises.ts';
import { isSigningCall } from './signing.ts';
import { DENIED, OVER, type State, WAITING } from './state.ts';

/** Checks what runs do, report and return. Each check returns the broken promise, or undefined. */
export class Checks {
  /** The distinct warnings of all runs. */
  readonly warnings = new Set<string>();
  readonly #tree: RunTree;
  readonly #bucket: Bucket;
  readonly #scenario: Scenario;
  readonly #alarms: boolean;

  /** @param alarms whether a warning breaks a promise */
  constructor(tree: RunTree, bucket: Bucket, scenario: Scenario, alarms: boolean) {
    this.#tree = tree;
    this.#bucket = bucket;
    this.#scenario = scenario;
    this.#alarms = alarms;
  }

  /** What a run that has ended becomes in the state. */
  end({ ending, program }: Position, world: number, isLast: boolean): { token: number; broken: string | undefined } {
    if (!ending) throw new Error('the run has not ended');
    const judgement = judgeEnding(ending, program, this.#log(world));
    const number = 'taken' in ending ? ending.taken.document.commit : undefined;
    const unfinished =
      number !== undefined && this.#bucket.promises.isUnfinished(this.#bucket.worlds.at(world), number);
    const early = unfinished ? 'a run reported success before all of it was in place' : undefined;
    const broken = judgement.broken ?? early ?? (isLast ? judgeLastEnding(ending) : undefined);
    return { token: judgement.denied && !isLast ? DENIED : OVER, broken };
  }

  brokenCall(call: Call, { world, at }: State, process: number): string | undefined {
    if (call.kind === 'report') return this.#brokenReport(call.bytes, world);
    if (!isSigningCall(call)) return undefined;
    const { program } = this.#tree.at(at[process] ?? WAITING);
    return this.#bucket.promises.signatures.brokenCall(call, program);
  }

  /** No commit of a run that reported "nothing was published" may arrive late. */
  brokenDenial({ world, at }: State): string | undefined {
    const log = this.#log(world);
    const wrong = this.#scenario.runs.find(
      (program, process) => at[process] === DENIED && log.some((commit) => madeBy(program, commit)),
    );
    return wrong && `run ${wrong.name} reported that nothing was published, and was committed later`;
  }

  brokenStep({ to, steps }: Edge, world: number): string | undefined {
    const { program } = this.#tree.at(to);
    for (const step of steps) {
      if (step.kind === 'told') {
        const { signatures } = this.#bucket.promises;
        const commit = this.#log(world)[step.commit - 1];
        const broken = signatures.brokenTold(this.#bucket.worlds.at(world), step, program, commit);
        if (broken) return broken;
      }
      if (step.kind !== 'warned') continue;
      this.warnings.add(step.message);
      if (this.#alarms) return `a false alarm: ${step.message}`;
    }
    return undefined;
  }

  /** No run ends because of calls for signatures or public keys, if no other call failed beside them. */
  brokenFailure(before: number, given: Given, to: number): string | undefined {
    const { ending } = this.#tree.at(to);
    if (!ending) return undefined;
    const failed = this.#failedTogether(before, given);
    return failed.length > 0 && failed.every(isSigningCall) ? brokenByFailure(ending) : undefined;
  }

  /** The calls that failed since the run last received the result of its only call. */
  #failedTogether(before: number, given: Given): Call[] {
    const { last } = this.#tree.at(before);
    const isTogether = last && this.#tree.at(last.position).pending.length > 1;
    const earlier = isTogether ? this.#failedTogether(last.position, last.given) : [];
    if (given.result !== FAILS && given.result !== TIMES_OUT) return earlier;
    return [...earlier, this.#tree.calls.at(this.#tree.asked.at(given.asked).call)];
  }

  #brokenReport(bytes: Buffer, world: number): string | undefined {
    const { broken, reports } = judgeReport(bytes, this.#log(world));
    return broken ?? this.#bucket.promises.brokenReport(this.#bucket.worlds.at(world), reports);
  }

  #log = (world: number) => this.#bucket.promises.log(this.#bucket.worlds.at(world));
}
