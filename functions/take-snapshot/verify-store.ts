/** The `verify` event: checks the store within the time that is given, and stores what it found. */
import { documentBytes } from '../snapshot/commits/document.ts';
import { publicKeyFrom } from '../snapshot/commits/make-signature.ts';
import { type Signer, SigningError } from '../snapshot/commits/signer.ts';
import { KEYS } from '../snapshot/contract.ts';
import type { Deadline } from '../snapshot/deadline.ts';
import { StoreError } from '../snapshot/errors.ts';
import type { Store } from '../snapshot/store/store.ts';
import { compactUtc, DAY_MILLISECONDS, dtOf, latestDt } from '../snapshot/utc-day.ts';
import type { SignatureOptions } from '../snapshot/verify/signatures.ts';
import { type VerificationDocument, verificationDocument } from '../snapshot/verify/verification-document.ts';
import { verify } from '../snapshot/verify/verify.ts';

/** How many days are read back, the newest. Weekly, each day is read five times before only its commit is. */
const NEWEST_DAYS = 35;
/** How long a commit without a signature is counted. A day more than a week, so that each verification sees those since the last one. */
const UNSIGNED_DAYS = 8;

export interface VerifyParts {
  readonly store: Store;
  readonly keptDays?: number | undefined;
  /** Ends the verification. Its result is still stored. */
  readonly stop: AbortSignal;
  readonly deadline: Deadline;
  /** The signer of this function's commits. Undefined if it doesn't sign. */
  readonly signer?: Signer | undefined;
  /** Fingerprints of keys that signed earlier commits. */
  readonly earlierKeys?: readonly string[] | undefined;
  /** Number of the first signed commit. Undefined: only commits after the first with a valid signature count as unsigned. */
  readonly signedFrom?: number | undefined;
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
  const keys = await keysOf(parts, startedAt);
  const verification = await verify(store, {
    today: dtOf(startedAt),
    latest: latestDt(startedAt),
    newestDays: NEWEST_DAYS,
    withoutRaw: true,
    stop,
    ...(keptDays !== undefined && { keptDays }),
    ...keys,
  });
  const signingKey = parts.signer ? (keys.keys ? 'known' : 'unavailable') : null;
  const document = verificationDocument(verification, { startedAt, endedAt: now(), instance, signingKey });
  onVerified(document);
  await keep(parts, document);
  return document;
}

/**
 * The keys that may have signed: the function's own, and earlier ones. Keys that are only in the store are never accepted besides them. If
 * they were, anyone who can write to the store could rebuild it with a key of their own. The function's own key isn't stored before it has
 * signed. If it can't be read, signatures are checked against the keys in the store, which proves less.
 */
async function keysOf(
  parts: VerifyParts,
  startedAt: Date,
): Promise<Pick<SignatureOptions, 'keys' | 'unusedKey' | 'signedFrom' | 'unsignedSince'>> {
  const { signer, earlierKeys = [], signedFrom, deadline, onWarning } = parts;
  if (!signer) return {};
  try {
    const { fingerprint } = await publicKeyFrom(signer, deadline);
    const hasSigned = earlierKeys.includes(fingerprint);
    return {
      keys: [fingerprint, ...earlierKeys],
      ...(!hasSigned && { unusedKey: fingerprint }),
      ...(signedFrom !== undefined && { signedFrom }),
      unsignedSince: new Date(startedAt.getTime() - UNSIGNED_DAYS * DAY_MILLISECONDS),
    };
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    onWarning(`signatures are only checked against the keys in the store: ${error.message}`);
    return {};
  }
}

async function keep({ store, onWarning }: VerifyParts, document: VerificationDocument): Promise<void> {
  const key = KEYS.verification(compactUtc(document.started_at));
  try {
    const bytes = documentBytes(document);
    if ((await store.create(key, bytes)) === 'created' || (await store.read(key))?.equals(bytes)) return;
    onWarning(`${key} exists, probably of another verification in the same second, so only the log has this result`);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(`${key} could not be stored, but the log has the result. ${error.message}`, { cause: error });
  }
}
