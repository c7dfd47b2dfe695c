/** What commands share: streams, clock, interrupt, deadline, and the store that `--store` names. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Deadline } from '../snapshot/deadline.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { OnRequest } from '../snapshot/request-event.ts';
import type { Environment } from '../snapshot/settings.ts';
import type { Store } from '../snapshot/store/store.ts';
import type { Output } from './output.ts';

/** What a command may use of its process. */
export interface Terminal {
  readonly environment: Environment;
  /** What to type before a command's words, as the program was called: see called-as.ts. */
  readonly program: string;
  /** Aborts with an InterruptedError. */
  readonly interrupt: AbortSignal;
  readonly now: () => Date;
  readonly out: Output;
  readonly err: Output;
  /** Standard input, opened by the first call. Undefined if there is none. */
  readonly input?: () => AsyncIterable<Uint8Array>;
  /** Set with `--verbose`: prints each request. */
  readonly onRequest?: OnRequest;
}

export const DEFAULT_STORE = './snapshots';
/** The longest that a Lambda function may run. */
const BUDGET_MILLISECONDS = 15 * 60_000;
/** How long printing may delay an interrupt. */
const TURN_MILLISECONDS = 50;

export function newDeadline(interrupt: AbortSignal): Deadline {
  const end = performance.now() + BUDGET_MILLISECONDS;
  const signal = AbortSignal.any([interrupt, AbortSignal.timeout(BUDGET_MILLISECONDS)]);
  return { signal, remaining: () => end - performance.now() };
}

/**
 * The store at a folder or at `s3://bucket/prefix`. Only the kind that is needed is loaded: S3's client takes as long to load as
 * everything else.
 */
export async function openStore(
  place: string,
  { environment, onRequest }: Pick<Terminal, 'environment' | 'onRequest'>,
): Promise<Store> {
  if (place.startsWith('s3://')) {
    const { openBucket } = await import('../snapshot/store/bucket/open-bucket.ts');
    return openBucket(place, environment, {}, onRequest);
  }
  const { FolderStore } = await import('../snapshot/store/folder/folder-store.ts');
  return new FolderStore(place);
}

/**
 * Writes texts one after another, no faster than the stream takes them.
 * @throws the interrupt, or the stream's error, which is then its `errored`
 */
export async function print(
  { out, interrupt }: Pick<Terminal, 'out' | 'interrupt'>,
  texts: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let turned = performance.now();
  for await (const text of texts) {
    interrupt.throwIfAborted();
    const more = out.write(text);
    if (out.errored) throw out.errored;
    if (!more) await once(out, 'drain');
    else if (performance.now() - turned > TURN_MILLISECONDS) {
      await turn();
      turned = performance.now();
    }
  }
}

/** Prints a warning on one line, whatever it quotes. */
export const warn = ({ err }: Pick<Terminal, 'err'>, message: string): void => {
  err.write(`Warning: ${onOneLine(message)}\n`);
};
