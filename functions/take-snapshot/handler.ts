import { randomBytes } from 'node:crypto';
import { type Check, check } from '../snapshot/check.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import { SupersededError } from '../snapshot/errors.ts';
import type { Manifest } from '../snapshot/manifest.ts';
import type { RunDocument } from '../snapshot/run-document.ts';
import { AnodotSource } from '../snapshot/source/anodot-source.ts';
import { openBucket } from '../snapshot/store/open-bucket.ts';
import { type Run, takeSnapshot } from '../snapshot/take-snapshot.ts';
import { Budget } from './budget.ts';
import { identityOf, parseEvent, type RunEvent } from './event.ts';
import { failureOf, thrownFor } from './failure.ts';
import { instanceOf, parseFunctionSettings, secretIdOf, storeOf } from './function-settings.ts';
import { Journal } from './journal.ts';
import { nameOfSecret, newSecretsClient, readSecret } from './secret.ts';

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

const now = () => new Date();
const newExecution = () => randomBytes(4).toString('hex');
const secrets = newSecretsClient();

/**
 * The Lambda function.
 * @throws the OperatorError of a run that failed or was refused; a bug without its message
 */
export async function handler(event: unknown, context: Context): Promise<RunResult | CheckResult> {
  const budget = new Budget(() => context.getRemainingTimeInMillis());
  const journal = new Journal(instanceOf(process.env), context.awsRequestId);
  try {
    const order = parseEvent(event)
    
  } catch (error) {
    throw thrownFor(error);
  } finally {
    journal.close(budget.usedPercent);
  }
}
