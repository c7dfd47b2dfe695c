/** The names, defaults and keys that the rest of the product builds on. Imports nothing, so that any file can import it. */

export const PROGRAM_VERSION = '1.0.0';
export const SCHEMA_VERSION = 1;
/** A SHA-256 in hex, as documents hold it. */
export const SHA256_PATTERN = /^[0-9a-f]{64}$/;

/**
 * Environment variables of the functions and of the command line. `token` holds the token itself and is never set for a function.
 * `snapshotFunction` is set only for the function behind the API. It is the ARN or name of the function that takes snapshots.
 * `signingKey` is the ARN of the KMS key that signs commits, `earlierKeys` has fingerprints of keys that signed earlier ones, `signedFrom`
 * is the number of the first signed commit, and `keptDays` is the retention of users, changes and groups. All four are set only for the
 * function that takes snapshots.
 */
export const ENVIRONMENT = {
  anodotUrl: 'ANODOT_URL',
  token: 'ANODOT_TOKEN',
  tokenSecretId: 'ANODOT_TOKEN_SECRET_ID',
  store: 'SNAPSHOT_STORE',
  instance: 'SNAPSHOT_INSTANCE',
  snapshotFunction: 'SNAPSHOT_FUNCTION',
  formats: 'SNAPSHOT_FORMATS',
  maxDropPercent: 'SNAPSHOT_MAX_DROP_PERCENT',
  allowEmpty: 'SNAPSHOT_ALLOW_EMPTY',
  keepRaw: 'SNAPSHOT_KEEP_RAW',
  signingKey: 'SNAPSHOT_SIGNING_KEY',
  earlierKeys: 'SNAPSHOT_EARLIER_KEYS',
  signedFrom: 'SNAPSHOT_SIGNED_FROM',
  keptDays: 'SNAPSHOT_KEPT_DAYS',
  allowOtherHost: 'ANODOT_ALLOW_OTHER_HOST',
} as const;

