import { toUser } from '../../functions/snapshot/anodot/user-record.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import type { Source, SourceResponse } from '../../functions/snapshot/source.ts';
import type { Outcome, TakenSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { ReadUser } from '../../functions/snapshot/user.ts';
import type { Port } from './port.ts';

/** One invocation of the product: an event delivered twice makes two programs with one run id. */
export interface Program {
  /** A letter from `a` to `f`: the ids of its attempts start with it. */
  readonly name: string;
  readonly runId: string;
  readonly dt: string;
}

const START = Date.parse('2026-11-23T00:00:00.000Z');

/** The time of the response with this number, and the number of the response at a time. */
export const timeOfResponse = (number: number): Date => new Date(START + number * 1000);
export const responseAt = (observedAt: string): number => (Date.parse(observedAt) - START) / 1000;

/** The run as the product sees it. Nothing in it depends on the order of calls. */
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

/** An account with one user, who is named after the response's number. */
export function sourceOf(port: Port): Source {
  return {
    openUsers: async () => responseOf(await port.call({ kind: 'request' })),
    openGroups: async () => undefined,
    pause: async () => undefined,
  };
}

function responseOf(number: number): SourceResponse<ReadUser> {
  const user = {
    _id: 'u1',
    createdAt: '2026-01-01T00:00:00.000Z',
    firstName: `response ${number}`,
    lastName: 'x',
    email: 'x@example.com',
    roles: ['customer-user'],
    disabled: false,
    ownerOrganization: 'o1',
    groups: [],
    defaultGroup: '',
  };
  return {
    observedAt: timeOfResponse(number),
    async *batches() {
      yield [toUser(user, 0, () => JSON.stringify(user), timeOfResponse(number))];
    },
    cancel: async () => undefined,
  };
}

/** How a run ended, unless it died. */
export type Ending =
  | { readonly taken: TakenSnapshot & { readonly document: RunDocument } }
  | { readonly error: unknown };

export const endingOf = (run: Promise<Outcome>): Promise<Ending> =>
  run.then(
    ({ document, ...outcome }) =>
      outcome.snapshot ? { taken: { document, ...outcome.snapshot } } : { error: outcome.error },
    (error: unknown) => ({ error }),
  );
