/** What the commands share of the process that they run in: streams, clock, interrupt, deadline, and the store that `--store` names. */
import { once } from 'node:events';
import type { Deadline } from '../snapshot/deadline.ts';
import { SettingsError } from '../snapshot/errors.ts';
import type { Environment } from '../snapshot/settings.ts';
import type { Store } from '../snapshot/store/store.ts';

/** What a command may use of the process that it runs in. */
export interface Terminal {
  readonly environment: Environment;
  /** Aborts with an InterruptedError. */
  readonly interrupt: AbortSignal;
  readonly now: () => Date;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export const DEFAULT_STORE = './snapshots';
/** The longest that a Lambda function may run. */
const BUDGET_MILLISECONDS = 15 * 60_000;

export function newDeadline(interrupt: AbortSignal): Deadline {
  const end = performance.now() + BUDGET_MILLISECONDS;
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(BUDGET_MILLISECONDS)]);
  return { signal, remaining: () => end - performance.now() };
}

/** The store of a folder, or of `s3://bucket/prefix`. Only the one asked for is loaded: S3's client takes as long as everything else. */
export async function openStore(place: string, environment: Environment): Promise<Store> {
  if (place.startsWith('s3://')) {
    const { openBucket } = await import('../snapshot/store/bucket/open-bucket.ts');
    return openBucket(place, environment);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new SettingsError('--store: expected a folder or s3://bucket/prefix');
  const { FolderStore } = await import('../snapshot/store/folder/folder-store.ts');
  return new FolderStore(place);
}

/** Writes texts one after another, no faster than the stream takes them. */
export async function print(
  out: NodeJS.WritableStream,
  texts: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  for await (const text of texts) if (!out.write(text)) await once(out, 'drain');
}
