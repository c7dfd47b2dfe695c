import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnodotSource, type AnodotSourceLimits } from '../../functions/snapshot/anodot/source.ts';
import type { Deadline } from '../../functions/snapshot/deadline.ts';
import type { Run } from '../../functions/snapshot/run.ts';
import { parseSettings } from '../../functions/snapshot/settings.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { type TakenSnapshot, takeSnapshot } from '../../functions/snapshot/take-snapshot.ts';
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

export interface TakeOptions {
  readonly url: string;
  readonly store: Store;
  readonly environment?: { readonly [name: string]: string };
  readonly limits?: Partial<AnodotSourceLimits>;
  readonly run?: Partial<Run>;
  readonly readToken?: () => Promise<string>;
}

/** Takes a snapshot as the command line does, with short pauses. */
export function take({
  url,
  store,
  environment = {},
  limits = {},
  run = {},
  readToken = async () => TOKEN,
}: TakeOptions): Promise<TakenSnapshot> {
  const now = run.now ?? (() => new Date());
  const settings = parseSettings({ ANODOT_URL: url, ANODOT_ALLOW_OTHER_HOST: 'true', ...environment });
  const source = new AnodotSource(
    { url: settings.url, readToken, tokenName: 'ANODOT_TOKEN', now },
    { firstPause: 1, ...limits },
  );
  const startedAt = run.startedAt ?? now();
  const utc = startedAt.toISOString();
  return takeSnapshot(
    {
      runId: `${utc.slice(0, 19).replaceAll(/[-:]/g, '')}Z-${newExecution()}`,
      trigger: 'local',
      scheduledAt: null,
      startedAt,
      dt: utc.slice(0, 10),
      deadline: deadlineIn(60_000),
      sourceName: settings.url,
      settings,
      force: false,
      now,
      newExecution,
      onProgress: () => undefined,
      onWarning: () => undefined,
      ...run,
    },
    source,
    store,
  );
}
