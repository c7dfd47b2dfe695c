/** What the commands share of the process that they run in: streams, clock, interrupt, deadline, and the store that `--store` names. */
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type { Deadline } from '../snapshot/deadline.ts';
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { Environment } from '../snapshot/settings.ts';
import type { Store } from '../snapshot/store/store.ts';
import type { Output } from './output.ts';

/** What a command may use of the process that it runs in. */
export interface Terminal {
  readonly environment: Environment;
  /** What to type before a command's words, as the program was called: see called-as.ts. */
  readonly program: string;
  /** Aborts with an InterruptedError. */
  readonly interrupt: AbortSignal;
  readonly now: () => Date;
  readonly out: Output;
  readonly err: Output;
}

export const DEFAULT_STORE = './snapshots';
/** The longest that a Lambda function may run. */
const BUDGET_MILLISECONDS = 15 * 60_000;
/** How long printing may keep the process from noticing an interrupt. */
const TURN_MILLISECONDS = 50;

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

/** A warning is one line, whatever it quotes. */
export const warn = ({ err }: Pick<Terminal, 'err'>, message: string): void => {
  err.write(`Warning: ${onOneLine(message)}\n`);
};
