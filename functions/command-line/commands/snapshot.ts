/** `snapshot`: takes a snapshot of the account, or of the sample account if there is no token, and reads it back. */
import type { Command } from 'commander';
import { ENVIRONMENT, FORMATS, type Format, SAMPLE_SOURCE } from '../../snapshot/contract.ts';
import { InterruptedError } from '../../snapshot/errors.ts';
import type { Settings } from '../../snapshot/settings.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import type { Verification } from '../../snapshot/verify/verify.ts';
import { orInterrupted } from '../interrupt.ts';
import { formatOption, listOf, storeOption } from '../options.ts';
import { showProgress } from '../progress.ts';
import { type PublishedSnapshot, summary } from '../snapshot-summary.ts';
import { DEFAULT_STORE, newDeadline, openStore, type Terminal, warn } from '../terminal.ts';

/** What was staged is discarded, and the run document says how the run ended. */
export const cleansUp = true;
export const reaches = 'account';
export const examples = [
  [[], 'takes a snapshot into ./snapshots; without ANODOT_TOKEN, of the sample account'],
  [['--store', 's3://my-bucket/anodot', '--verbose'], 'takes a snapshot into a bucket, and logs each request'],
] as const;

export interface SnapshotOptions {
  readonly store?: string;
  readonly formats?: readonly Format[];
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly format: 'text' | 'json';
}

/** JSON is always written, named or not. */
const formatsOf = (list: string): readonly Format[] => {
  const named = listOf(FORMATS, '; json is always one')(list);
  return FORMATS.filter((format) => format === 'json' || named.includes(format));
};

export const define = (command: Command): Command =>
  command
    .description('Take a snapshot of all users. Without ANODOT_TOKEN: of the sample account, into ./sample-snapshots')
    .addOption(storeOption())
    .option('--formats <list>', `formats to write: ${FORMATS.join(',')}`, formatsOf)
    .option('--force', 'skip the comparisons with the snapshot before, where they refuse this one')
    .option('--quiet', 'print nothing but errors')
    .addOption(formatOption(['text', 'json']));

export const run = (parsed: Command, terminal: Terminal): Promise<number> => snapshotCommand(parsed.opts(), terminal);

/** @throws CredentialsError if a real account is meant, whose token was lost on the way: it must not look like success */
async function refuseLostToken(terminal: Terminal, store: string | undefined): Promise<void> {
  const { refuseBesideReal, refuseOtherVariables } = await import('../sample/lost-token.ts');
  refuseOtherVariables(terminal.environment);
  if (store === undefined) await refuseBesideReal(await openStore(DEFAULT_STORE, terminal), DEFAULT_STORE);
}

const DEFAULT_SAMPLE_STORE = './sample-snapshots';

/** Takes a snapshot of the real account, or without a token of the sample, and reads it back. Returns the exit code. */
export async function snapshotCommand(options: SnapshotOptions, terminal: Terminal): Promise<number> {
  const real = terminal.environment[ENVIRONMENT.token] !== undefined;
  if (!real) await refuseLostToken(terminal, options.store);
  const place = options.store ?? (real ? DEFAULT_STORE : DEFAULT_SAMPLE_STORE);
  const store = await openStore(place, terminal);
  const taken = real ? await snapshotAccount(options, terminal, store) : await snapshotSample(options, terminal, store);
  refuseInterrupted(taken, terminal.interrupt);
  const { codeOfDay, verify } = await import('../../snapshot/verify/verify.ts');
  const reading = verify(store, { today: dtOf(terminal.now()), dt: taken.document.dt ?? '' });
  const verification = await orInterrupted(reading, terminal.interrupt).catch((error) => {
    refuseInterrupted(taken, terminal.interrupt);
    throw error;
  });
  print(options, terminal, place, taken, verification);
  return codeOfDay(verification.days[0]?.status);
}

/** @throws InterruptedError if the interrupt came after the commit, which nothing takes back */
function refuseInterrupted({ document }: PublishedSnapshot, interrupt: AbortSignal): void {
  if (!interrupt.aborted) return;
  const code = interrupt.reason instanceof InterruptedError ? interrupt.reason.code : undefined;
  throw new InterruptedError(
    `interrupted after the snapshot of ${document.dt} was published (commit ${document.commit}): it was not read back. Run verify`,
    code,
  );
}

async function snapshotAccount(options: SnapshotOptions, terminal: Terminal, store: Store): Promise<PublishedSnapshot> {
  const { parseSettings } = await import('../../snapshot/settings.ts');
  const { refuseSampleFolder } = await import('../sample/folder.ts');
  const settings = withFormats(parseSettings(terminal.environment), options);
  await refuseSampleFolder(store);
  return take(
    settings,
    settings.url,
    async () => terminal.environment[ENVIRONMENT.token] ?? '',
    options,
    terminal,
    store,
  );
}

async function snapshotSample(options: SnapshotOptions, terminal: Terminal, store: Store): Promise<PublishedSnapshot> {
  const { parseSettings } = await import('../../snapshot/settings.ts');
  const { claimForSample } = await import('../sample/folder.ts');
  await claimForSample(store);
  const { serveSample } = await import('../sample/server.ts');
  const server = await serveSample(terminal.now);
  try {
    const environment = {
      ...terminal.environment,
      [ENVIRONMENT.anodotUrl]: server.url,
      [ENVIRONMENT.allowOtherHost]: 'true',
    };
    const settings = withFormats(parseSettings(environment), options);
    if (!options.quiet)
      terminal.err.write(`${ENVIRONMENT.token} is not set: this is the sample account, served on this machine.\n`);
    return await take(settings, SAMPLE_SOURCE, async () => server.token, options, terminal, store);
  } finally {
    await server.close();
  }
}

const withFormats = (settings: Settings, { formats }: SnapshotOptions): Settings => ({
  ...settings,
  ...(formats && { formats }),
});

async function take(
  settings: Settings,
  sourceName: string,
  readToken: () => Promise<string>,
  options: SnapshotOptions,
  terminal: Terminal,
  store: Store,
): Promise<PublishedSnapshot> {
  const display = showProgress(
    terminal,
    `Receiving the users of ${sourceName === SAMPLE_SOURCE ? 'the sample account' : sourceName}`,
    options.quiet ?? false,
  );
  const { AnodotSource } = await import('../../snapshot/anodot/source.ts');
  const { newRun } = await import('../../snapshot/run.ts');
  const { takeSnapshot } = await import('../../snapshot/take-snapshot.ts');
  const { now, onRequest } = terminal;
  const source = new AnodotSource({ url: settings.url, readToken, tokenName: ENVIRONMENT.token, now, onRequest });
  try {
    const run = newRun({
      settings,
      sourceName,
      trigger: 'local',
      force: options.force ?? false,
      deadline: newDeadline(terminal.interrupt),
      now: terminal.now,
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

function print(
  options: SnapshotOptions,
  terminal: Terminal,
  place: string,
  taken: PublishedSnapshot,
  verification: Verification,
): void {
  const verified = verification.days[0]?.status === 'sound';
  if (options.format === 'json')
    terminal.out.write(`${JSON.stringify({ ...taken.document, manifest: taken.manifest, verified })}\n`);
  else if (!options.quiet) terminal.out.write(summary(terminal.program, place, taken, verified));
  for (const { level, key, message } of verification.findings) {
    if (level !== 'note') warn(terminal, `${level}: ${key} ${message}`);
  }
}
