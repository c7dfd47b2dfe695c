/** `snapshot`: takes a snapshot of the account, or of the sample account if there is no token, and reads it back. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Signer } from '../../snapshot/commits/signer.ts';
import { ENVIRONMENT, FORMATS, type Format, SAMPLE_SOURCE } from '../../snapshot/contract.ts';
import { orAborted } from '../../snapshot/deadline.ts';
import { InterruptedError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import type { Verification } from '../../snapshot/verify/verify.ts';
import { formatOption, listOf, storeOption } from '../options.ts';
import { type PublishedSnapshot, summary } from '../snapshot-summary.ts';
import { type TakeOptions, takeToday, withFormats } from '../take-today.ts';
import { DEFAULT_STORE, openStore, type Terminal, warn } from '../terminal.ts';

/** On an interrupt, staged objects are discarded and the run document is completed. */
export const cleansUp = true;
export const reaches = 'account';
export const examples = [
  [[], 'takes a snapshot into ./snapshots; without ANODOT_TOKEN, the sample account into ./sample-snapshots'],
  [['--store', 's3://my-bucket/anodot', '--verbose'], 'takes a snapshot into a bucket, and logs each request'],
] as const;

export interface SnapshotOptions extends TakeOptions {
  readonly store?: string;
  /** The path of a PEM file. */
  readonly signKey?: string;
  readonly format: 'text' | 'json';
}

/** JSON is always written, whether the list names it or not. */
const formatsOf = (list: string): readonly Format[] => {
  const named = listOf(FORMATS, '; json is always included')(list);
  return FORMATS.filter((format) => format === 'json' || named.includes(format));
};

const DEFAULT_SAMPLE_STORE = './sample-snapshots';

const signKeyOption = (): Option =>
  new Option(
    '--sign-key <file>',
    'sign each commit with this private key: EC on the curve P-256, unencrypted PEM',
  ).argParser((path: string, before?: string): string => {
    if (before !== undefined) throw new InvalidArgumentError('Expected only one key. It was given twice.');
    return path;
  });

export const define = (command: Command): Command =>
  command
    .description(
      `Take a snapshot of all users. Without ${ENVIRONMENT.token}, take the sample account's last 30 days into ${DEFAULT_SAMPLE_STORE}`,
    )
    .addOption(
      storeOption(undefined, undefined, `${DEFAULT_STORE}, or without ${ENVIRONMENT.token} ${DEFAULT_SAMPLE_STORE}`),
    )
    .option(
      '--formats <list>',
      `formats to write, of ${FORMATS.join(',')} (default: ${ENVIRONMENT.formats}, or all)`,
      formatsOf,
    )
    .option('--force', 'publish even if the comparison with the previous snapshot refuses it')
    .addOption(signKeyOption())
    .option('--quiet', 'print nothing on standard output; warnings and errors stay on standard error')
    .addOption(formatOption(['text', 'json']));

export const run = (parsed: Command, terminal: Terminal): Promise<number> => snapshotCommand(parsed.opts(), terminal);

/** Takes a snapshot of the real account, or without a token of the sample, and reads it back. Returns the exit code. */
export async function snapshotCommand(given: SnapshotOptions, terminal: Terminal): Promise<number> {
  const options = { ...given, signer: await signerOf(given) };
  const isReal = terminal.environment[ENVIRONMENT.token] !== undefined;
  if (!isReal) await refuseLostToken(terminal, options.store);
  const place = options.store ?? (isReal ? DEFAULT_STORE : DEFAULT_SAMPLE_STORE);
  const store = await openStore(place, terminal);
  const taken = isReal ? await takeAccount(options, terminal, store) : await takeSample(options, terminal, store);
  const verification = await readBack(taken, terminal, store, isReal);
  const day = verification.days.find(({ dt }) => dt === taken.document.dt);
  await print(options, terminal, { place, store, taken, verification, isVerified: day?.status === 'sound' });
  const { codeOfDay } = await import('../../snapshot/verify/verify.ts');
  return codeOfDay(day?.status);
}

