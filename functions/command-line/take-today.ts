/** Takes today's snapshot of an account, and shows the progress. */
import type { StoredToken } from '../snapshot/anodot/token.ts';
import type { Signer } from '../snapshot/commits/signer.ts';
import { ENVIRONMENT, type Format, SAMPLE_SOURCE } from '../snapshot/contract.ts';
import type { Settings } from '../snapshot/settings.ts';
import type { Store } from '../snapshot/store/store.ts';
import { showProgress } from './progress.ts';
import type { PublishedSnapshot } from './snapshot-summary.ts';
import { newDeadline, type Terminal, warn } from './terminal.ts';

export interface TakeOptions {
  readonly formats?: readonly Format[];
  readonly force?: boolean;
  readonly quiet?: boolean;
  /** Signs the commits. */
  readonly signer?: Signer | undefined;
}

/** An account to take a snapshot of. */
export interface Account {
  readonly settings: Settings;
  /** The source's name in the manifest. */
  readonly sourceName: string;
  readonly readToken: () => Promise<StoredToken>;
}

/** The settings, with the formats of the command if it names any. */
export const withFormats = (settings: Settings, { formats }: TakeOptions): Settings => ({
  ...settings,
  ...(formats && { formats }),
});

/** @throws the error of the run's outcome */
export async function takeToday(
  { settings, sourceName, readToken }: Account,
  options: TakeOptions,
  terminal: Terminal,
  store: Store,
): Promise<PublishedSnapshot> {
  const display = showProgress(
    terminal,
    `Receiving users and groups of ${sourceName === SAMPLE_SOURCE ? 'the sample account' : sourceName}`,
    options.quiet ?? false,
  );
  const { AnodotSource } = await import('../snapshot/anodot/source.ts');
  const { newRun } = await import('../snapshot/run.ts');
  const { takeSnapshot } = await import('../snapshot/take-snapshot.ts');
  const { now, onRequest } = terminal;
  const source = new AnodotSource({ url: settings.url, readToken, tokenName: ENVIRONMENT.token, now, onRequest });
  try {
    const run = newRun({
      settings,
      sourceName,
      trigger: 'local',
      force: options.force ?? false,
      deadline: newDeadline(terminal.interrupt),
      now,
      signer: options.signer,
      othersHaveAlarms: store.location.startsWith('s3://'),
      onProgress: (progress) => display.update(progress),
      onWarning: (message) => warn(terminal, message),
    });
    const { document, ...outcome } = await takeSnapshot(run, source, store);
    if (!outcome.snapshot) throw outcome.error;
    return { document, ...outcome.snapshot };
  } finally {
    display.stop();
  }
}
