import { instanceOf } from '../lambda/environment.ts';
import { thrownFor } from '../lambda/failure.ts';
import { AnodotSource, type AnodotSourceLimits } from '../snapshot/anodot/source.ts';
import type { Manifest } from '../snapshot/commits/manifest.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import type { Deadline } from '../snapshot/deadline.ts';
import { SupersededError } from '../snapshot/errors.ts';
import type { PublicationReport } from '../snapshot/publication-report.ts';
import '../snapshot/heap.ts';
import { newRun, randomExecution } from '../snapshot/run.ts';
import { openBucket } from '../snapshot/store/bucket/open-bucket.ts';
import { type Outcome, type TakenSnapshot, takeSnapshot } from '../snapshot/take-snapshot.ts';
import type { VerificationDocument } from '../snapshot/verify/verification-document.ts';
import { Budget } from './budget.ts';
import { type CheckResult, checkAll } from './check-all.ts';
import { parseEvent, type RunEvent, runRequestOf } from './event.ts';
import { hostOf } from './host.ts';
import { type FailedStart, RunLog } from './run-log.ts';
import { nameOfSecret, newSecretsClient, readSecret } from './secret.ts';
import { parseFunctionSettings, parseVerifySettings, secretIdOf, storeOf } from './settings.ts';
import { newSigner } from './signing.ts';

/** The part of Lambda's context that the function uses. */
export interface Context {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** How the run ended, and its manifest if it was published and is still the day's. */
export type RunResult = RunDocument & { readonly manifest?: Manifest };
export type FunctionResult = RunResult | CheckResult | VerificationDocument;

/** The part of an invocation that a verification may use. The rest is left to record what it found. */
const VERIFY_PART = 0.5;
const environment = process.env;
const now = () => new Date();
// Clients outlive an invocation, so that the next one reuses their connections.
const secrets = newSecretsClient();
const signer = newSigner(environment);
let bucket: ReturnType<typeof openBucket> | undefined;
const openStore = (location: string) => (bucket ??= openBucket(location, environment));

/**
 * The Lambda function that takes snapshots. Takes an event that `parseEvent` accepts, and returns the run document, the checks or the
 * verification. A superseded run, a failed check and a damaged store are results, not errors.
 * @throws the OperatorError of a run that failed or was refused, or a bug without its own message
 */
export async function handler(event: unknown, context: Context): Promise<FunctionResult> {
  const budget = new Budget(() => context.getRemainingTimeInMillis());
  const log = new RunLog(instanceOf(environment), context.awsRequestId, () => budget.usedPercent);
  try {
    const { result, outcome } = await respond(event, budget, log);
    if (outcome) log.ended(outcome);
    if (result) return result;
    if (outcome.snapshot) return { ...outcome.document, ...manifestIn(outcome.snapshot) };
    if (outcome.error instanceof SupersededError && outcome.document) return outcome.document;
    throw outcome.error;
  } catch (error) {
    throw thrownFor(error);
  } finally {
    log.close();
  }
}

/** The checks, the verification, or how the run ended. Without a document if no run began. */
type Response =
  | { readonly result: CheckResult | VerificationDocument; readonly outcome?: undefined }
  | { readonly result?: undefined; readonly outcome: Outcome | FailedStart };

async function respond(event: unknown, budget: Budget, log: RunLog): Promise<Response> {
  try {
    const order = parseEvent(event);
    if ('check' in order) return { result: await runCheck(budget, log) };
    if ('verify' in order) return { result: await runVerification(budget, log) };
    return { outcome: await snapshot(order, budget, log) };
  } catch (error) {
    return { outcome: { error } };
  }
}

async function snapshot(event: RunEvent, { deadline }: Budget, log: RunLog): Promise<Outcome> {
  const settings = parseFunctionSettings(environment);
  const store = await openStore(settings.store);
  const onWarning = (message: string) => log.warning(message);
  const onPublished = (report: PublicationReport) => log.published(report);
  const host = hostOf(environment);
  const run = newRun({ ...runRequestOf(event), host, settings, deadline, now, onWarning, onPublished, signer });
  log.started(run);
  return takeSnapshot(run, sourceOf(settings.url, settings.secretId, deadline), store);
}

const manifestIn = ({ manifest }: TakenSnapshot): { readonly manifest?: Manifest } => (manifest ? { manifest } : {});

/** Runs all checks. A missing or malformed setting fails the check that needs it. */
async function runCheck({ deadline }: Budget, log: RunLog): Promise<CheckResult> {
  log.isNoRun('check');
  const report = await checkAll({
    environment,
    readToken: async () => readSecret(secrets, secretIdOf(environment), deadline.signal),
    tokenName: nameOfSecret(environment[ENVIRONMENT.tokenSecretId] ?? ''),
    sourceFor: ({ url }) => sourceOf(url, secretIdOf(environment), deadline, { tries: 2 }),
    store: {
      location: environment[ENVIRONMENT.store] ?? '',
      probe: async (execution) => (await openStore(storeOf(environment))).probe(execution),
    },
    signer,
    deadline,
    newExecution: randomExecution,
    now,
  });
  log.checked(report);
  return { ok: report.ok, checks: report.checks };
}

async function runVerification(budget: Budget, log: RunLog): Promise<VerificationDocument> {
  log.isNoRun('verification');
  const { store, ...settings } = parseVerifySettings(environment);
  const { verifyStore } = await import('./verify-store.ts'); // runs don't load it
  return verifyStore({
    store: await openStore(store),
    ...settings,
    signer,
    stop: budget.endOf(VERIFY_PART),
    deadline: budget.deadline,
    instance: instanceOf(environment),
    now,
    onWarning: (message) => log.warning(message),
    onVerified: (document) => log.verified(document),
  });
}

const sourceOf = (url: string, secretId: string, { signal }: Deadline, limits: Partial<AnodotSourceLimits> = {}) =>
  new AnodotSource(
    { url, readToken: () => readSecret(secrets, secretId, signal), tokenName: nameOfSecret(secretId), now },
    limits,
  );
