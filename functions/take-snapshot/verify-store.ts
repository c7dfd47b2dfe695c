/** The `verify` event: checks the store within the time that is given, and stores what it found. */
import { documentBytes, sha256Of } from '../snapshot/commits/document.ts';
import { type Signer, SigningError } from '../snapshot/commits/signer.ts';
import { KEYS } from '../snapshot/contract.ts';
import type { Deadline } from '../snapshot/deadline.ts';
import { StoreError } from '../snapshot/errors.ts';
import type { Store } from '../snapshot/store/store.ts';
import { compactUtc, dtOf, latestDt } from '../snapshot/utc-day.ts';
import { type VerificationDocument, verificationDocument } from '../snapshot/verify/verification-document.ts';
import { verify } from '../snapshot/verify/verify.ts';

/** How many days are read back, the newest. Weekly, each day is read five times before only its commit is. */
const NEWEST_DAYS = 35;

export interface VerifyParts {
  readonly store: Store;
  readonly keptDays: number | undefined;
  /** Ends the verification. Its result is still stored. */
  readonly stop: AbortSignal;
  readonly deadline: Deadline;
  /** The signer of this function's commits. Undefined if it doesn't sign. */
  readonly signer?: Signer | undefined;
  readonly instance: string;
  readonly now: () => Date;
  readonly onWarning: (message: string) => void;
  /** Receives the result before it is stored. */
  readonly onVerified: (document: VerificationDocument) => void;
}

/**
 * Damage is a result, not an error.
 * @throws StoreError if the store can't be read, or the result can't be stored
 */
export async function verifyStore(parts: VerifyParts): Promise<VerificationDocument> {
  const { store, keptDays, stop, instance, now, onVerified } = parts;
  const startedAt = now();
  const keys = await ownKeys(parts);
  const verification = await verify(store, {
    today: dtOf(startedAt),
    latest: latestDt(startedAt),
    newestDays: NEWEST_DAYS,
    withoutRaw: true,
    stop,
    ...(keptDays !== undefined && { keptDays }),
    ...(keys && { keys }),
  });
  const document = verificationDocument(verification, { startedAt, endedAt: now(), instance });
  onVerified(document);
  await keep(store, document);
  return document;
}

/** The fingerprint of the function's own key. Without it, signatures are checked against the keys in the store. */
async function ownKeys({ signer, deadline, onWarning }: VerifyParts): Promise<readonly string[] | undefined> {
  try {
    return signer && [sha256Of(await signer.publicKey(deadline))];
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    onWarning(`signatures are only checked against the keys in the store: ${error.message}`);
    return undefined;
  }
}

async function keep(store: Store, document: VerificationDocument): Promise<void> {
  const key = KEYS.verification(compactUtc(document.started_at));
  try {
    await store.create(key, documentBytes(document));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(`${key} could not be stored, but the log has the result. ${error.message}`, { cause: error });
  }
}
