import { COMMITS_FOLDER, FOLDERS, PUBLISHED_FOLDERS } from './contract.ts';

/** The S3 actions of each part of the product, and why it needs them: the deployment grants exactly these. */

/** Folders in which a run stages, replaces and reads. In the last one `check` stages an object and discards it. */
const WORKED_IN = [...PUBLISHED_FOLDERS, FOLDERS.runs, '.staged/'] as const;

/**
 * What a run is granted: on objects only in the folders `below` the prefix, or on the bucket, without a condition on the prefix. It can
 * read no raw response, and `onlyNew` lets it create commits but never replace one. PutObject covers all multipart calls except the
 * abort. A KMS key also requires GenerateDataKey and Decrypt.
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
  { sid: 'Commit', actions: ['s3:PutObject'], below: [COMMITS_FOLDER], onlyNew: true, for: 'to commit' },
  { sid: 'ReadCommits', actions: ['s3:GetObject'], below: [COMMITS_FOLDER], for: 'to read the log of commits' },
  {
    sid: 'FindSnapshots',
    actions: ['s3:ListBucket'],
    for: 'to find the newest commit, and so that a missing object is 404 and not 403',
  },
] as const;

/** Each action of a run by itself. */
export const STORE_ACTIONS = STORE_GRANTS.flatMap((grant) =>
  grant.actions.map((action) =>
    'below' in grant ? { action, on: 'objects' as const, below: grant.below } : { action, on: 'bucket' as const },
  ),
);

/** The key of the condition that S3 calls by the header with which an object is only created. */
export const ONLY_NEW_CONDITION = 's3:if-none-match';

/** What the function behind the API needs, granted only on the folders `below` the prefix. It can't read users. */
export const REQUEST_ACTIONS = [
  {
    action: 's3:GetObject',
    on: 'objects',
    below: [COMMITS_FOLDER, FOLDERS.manifests, FOLDERS.runs],
    for: 'to read what became of a run',
  },
  { action: 's3:PutObject', on: 'objects', below: [FOLDERS.runs], for: 'to write that a run was asked for' },
  {
    action: 's3:ListBucket',
    on: 'bucket',
    for: 'to find the commit of a run, and so that a missing object is 404 and not 403',
  },
] as const;

/** What `verify` needs in addition, to distinguish an interrupted commit from a damaged one. */
export const VERIFY_ACTIONS = [
  { action: 's3:ListMultipartUploadParts', on: 'objects', for: 'to see whether a missing object is still staged' },
] as const;
