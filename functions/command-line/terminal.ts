import type { Deadline } from '../snapshot/deadline.ts';
import { SettingsError } from '../snapshot/errors.ts';
import type { Environment } from '../snapshot/settings.ts';
import { FolderStore } from '../snapshot/store/folder/folder-store.ts';
import type { Store } from '../snapshot/store/store.ts';

/** What a command has of the process that it runs in. */
export interface Terminal {
  readonly environment: Environment;
  /** Aborts with an InterruptedError. */
  readonly interrupt: AbortSignal;
  readonly now: () => Date;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export const DEFAULT_STORE = './snapshots';
/** As long as a Lambda may run at most. */
const BUDGET_MILLISECONDS = 15 * 60_000;

export function newDeadline(interrupt: AbortSignal): Deadline {
  const end = performance.now() + BUDGET_MILLISECONDS;
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(BUDGET_MILLISECONDS)]);
  return { signal, remaining: () => end - performance.now() };
}

/** The store of a folder, or of `s3://bucket/prefix`: its client is loaded only then, since it takes as long as all the rest. */
export async function openStore(place: string, environment: Environment): Promise<Store> {
  if (place.startsWith('s3://')) {
    const { openBucket } = await import('../snapshot/store/bucket/open-bucket.ts');
    return openBucket(place, environment);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new SettingsError('--store: expected a folder or s3://bucket/prefix');
  return new FolderStore(place);
}

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

export const size = (bytes: number): string =>
  bytes < 1000 ? `${bytes} B` : bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Control characters that JSON lets stand as they are; one of them, U+009B, steers a terminal. */
const CONTROL = /\p{Cc}/gu;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** JSON of the same value, without a character that a terminal would obey. */
export const printable = (json: string): string => json.replace(CONTROL, escaped);