export const FORMATS = ['json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** The default of every setting that has one. */
export const DEFAULTS = {
  /** Settings of a run. The functions, the command line and the deployment all use them. */
  run: {
    anodotUrl: 'https://app.anodot.com',
    allowOtherHost: false,
    formats: FORMATS,
    maxDropPercent: 50,
    allowEmpty: false,
    keepRaw: true,
  },
  /** Settings that only a deployment has. */
  deployment: {
    prefix: '',
    dailyAtUtc: '02:15',
    retentionDays: 400,
    memorySize: 256,
    timeoutSeconds: 300,
    athena: true,
    sign: false,
    maxTokenAgeDays: 90,
    athenaDatabase: 'anodot_users',
  },
  /** The instance name of a function whose environment has no valid one. A deployment derives it from its construct. */
  instance: 'default',
} as const;

export const TRIGGERS = ['schedule', 'api', 'manual', 'local'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const ADMIN_ROLE = 'customer-admin';
/** The roles that Anodot documents. Other roles are stored too, and listed in the manifest. */
export const KNOWN_ROLES: readonly string[] = ['customer-user', ADMIN_ROLE, 'customer-read-only'];

/** The states of a user. Each user has exactly one, so that the counts add up to the number of users. */
export const STATES = ['active', 'dormant', 'new', 'never_active', 'disabled'] as const;
export type State = (typeof STATES)[number];

/** `source` of a snapshot of the embedded sample account. Any other source is the URL of a host. */
export const SAMPLE_SOURCE = 'sample';

/** What can change about a user. If ADMIN_ROLE changes, the line is `admin_granted` or `admin_revoked` instead of `role_…`. */
export const CHANGES = [
  'joined',
  'left',
  'disabled',
  'enabled',
  'admin_granted',
  'admin_revoked',
  'role_added',
  'role_removed',
  'group_added',
  'group_removed',
  'default_group_changed',
  'email_changed',
  'name_changed',
] as const;
export type ChangeKind = (typeof CHANGES)[number];

/** Limits for each list of names in the manifest's `drift`, since the account chooses the names and manifests are kept forever. */
export const DRIFT_BOUNDS = { names: 50, nameLength: 64 } as const;

export const OBJECT_KINDS = ['json', 'csv', 'changes', 'groups', 'raw', 'manifest'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** Keys of the objects, relative to the store's root. `dt` is a UTC date, `2026-11-23`. */
export const KEYS = {
  json: (dt: string) => `users/json/dt=${dt}/users-${dt}.jsonl`,
  csv: (dt: string) => `users/csv/dt=${dt}/users-${dt}.csv`,
  changes: (dt: string) => `changes/dt=${dt}/changes-${dt}.jsonl`,
  groups: (dt: string) => `groups/json/dt=${dt}/groups-${dt}.jsonl`,
  manifest: (dt: string) => `manifests/manifest-${dt}.json`,
  commit: (number: number) => `commits/${String(number).padStart(8, '0')}.json`,
  run: (runId: string) => `runs/${runId}.json`,
  /** A manifest that may be unreported, kept by the run without alarms that replaced it. Hidden from tables and `verify`. */
  unreported: (runId: string) => `runs/.${runId}.json`,
  raw: (dt: string, runId: string, execution: string) => `raw/dt=${dt}/${runId}.${execution}.json.gz`,
  /** The signature of a commit, DER. Attempts that lost their number may leave theirs. */
  signature: (number: number, execution: string) => `commits/${String(number).padStart(8, '0')}.${execution}.sig`,
  /** A public key, PEM. @param fingerprint SHA-256 of the key's DER, in hex */
  publicKey: (fingerprint: string) => `keys/${fingerprint}.pem`,
  /** What a verification by the function found. @param time `20261123T021500Z` */
  verification: (time: string) => `verifications/${time}.json`,
} as const;

/** The store's folders that hold data, by content. */
export const FOLDERS = {
  users: 'users/',
  changes: 'changes/',
  groups: 'groups/',
  manifests: 'manifests/',
  runs: 'runs/',
  raw: 'raw/',
  keys: 'keys/',
  verifications: 'verifications/',
} as const;
/** The folders of published objects. Tables read every object in them, so `verify` lists the untracked ones. */
export const PUBLISHED_FOLDERS = [FOLDERS.users, FOLDERS.changes, FOLDERS.groups, FOLDERS.manifests] as const;
export const COMMITS_FOLDER = 'commits/';
/**
 * The most that each kind of object can have. Anyone who can write to a store may have planted a larger one, so no more is read.
 * A commit names up to three objects of 10,000 parts, with less than 128 bytes for each part. 10,000 parts are the most that S3 accepts.
 */
export const MOST_BYTES = { commit: 4 << 20, document: 1 << 20, publicKey: 1024, signature: 80 } as const;
/** The longest retention that a deployment can have, and so the longest span of days to ask for. */
export const MAX_RETENTION_DAYS = 3650;
/** The highest number of a commit. Runs every minute for a million years would not reach it, and no sum with it is rounded. */
export const LAST_COMMIT = 999_999_999_999;
/** The commit number in a key. Undefined for any other name. */
export function commitNumberOf(key: string): number | undefined {
  const number = Number(/^commits\/(\d{8,12})\.json$/.exec(key)?.[1]);
  return number > 0 && key === KEYS.commit(number) ? number : undefined;
}
/** The commit number and the attempt in the key of a signature. Undefined for any other name. */
export function signatureOf(key: string): { readonly number: number; readonly execution: string } | undefined {
  const [, digits, execution = ''] = /^commits\/(\d{8,12})\.([0-9a-f]{8})\.sig$/.exec(key) ?? [];
  const number = Number(digits);
  return number > 0 && key === KEYS.signature(number, execution) ? { number, execution } : undefined;
}
