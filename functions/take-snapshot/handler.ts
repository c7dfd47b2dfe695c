import { instanceOf } from '../lambda/environment.ts';
import { failureOf, thrownFor } from '../lambda/failure.ts';
import { AnodotSource, type AnodotSourceLimits } from '../snapshot/anodot/source.ts';
import { type Check, check } from '../snapshot/check.ts';
import type { Manifest } from '../snapshot/commits/manifest.ts';
import type { RunDocument } from '../snapshot/commits/run-document.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import type { Deadline } from '../snapshot/deadline.ts';
import { SupersededError } from '../snapshot/errors.ts';
import { openBucket } from '../snapshot/store/bucket/open-bucket.ts';
import { takeSnapshot } from '../snapshot/take-snapshot.ts';
import { Budget } from './budget.ts';
import { parseEvent, type RunEvent } from './event.ts';
import { newExecution, newRun } from './run.ts';
import { Journal } from './run-log.ts';
import { nameOfSecret, newSecretsClient, readSecret } from './secret.ts';
import { parseFunctionSettings, secretIdOf, storeOf } from './settings.ts';

/** What the function uses of Lambda's context. */
export interface Context {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** How the run ended, and the manifest where it was published and is still the day's. */
export type RunResult = RunDocument & { readonly manifest?: Manifest };
export interface CheckResult {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

const environment = process.env;
const now = () => new Date();
// Clients outlive the invocation, and with them their connections.
const secrets = newSecretsClient();
let bucket: ReturnType<typeof openBucket> | undefined;
const openStore = (location: string) => (bucket ??= openBucket(location, environment));

/**
 * The Lambda function: an event of `parseEvent` in, the run document or the checks out. Superseded is a result like published.
 * @throws the OperatorError of a run that failed or was refused; a bug without its message
 */
export async function handler(event: unknown, context: Context): Promise<RunResult | CheckResult> {
  const budget = new Budget(() => context.getRemainingTimeInMillis());
  const journal = new Journal(instanceOf(environment), context.awsRequestId);
  try {
    const order = parseEvent(event);
    return await ('check' in order ? checkAll(budget, journal) : snapshot(order, budget, journal));
  } catch (error) {
    journal.failed(failureOf(error));
    throw thrownFor(error);
  } finally {
    journal.close(budget.usedPercent);
  }
}

async function snapshot(event: RunEvent, { deadline }: Budget, journal: Journal): Promise<RunResult> {
  const settings = parseFunctionSettings(environment);
  const store = await openStore(settings.store);
  const run = newRun(event, settings, deadline, now, journal);
  journal.started(run);
  try {
    const taken = await takeSnapshot(run, sourceOf(settings.url, settings.secretId, deadline), store);
    journal.published(taken);
    return { ...taken.document, ...(taken.manifest && { manifest: taken.manifest }) };
  } catch (error) {
    if (!(error instanceof SupersededError) || !journal.document) throw error;
    journal.superseded(journal.document);
    return journal.document;
  }
}

/** Each setting that is missing or malformed shows in the line of what needs it. */
async function checkAll({ deadline }: Budget, journal: Journal): Promise<CheckResult> {
  const location = environment[ENVIRONMENT.store] ?? '';
  const tokenName = nameOfSecret(environment[ENVIRONMENT.tokenSecretId] ?? '');
  const checks = await check({
    environment,
    readToken: async () => readSecret(secrets, secretIdOf(environment), deadline.signal),
    tokenName,
    sourceFor: ({ url }) => sourceOf(url, secretIdOf(environment), deadline, { tries: 2 }),
    store: { location, probe: async (execution) => (await openStore(storeOf(environment))).probe(execution) },
    deadline,
    newExecution,
  });
  const ok = checks.every((one) => one.ok);
  journal.checked(ok, checks);
  return { ok, checks };
}

const sourceOf = (url: string, secretId: string, { signal }: Deadline, limits: Partial<AnodotSourceLimits> = {}) =>
  new AnodotSource(
    { url, readToken: () => readSecret(secrets, secretId, signal), tokenName: nameOfSecret(secretId), now },
    limits,
  );
