import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnodotSource, type AnodotSourceLimits } from '../../functions/snapshot/anodot/source.ts';
import type { StoredToken } from '../../functions/snapshot/anodot/token.ts';
import type { RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import type { Deadline } from '../../functions/snapshot/deadline.ts';
import { newRun, type Run } from '../../functions/snapshot/run.ts';
import { parseSettings } from '../../functions/snapshot/settings.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { type Outcome, type TakenSnapshot, takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
import { TOKEN } from './anodot/server.ts';

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'snapshots-'));
export const newExecution = (): string => randomBytes(4).toString('hex');

export function deadlineIn(milliseconds: number, interrupt = new AbortController().signal): Deadline {
  const end = performance.now() + milliseconds;
  return {
    signal: AbortSignal.any([interrupt, AbortSignal.timeout(milliseconds)]),
    remaining: () => end - performance.now(),
  };
}

/** A snapshot that was published, and its run document. */
export type Taken = TakenSnapshot & { readonly document: RunDocument };

export interface TakeOptions {
  readonly url: string;
  readonly store: Store;
  readonly environment?: { readonly [name: string]: string };
  readonly limits?: Partial<AnodotSourceLimits>;
  readonly run?: Partial<Run>;
  /** The token's text, or the token with the version of its secret. */
  readonly readToken?: () => Promise<string | StoredToken>;
}

/** Takes a snapshot as the command line does, with short pauses. @throws the error of its outcome */
export async function take(options: TakeOptions): Promise<Taken> {
  const { document, ...outcome } = await takeOutcome(options);
  if (!outcome.snapshot) throw outcome.error;
  return { document, ...outcome.snapshot };
}

/** Like `take`, but returns the outcome of a failed run. */
export function takeOutcome({
  url,
  store,
  environment = {},
  limits = {},
  run = {},
  readToken = async () => TOKEN,
}: TakeOptions): Promise<Outcome> {
  const now = run.now ?? (() => new Date());
  const settings = parseSettings({ ANODOT_URL: url, ANODOT_ALLOW_OTHER_HOST: 'true', ...environment });
  const source = new AnodotSource(
    { url: settings.url, readToken: async () => storedToken(await readToken()), tokenName: 'ANODOT_TOKEN', now },
    { firstPause: 1, ...limits },
  );
  const request = newRun({ settings, trigger: 'local', deadline: deadlineIn(60_000), now });
  return takeSnapshot({ ...request, ...run }, source, store);
}

const storedToken = (token: string | StoredToken): StoredToken => (typeof token === 'string' ? { text: token } : token);
