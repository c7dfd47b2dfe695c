import { COMMITS_FOLDER, FOLDERS, PUBLISHED_FOLDERS } from './contract.ts';

/** The S3 actions that each part of the product needs, and why. The deployment grants exactly these. */

/** Folders in which a run stages, replaces and reads objects. `check` stages an object in the last one and discards it. */
const WORKED_IN = [...PUBLISHED_FOLDERS, FOLDERS.runs, '.staged/'] as const;

/**
 * What a run is granted, either on objects in the folders `below` under the prefix, or on the whole bucket. It can't read raw responses.
 * With `onlyNew` it can create objects but never replace one. PutObject covers all multipart calls except the abort. A KMS key also
 * requires GenerateDataKey and Decrypt.
 *
 * Grants with the same `sid` become one statement, because IAM limits the size of a role's policies. They have the same folders or the
 * same actions, so that the statement allows nothing more.
 */
export const STORE_GRANTS = [
  {
    sid: 'KeepSnapshots',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'],
    below: WORKED_IN,
    for: 'to stage objects, to promote or discard them, to read the previous snapshot, and for run documents',
  },
  {
    sid: 'KeepResponses',
    actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
    below: [FOLDERS.raw],
    for: "to keep Anodot's responses, which no run reads back",
  },
  { sid: 'CreateEvidence', actions: ['s3:PutObject'], below: [COMMITS_FOLDER], onlyNew: true, for: 'to commit' },
  { sid: 'ReadEvidence', actions: ['s3:GetObject'], below: [COMMITS_FOLDER], for: 'to read the log of commits' },
  {
    sid: 'FindSnapshots',
    actions: ['s3:ListBucket'],
    for: 'to find the newest commit, and so that a missing object returns 404 instead of 403',
  },
] as const;

/** What the function's weekly verification is granted in addition. It can't read what earlier verifications found. */
export const VERIFICATION_GRANTS = [
  { sid: 'ReadEvidence', actions: ['s3:GetObject'], below: [FOLDERS.keys], for: 'to check signatures' },
  {
    sid: 'KeepSnapshots',
    actions: ['s3:ListMultipartUploadParts'],
    below: WORKED_IN,
    for: 'to see whether a missing object is still staged',
  },
  {
    sid: 'CreateEvidence',
    actions: ['s3:PutObject'],
    below: [FOLDERS.verifications],
    onlyNew: true,
    for: 'to keep its result',
  },
] as const;

/** What a run that signs is granted in addition. The signatures are stored with the commits. */
export const SIGN_GRANTS = [
  { sid: 'CreateEvidence', actions: ['s3:PutObject'], below: [FOLDERS.keys], onlyNew: true, for: 'to keep its key' },
] as const;

type Granted = (typeof STORE_GRANTS)[number] | (typeof VERIFICATION_GRANTS)[number] | (typeof SIGN_GRANTS)[number];

/** All that the function that takes snapshots is granted. @param signs whether it signs commits */
export const functionGrants = (signs: boolean): readonly Granted[] => [
  ...STORE_GRANTS,
  ...VERIFICATION_GRANTS,
  ...(signs ? SIGN_GRANTS : []),
];

const actionsOf = (grants: readonly Granted[]) =>
  grants.flatMap((grant) =>
    grant.actions.map((action) =>
      'below' in grant ? { action, on: 'objects' as const, below: grant.below } : { action, on: 'bucket' as const },
    ),
  );

/** What a run is granted, one entry per action. */
export const STORE_ACTIONS = actionsOf(STORE_GRANTS);
/** What the function is granted, one entry per action. */
export const FUNCTION_ACTIONS = actionsOf(functionGrants(true));

/** S3's condition key for the header that makes a write fail if the object exists. */
export const ONLY_NEW_CONDITION = 's3:if-none-match';

/** What the function behind the API needs, only in the folders `below` under the prefix. It can't read users. */
export const REQUEST_ACTIONS = [
  {
    action: 's3:GetObject',
    on: 'objects',
    below: [COMMITS_FOLDER, FOLDERS.manifests, FOLDERS.runs],
    for: 'to report how a run ended',
  },
  { action: 's3:PutObject', on: 'objects', below: [FOLDERS.runs], for: 'to record that a run was requested' },
  {
    action: 's3:ListBucket',
    on: 'bucket',
    for: 'to find the commit of a run, and so that a missing object returns 404 instead of 403',
  },
] as const;

/** What the command `verify` needs in addition, to distinguish an interrupted commit from a damaged one, and to read all evidence. */
export const VERIFY_ACTIONS = [
  { action: 's3:ListMultipartUploadParts', on: 'objects', for: 'to see whether a missing object is still staged' },
  {
    action: 's3:GetObject',
    on: 'objects',
    below: [FOLDERS.raw, FOLDERS.keys],
    for: 'to read raw responses, and the keys of signatures',
  },
] as const;
