import { toUser } from '../../functions/snapshot/anodot/user-record.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import type { Source, SourceResponse } from '../../functions/snapshot/source.ts';
import type { Outcome, TakenSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { ReadUser } from '../../functions/snapshot/user.ts';
import type { Port } from './port.ts';

/** One execution of a run, as a scenario names it. */
export interface Program {
  /** A letter from `a` to `f`: its executions begin with it. */
  readonly name: string;
  readonly runId: string;
  readonly dt: string;
}

const FIRST_ANSWER = Date.parse('2026-11-23T00:00:00.000Z');

/** When the answer of this number was given, and the other way round. */
export const timeOfAnswer = (number: number): Date => new Date(FIRST_ANSWER + number * 1000);
export const answerAt = (observedAt: string): number => (Date.parse(observedAt) - FIRST_ANSWER) / 1000;

/** What a run gets besides its store and its source. Nothing of it depends on the time at which the run is scheduled. */
export function runOf({ name, runId, dt }: Program, port: Port): Run {
  let executions = 0;
  return {
    runId,
    trigger: 'schedule',
    scheduledAt: null,
    startedAt: new Date(`${dt}T02:15:00.000Z`),
    dt,
    deadline: { signal: new AbortController().signal, remaining: () => 3_600_000 },
    sourceName: 'https://app.anodot.com',
    settings: {
      url: 'https://app.anodot.com',
      formats: ['json'],
      maxDropPercent: 50,
      allowEmpty: false,
      keepRaw: false,
    },
    force: false,
    now: () => new Date(`${dt}T02:16:00.000Z`),
    newExecution: () => `${name}${String(++executions).padStart(7, '0')}`,
    onProgress: () => undefined,
    onWarning: (message) => port.steps.push({ kind: 'warned', message }),
  };
}

/** An account of one user, whose name is the number of the answer. */
export function sourceOf(port: Port): Source {
  return {
    openUsers: async () => answer(await port.call({ kind: 'ask' })),
    openGroups: async () => undefined,
    pause: async () => undefined,
  };
}

function answer(number: number): SourceResponse<ReadUser> {
  const user = {
    _id: 'u1',
    createdAt: '2026-01-01T00:00:00.000Z',
    firstName: `answer ${number}`,
    lastName: 'x',
    email: 'x@example.com',
    roles: ['customer-user'],
    disabled: false,
    ownerOrganization: 'o1',
    groups: [],
    defaultGroup: '',
  };
  return {
    observedAt: timeOfAnswer(number),
    async *batches() {
      yield [toUser(user, 0, () => user)];
    },
    cancel: async () => undefined,
  };
}

/** How a run ended by itself. */
export type Ending =
  | { readonly taken: TakenSnapshot & { readonly document: RunDocument } }
  | { readonly error: unknown };

export const endingOf = (run: Promise<Outcome>): Promise<Ending> =>
  run.then(
    ({ document, ...outcome }) =>
      outcome.snapshot ? { taken: { document, ...outcome.snapshot } } : { error: outcome.error },
    (error: unknown) => ({ error }),
  );
