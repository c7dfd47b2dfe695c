import { COMMITS_FOLDER, FOLDERS } from './contract.ts';

/** The S3 actions of each part of the product, and why it needs them: the deployment grants exactly these. */

/**
 * What a run needs, granted on the objects under the prefix or on the bucket, without a condition on the prefix. PutObject covers all
 * multipart calls except the abort. A KMS key also requires GenerateDataKey and Decrypt.
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
