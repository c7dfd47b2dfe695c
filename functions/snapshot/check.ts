/** Tries everything that a run needs, takes no snapshot, and reports each part on its own. */
import { parseToken, type StoredToken, type Token } from './anodot/token.ts';
import { makeSignature } from './commits/make-signature.ts';
import { type Signer, SigningError } from './commits/signer.ts';
import { type Deadline, withinPart } from './deadline.ts';
import { CredentialsError, OperatorError, RefusedSnapshotError, StoreError } from './errors.ts';
import { groupLines } from './group.ts';
import { type Environment, parseSettings, type Settings } from './settings.ts';
import { GROUPS_SHARE, PATHS, type Source } from './source.ts';
import type { Store } from './store/store.ts';
import { DAY_MILLISECONDS } from './utc-day.ts';

/** One line of a check. `code` is the exit code of the failure. Null if it passed, or wasn't tried because another check failed. */
export interface Check {
  readonly name: 'settings' | 'secret' | 'exchange' | 'users' | 'groups' | 'store' | 'signing';
  readonly ok: boolean;
  readonly code: number | null;
  readonly message: string;
}

export interface CheckSource extends Pick<Source, 'openUsers' | 'openGroups'> {
  authenticate(deadline: Deadline): Promise<Token['kind']>;
}

export interface CheckParts {
  readonly environment: Environment;
  /** Returns undefined if no token is set. */
  readonly readToken: () => Promise<StoredToken | undefined>;
  readonly tokenName: string;
  readonly sourceFor: (settings: Settings) => CheckSource;
  readonly store: Pick<Store, 'location' | 'probe'>;
  /** Undefined if commits aren't signed. */
  readonly signer?: Signer | undefined;
  readonly deadline: Deadline;
  readonly newExecution: () => string;
  readonly now: () => Date;
}

/** Tries settings, secret, token exchange, users, groups, store and signing. Leaves nothing behind. */
export async function check(parts: CheckParts): Promise<Check[]> {
  let settings: Settings | undefined;
  const settingsCheck = await attempt('settings', async () => {
    settings = parseSettings(parts.environment);
    return `${settings.url}, formats ${settings.formats.join(' and ')}`;
  });
  const secret = await attempt('secret', async () => {
    const stored = await parts.readToken();
    if (stored === undefined)
      throw new CredentialsError(
        `no token: ${parts.tokenName} is not set. Create a token in Anodot's Token Management and store it there`,
      );
    const token = parseToken(stored.text, parts.tokenName);
    return `a ${token.kind} token${storedSince(tokenAgeDays(stored, parts.now()))}`;
  });
  const source = settings && secret.ok ? parts.sourceFor(settings) : undefined;
  const exchange = source
    ? await attempt('exchange', async () =>
        (await source.authenticate(parts.deadline)) === 'bearer'
          ? 'not needed: the token is already a bearer token'
          : 'the token was accepted',
      )
    : notTried('exchange', 'needs settings and secret');
  const users =
    source && exchange.ok
      ? await attempt('users', () => readSome(source, parts.deadline, settings?.allowEmpty ?? false))
      : notTried('users', 'needs the exchange');
  const groups =
    source && exchange.ok
      ? await attempt('groups', () => readGroups(source, parts.deadline))
      : notTried('groups', 'needs the exchange');
  const store = await attempt('store', async () => {
    await parts.store.probe(parts.newExecution());
    return `${parts.store.location} can be written`;
  });
  const { signer, deadline } = parts;
  const signing = signer ? [await attempt('signing', () => signText(signer, deadline))] : [];
  return [settingsCheck, secret, exchange, users, groups, store, ...signing];
}

/** How many whole days ago the token was stored. Undefined if that isn't known. Clocks may differ, so a time in the future is today. */
export const tokenAgeDays = ({ createdAt }: StoredToken, now: Date): number | undefined =>
  createdAt && Math.max(0, Math.floor((now.getTime() - createdAt.getTime()) / DAY_MILLISECONDS));

function storedSince(days: number | undefined): string {
  if (days === undefined) return '';
  if (days === 0) return ', stored today';
  return `, stored ${days} day${days === 1 ? '' : 's'} ago`;
}

/** Reads only the first batch of users, then closes the connection. */
async function readSome(source: CheckSource, deadline: Deadline, allowEmpty: boolean): Promise<string> {
  const response = await source.openUsers(deadline);
  for await (const users of response.batches()) {
    if (users.length > 0) return `the first ${users.length} users match Anodot's documentation`;
  }
  if (!allowEmpty) throw new RefusedSnapshotError('Anodot returned no users; a snapshot would be refused');
  return 'no users, which is allowed';
}

/** Reads all groups, within the time that a run gives them. A single bad group would leave a snapshot without group names. */
async function readGroups(source: CheckSource, deadline: Deadline): Promise<string> {
  const lines = await withinPart(deadline, GROUPS_SHARE, async (part) => {
    const response = await source.openGroups(part);
    return 'denied' in response ? undefined : groupLines(response.batches());
  });
  return lines
    ? `groups match Anodot's documentation, ${lines.length} in all`
    : `GET ${PATHS.groups} is denied: snapshots will hold group ids instead of group names`;
}

/** A text that can't be a commit, which is a JSON object. */
const NO_COMMIT = Buffer.from('check');

async function signText(signer: Signer, deadline: Deadline): Promise<string> {
  try {
    const { key } = await makeSignature(signer, NO_COMMIT, deadline);
    return `commits can be signed, by key ${key.fingerprint}`;
  } catch (error) {
    if (!(error instanceof SigningError) && !deadline.signal.aborted) throw error;
    const why = error instanceof SigningError ? error.message : 'the time is over';
    throw new StoreError(`commits can't be signed: ${why}`, { cause: error });
  }
}

async function attempt(name: Check['name'], work: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, code: null, message: await work() };
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return { name, ok: false, code: error.code, message: error.message };
  }
}

const notTried = (name: Check['name'], why: string): Check => ({
  name,
  ok: false,
  code: null,
  message: `not tried: ${why}`,
});
