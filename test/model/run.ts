import { toUser } from '../../functions/snapshot/anodot/user-record.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import type { Signer } from '../../functions/snapshot/commits/signer.ts';
import type { GroupsOrigin, Origin } from '../../functions/snapshot/origin.ts';
import type { PublicationReport } from '../../functions/snapshot/publication-report.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import { PATHS, type Source, type SourceResponse } from '../../functions/snapshot/source.ts';
import type { Outcome, TakenSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import type { ReadUser } from '../../functions/snapshot/user.ts';
import type { Port, Told } from './port.ts';
import { SIGNING_DER, signatureFor } from './signing.ts';

/** One invocation of the product. An event that is delivered twice is two programs with one run id. */
export interface Program {
  /** A hexadecimal digit: the ids of its attempts start with it. */
  readonly name: string;
  readonly runId: string;
  readonly dt: string;
  /** Whether it has the signing key. */
  readonly signs?: boolean;
  /** Whether it is a terminal's, which has no alarms. */
  readonly local?: boolean;
}

/** Three hours before the run's clock. The seconds after it number the responses. */
const FIRST_RESPONSE = 'T21:00:00.000Z';

/** The time of the response with this number to a run of this date, and the number of the response at a time. */
export const timeOfResponse = (number: number, dt: string): Date =>
  new Date(Date.parse(dt + FIRST_RESPONSE) + number * 1000);
export const responseAt = (observedAt: string): number =>
  (Date.parse(observedAt) - Date.parse(observedAt.slice(0, 10) + FIRST_RESPONSE)) / 1000;

/** Every clock shows the next day, so two runs across midnight see each other's dates as past. */
const NOW = (dt: string): Date => new Date(Date.parse(`${dt}T02:15:00.000Z`) + 21.8 * 3_600_000);

/** The warnings of a run that could not sign, or could not see whether another run's commit is signed. */
const OF_SIGNING = /is published without a signature|counts as unsigned/;

/** The run as the product sees it. Nothing in it depends on the order of calls. */
export function runOf({ name, runId, dt, signs = false, local = false }: Program, port: Port): Run {
  let executions = 0;
  return {
    runId,
    trigger: local ? 'local' : 'schedule',
    scheduledAt: null,
    startedAt: new Date(`${dt}T02:15:00.000Z`),
    dt,
    deadline: { signal: new AbortController().signal, remaining: () => 3_600_000 },
    sourceName: 'https://app.anodot.com',
    host: { kind: 'local' },
    settings: {
      url: 'https://app.anodot.com',
      formats: ['json'],
      maxDropPercent: 50,
      allowEmpty: false,
      keepRaw: false,
    },
    force: false,
    now: () => NOW(dt),
    newExecution: () => `${name}${String(++executions).padStart(7, '0')}`,
    onProgress: () => undefined,
    onWarning: (message) => {
      // A commit may be unsigned if signing failed, but only then.
      if (port.disturbed && OF_SIGNING.test(message)) port.unsigned = true;
      else port.steps.push({ kind: 'warned', message });
    },
    othersHaveAlarms: local,
    onPublished: local ? undefined : (report) => port.steps.push(toldOf(report, port)),
    ...(signs && { signer: signerOf(port) }),
  };
}

/** Signs when the search decides so. A public key that can't be read isn't searched: it has the same effect as a key that can't sign. */
const signerOf = (port: Port): Signer => ({
  publicKey: async () => SIGNING_DER,
  sign: async (bytes) => {
    await port.call({ kind: 'sign', bytes: Buffer.from(bytes) });
    return signatureFor(bytes);
  },
});

const toldOf = ({ manifest, newChanges, isUnsigned }: PublicationReport, { disturbed }: Port): Told => ({
  kind: 'told',
  commit: manifest.commit,
  granted: newChanges?.admin_granted ?? 0,
  unsigned: isUnsigned,
  disturbed,
});

/** An account with two users: one is named after the response's number, the other is another administrator in each response. */
export function sourceOf(port: Port, { dt }: Pick<Program, 'dt'>): Source {
  return {
    openUsers: async () => responseOf(await port.call({ kind: 'request' }), dt),
    openGroups: async () => ({ denied: DENIED }),
    time: async () => {
      throw new Error('no commit of these runs is dated after their clocks');
    },
    pause: async () => undefined,
  };
}

function responseOf(number: number, dt: string): SourceResponse<ReadUser> {
  const observedAt = timeOfResponse(number, dt);
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
    observedAt,
    async *batches() {
      const admin = { ...user, _id: `a${number}`, roles: ['customer-admin'] };
      yield [user, admin].map((one, i) => toUser(one, i, () => JSON.stringify(one), observedAt));
    },
    origin: () => ORIGIN,
    cancel: async () => undefined,
  };
}

/** The same for every response, so that nothing in a manifest depends on the order of calls. */
const ORIGIN: Origin = {
  request: { method: 'GET', path: PATHS.users, parameters: {} },
  response: { status: 200, date: null, bytes: 2, sha256: '0'.repeat(64) },
  token: { kind: 'refresh', secret_version: null },
};
const DENIED: GroupsOrigin = {
  request: { ...ORIGIN.request, path: PATHS.groups },
  response: { status: 403, date: null, bytes: null, sha256: null },
  token: ORIGIN.token,
};

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
