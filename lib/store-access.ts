import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { functionGrants, ONLY_NEW_CONDITION, REQUEST_ACTIONS } from '../functions/snapshot/permissions.ts';
import { type Access, useOfKey } from './access.ts';

/** A bucket and prefix that store snapshots, with the access that each function needs. */
export interface SnapshotStore {
  /** Bucket that stores the snapshots. */
  readonly bucket: IBucket;
  /**
   * Prefix of all keys, without a slash at either end. May be empty.
   * @example 'anodot/production'
   */
  readonly prefix: string;
  /**
   * KMS key of the bucket.
   * @default the bucket uses S3-managed keys
   */
  readonly encryptionKey?: IKey | undefined;
}

/** What every key of the store begins with: the prefix and a slash, or nothing. */
export const keyPrefixOf = ({ prefix }: SnapshotStore): string => (prefix === '' ? '' : `${prefix}/`);

/** The ARN of all objects in a folder of the store. */
export const objectsIn = (store: SnapshotStore, folder: string): string =>
  store.bucket.arnForObjects(`${keyPrefixOf(store)}${folder}*`);

/**
 * Access of the function that takes snapshots, which stages, commits, reads and verifies them. It can't replace commits, read raw responses
 * or delete what is published.
 * @param signs whether it signs commits
 */
export const snapshotAccess = (store: SnapshotStore, scope: IConstruct, signs = false): Access =>
  accessTo(
    scope,
    store,
    Array.from(
      Map.groupBy(functionGrants(signs), ({ sid }) => sid),
      ([sid, grants]) => statementOf(store, sid, grants),
    ),
  );

/** Merges grants with the same `sid`. */
const statementOf = (store: SnapshotStore, sid: string, grants: ReturnType<typeof functionGrants>): PolicyStatement =>
  new PolicyStatement({
    sid,
    actions: grants.flatMap(({ actions }) => actions),
    resources: grants.flatMap((grant) => ('below' in grant ? foldersOf(store, grant) : [store.bucket.bucketArn])),
    ...(grants.some((grant) => 'onlyNew' in grant) && { conditions: { Null: { [ONLY_NEW_CONDITION]: 'false' } } }),
  });

/** The ARNs of the folders that the function may use. */
export const snapshotFolders = (store: SnapshotStore): string[] => [
  ...new Set(functionGrants(true).flatMap((grant) => ('below' in grant ? foldersOf(store, grant) : []))),
];

type RequestAction = (typeof REQUEST_ACTIONS)[number];
const REQUEST_SIDS = {
  's3:GetObject': 'ReadReports',
  's3:PutObject': 'WriteRunDocuments',
  's3:ListBucket': 'FindCommits',
} as const satisfies { readonly [action in RequestAction['action']]: string };

/** Access of the function behind the API, which reads and writes reports of runs. It can't read users. */
export const requestAccess = (store: SnapshotStore, scope: IConstruct): Access =>
  accessTo(
    scope,
    store,
    REQUEST_ACTIONS.map(
      (action) =>
        new PolicyStatement({
          sid: REQUEST_SIDS[action.action],
          actions: [action.action],
          resources: action.on === 'bucket' ? [store.bucket.bucketArn] : foldersOf(store, action),
        }),
    ),
  );

/** The ARNs of the folders that the function behind the API may use. */
export const requestFolders = (store: SnapshotStore): string[] => [
  ...new Set(REQUEST_ACTIONS.flatMap((action) => (action.on === 'bucket' ? [] : foldersOf(store, action)))),
];

const foldersOf = (store: SnapshotStore, { below }: { readonly below: readonly string[] }): string[] =>
  below.map((folder) => objectsIn(store, folder));

const accessTo = (
  scope: IConstruct,
  { bucket, prefix, encryptionKey }: SnapshotStore,
  statements: PolicyStatement[],
): Access => ({
  environment: { [ENVIRONMENT.store]: `s3://${bucket.bucketName}${prefix === '' ? '' : `/${prefix}`}` },
  statements,
  keyStatements: encryptionKey
    ? [useOfKey('UseKeyOfBucket', encryptionKey, ['kms:GenerateDataKey', 'kms:Decrypt'], 's3', scope)]
    : [],
});
