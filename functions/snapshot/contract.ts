/** What others build on: names of settings, keys and columns. Imports nothing, so that everything may import it. */

export const PROGRAM_VERSION = '1.0.0';
export const SCHEMA_VERSION = 1;

/**
 * Environment of the functions and of the command line. `token` holds the token itself, which no function has there; `snapshotFunction`,
 * for the function behind the API, is the ARN or name of the one that takes snapshots.
 */
export const ENVIRONMENT = {
  url: 'ANODOT_URL',
  token: 'ANODOT_TOKEN',
  tokenSecretId: 'ANODOT_TOKEN_SECRET_ID',
  store: 'SNAPSHOT_STORE',
  instance: 'SNAPSHOT_INSTANCE',
  snapshotFunction: 'SNAPSHOT_FUNCTION',
  formats: 'SNAPSHOT_FORMATS',
  maxDropPercent: 'SNAPSHOT_MAX_DROP_PERCENT',
  allowEmpty: 'SNAPSHOT_ALLOW_EMPTY',
  keepRaw: 'SNAPSHOT_KEEP_RAW',
  allowOtherHost: 'ANODOT_ALLOW_OTHER_HOST',
} as const;

export const FORMATS = ['json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const TRIGGERS = ['schedule', 'api', 'manual', 'local'] as const;
export type Trigger = (typeof TRIGGERS)[number];

export const ADMIN_ROLE = 'customer-admin';
/** The roles that Anodot documents. Others are kept and named in the manifest. */
export const KNOWN_ROLES: readonly string[] = ['customer-user', ADMIN_ROLE, 'customer-read-only'];

/** The states of a user, in the order in which the rules apply; they add up to the number of users. */
export const STATES = ['active', 'dormant', 'new', 'never_active', 'disabled'] as const;
export type State = (typeof STATES)[number];

/** `source` of a snapshot of the embedded sample account; any other source is the URL of a host. */
export const SAMPLE_SOURCE = 'sample';

/** What can change about a user. Granting or revoking ADMIN_ROLE is `admin_granted` or `admin_revoked`, in place of the role's line. */
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

/** The function's metrics, each with one dimension: which of several installations in an AWS account it is. */
export const METRICS_NAMESPACE = 'AnodotUserSnapshots';
export const INSTANCE_DIMENSION = 'instance';
export const DEFAULT_INSTANCE = 'default';
/**
 * Each run that ends counts 1 in one of the first four. Changes are those that the run adds to an earlier one of its day; a run with
 * nothing to compare with has none, and neither has an event that was delivered before.
 */
export const METRICS = {
  published: 'SnapshotPublished',
  refused: 'SnapshotRefused',
  failed: 'SnapshotFailed',
  superseded: 'SnapshotSuperseded',
  users: 'Users',
  administratorsAdded: 'AdministratorsAdded',
  /** Of the users of the newest snapshot before; 0 where there are more. */
  usersDroppedPercent: 'UsersDroppedPercent',
  /** Of the time that Lambda gives. */
  durationUsedPercent: 'DurationUsedPercent',
  changes: {
    joined: 'ChangesJoined',
    left: 'ChangesLeft',
    disabled: 'ChangesDisabled',
    enabled: 'ChangesEnabled',
    admin_granted: 'ChangesAdminGranted',
    admin_revoked: 'ChangesAdminRevoked',
    role_added: 'ChangesRoleAdded',
    role_removed: 'ChangesRoleRemoved',
    group_added: 'ChangesGroupAdded',
    group_removed: 'ChangesGroupRemoved',
    default_group_changed: 'ChangesDefaultGroupChanged',
    email_changed: 'ChangesEmailChanged',
    name_changed: 'ChangesNameChanged',
  },
} as const satisfies { readonly [name: string]: string | { readonly [change in ChangeKind]: string } };

export const OBJECT_KINDS = ['json', 'csv', 'changes', 'groups', 'raw', 'manifest'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** Keys of the objects, below the store's root. `dt` is a UTC date, `2026-11-23`. */
export const KEYS = {
  json: (dt: string) => `users/json/dt=${dt}/users-${dt}.jsonl`,
  csv: (dt: string) => `users/csv/dt=${dt}/users-${dt}.csv`,
  changes: (dt: string) => `changes/dt=${dt}/changes-${dt}.jsonl`,
  groups: (dt: string) => `groups/json/dt=${dt}/groups-${dt}.jsonl`,
  manifest: (dt: string) => `manifests/manifest-${dt}.json`,
  commit: (number: number) => `commits/${String(number).padStart(8, '0')}.json`,
  run: (runId: string) => `runs/${runId}.json`,
  raw: (dt: string, runId: string, execution: string) => `raw/dt=${dt}/${runId}.${execution}.json.gz`,
} as const;

/**
 * The S3 actions that a run needs, what each is for, and what it is granted on: the objects below the prefix, or the bucket, without
 * a condition on the prefix. All multipart calls but the abort are PutObject as well. A KMS key asks for GenerateDataKey and Decrypt.
 */
export const STORE_ACTIONS = [
  { action: 's3:PutObject', on: 'objects', for: 'to stage, to commit, to put in place, and for the run document' },
  { action: 's3:AbortMultipartUpload', on: 'objects', for: 'to drop what was staged and will not be committed' },
  { action: 's3:GetObject', on: 'objects', for: 'to read commits, manifests and the snapshot before' },
  {
    action: 's3:ListBucket',
    on: 'bucket',
    for: 'to find the newest commit, and so that a missing object is 404 and not 403',
  },
] as const;
/** The S3 actions of the function behind the API: `below` are the folders that they are granted on, below the prefix. No users. */
export const REQUEST_ACTIONS = [
  {
    action: 's3:GetObject',
    on: 'objects',
    below: ['commits/', 'manifests/', 'runs/'],
    for: 'to read what became of a run',
  },
  { action: 's3:PutObject', on: 'objects', below: ['runs/'], for: 'to write that a run was asked for' },
  {
    action: 's3:ListBucket',
    on: 'bucket',
    for: 'to find the commit of a run, and so that a missing object is 404 and not 403',
  },
] as const;
/** What `verify` needs beyond those, to tell an interrupted commit from a damaged one. */
export const VERIFY_ACTIONS = [
  { action: 's3:ListMultipartUploadParts', on: 'objects', for: 'to see whether a missing object is still staged' },
] as const;

/** Folders of the store, by what lies there: each of KEYS begins with one. */
export const FOLDERS = {
  users: 'users/',
  changes: 'changes/',
  groups: 'groups/',
  manifests: 'manifests/',
  runs: 'runs/',
  raw: 'raw/',
} as const;
/** Where published objects lie. Tables read whatever is there, so `verify` names what doesn't belong. */
export const PUBLISHED_FOLDERS = [FOLDERS.users, FOLDERS.changes, FOLDERS.groups, FOLDERS.manifests] as const;
export const COMMITS_FOLDER = 'commits/';
/** The number of a commit by its key; undefined for other names. */
export const commitNumberOf = (key: string): number | undefined => {
  const name = /^commits\/(\d{8})\.json$/.exec(key)?.[1];
  return name === undefined ? undefined : Number(name);
};