async function signerOf({ signKey }: SnapshotOptions): Promise<Signer | undefined> {
  if (signKey === undefined) return undefined;
  const { readPemSigner } = await import('../pem-signer.ts');
  return readPemSigner(signKey);
}

/** @throws CredentialsError if a real account is meant but its token is missing, which must not look like success */
async function refuseLostToken(terminal: Terminal, store: string | undefined): Promise<void> {
  const { refuseBesideReal, refuseOtherVariables } = await import('../sample/lost-token.ts');
  refuseOtherVariables(terminal.environment);
  if (store === undefined) await refuseBesideReal(await openStore(DEFAULT_STORE, terminal), DEFAULT_STORE);
}

async function takeAccount(options: SnapshotOptions, terminal: Terminal, store: Store): Promise<PublishedSnapshot> {
  const { parseSettings } = await import('../../snapshot/settings.ts');
  const { refuseSampleFolder } = await import('../sample/folder.ts');
  const settings = withFormats(parseSettings(terminal.environment), options);
  await refuseSampleFolder(store);
  const readToken = async () => ({ text: terminal.environment[ENVIRONMENT.token] ?? '' });
  return takeToday({ settings, sourceName: settings.url, readToken }, options, terminal, store);
}

async function takeSample(options: SnapshotOptions, terminal: Terminal, store: Store): Promise<PublishedSnapshot> {
  const sample = await import('../sample/take-sample.ts');
  return sample.takeSample(options, terminal, store);
}

/**
 * Reads the snapshot back, and with it the sample's past days. If that fails, warns that it was published.
 * @throws InterruptedError if the interrupt came after the commit
 */
async function readBack(
  taken: PublishedSnapshot,
  terminal: Terminal,
  store: Store,
  isReal: boolean,
): Promise<Verification> {
  const { interrupt, now } = terminal;
  refuseInterrupted(taken, interrupt);
  const { verify } = await import('../../snapshot/verify/verify.ts');
  const reading = verify(store, { today: dtOf(now()), ...(isReal && { dt: taken.document.dt ?? '' }) });
  return orAborted(reading, interrupt).catch((error) => {
    refuseInterrupted(taken, interrupt);
    const { dt, commit, commit_sha256 } = taken.document;
    warn(
      terminal,
      `the snapshot of ${dt} was published (commit ${commit}, sha256 ${commit_sha256}), but can't be read back. Run verify`,
    );
    throw error;
  });
}

/** @throws InterruptedError if the interrupt came after the commit, which can't be undone */
function refuseInterrupted({ document }: PublishedSnapshot, interrupt: AbortSignal): void {
  if (!interrupt.aborted) return;
  const code = interrupt.reason instanceof InterruptedError ? interrupt.reason.code : undefined;
  throw new InterruptedError(
    `interrupted after the snapshot of ${document.dt} was published (commit ${document.commit}): it was not read back. Run verify`,
    code,
  );
}

interface Result {
  readonly place: string;
  readonly store: Store;
  readonly taken: PublishedSnapshot;
  readonly verification: Verification;
  /** Whether today's snapshot was read back and is sound. */
  readonly isVerified: boolean;
}

async function print({ format, quiet }: SnapshotOptions, terminal: Terminal, result: Result): Promise<void> {
  const { taken, isVerified, verification } = result;
  if (!quiet) terminal.out.write(format === 'json' ? json(taken, isVerified) : await text(terminal, result));
  for (const { level, key, message } of verification.findings) {
    if (level !== 'note') warn(terminal, `${level}: ${key} ${message}`);
  }
}

const json = ({ document, manifest, signedBy }: PublishedSnapshot, verified: boolean): string =>
  `${JSON.stringify({ ...document, manifest, signed_by: signedBy, verified })}\n`;

async function text({ program }: Terminal, { place, store, taken, verification, isVerified }: Result): Promise<string> {
  if (taken.manifest?.source !== SAMPLE_SOURCE) return summary(program, place, taken, isVerified);
  const { sampleSummary } = await import('../sample/summary.ts');
  return sampleSummary(program, place, { taken, verification, isVerified }, store);
}
