import { createHash } from 'node:crypto';
import { ONLY_NEW_CONDITION } from '../../../functions/snapshot/permissions.ts';
import type { S3Place } from './place.ts';
import { type S3Credentials, signatureOf } from './signature.ts';

/** An action and what it is granted on: the objects under a prefix, or the bucket. */
export interface Grant {
  readonly action: string;
  readonly on: 'objects' | 'bucket';
  /** The folders under the prefix. Default: all objects. */
  readonly below?: readonly string[];
}

const STS = 'sts';

/**
 * The place with credentials that allow only the granted actions, for an hour.
 * @param prefix of the objects; may be empty
 * @throws Error if the server has no roles
 */
export async function asRole(place: S3Place, prefix: string, grants: readonly Grant[]): Promise<S3Place> {
  const bucket = `arn:aws:s3:::${place.bucket}`;
  const root = prefix === '' ? `${bucket}/` : `${bucket}/${prefix}/`;
  const resourcesOf = ({ on, below = [''] }: Grant) =>
    on === 'bucket' ? [bucket] : below.map((folder) => `${root}${folder}*`);
  // A session's policy may have 2,048 characters, so each resource is named once.
  const actions = Map.groupBy(
    grants.flatMap((grant) => resourcesOf(grant).map((resource) => ({ resource, action: grant.action }))),
    ({ resource }) => resource,
  );
  const resources = Map.groupBy(actions, ([, granted]) =>
    [...new Set(granted.map(({ action }) => action))].sort().join(),
  );
  const statements = [...resources].map(([names, granted]) => ({
    Effect: 'Allow',
    Action: names.split(','),
    Resource: granted.map(([resource]) => resource),
  }));
  return withStatements(place, statements);
}

/**
 * The place with credentials that allow only what the statements of an IAM policy allow, for an hour. MinIO rejects policies with
 * the condition key of conditional writes, so it is left out.
 */
export async function withStatements(place: S3Place, statements: readonly object[]): Promise<S3Place> {
  const known = statements.map((one) =>
    JSON.stringify(one).includes(ONLY_NEW_CONDITION) ? { ...one, Condition: undefined } : one,
  );
  const credentials = await assumeRole(place, JSON.stringify({ Version: '2012-10-17', Statement: known }));
  return { ...place, credentials };
}

async function assumeRole(place: S3Place, policy: string): Promise<S3Credentials> {
  const parameters = { Action: 'AssumeRole', Version: '2011-06-15', DurationSeconds: '3600', Policy: policy };
  const body = new URLSearchParams(parameters).toString();
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const headers: { [name: string]: string } = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-amz-content-sha256': createHash('sha256').update(body).digest('hex'),
    'x-amz-date': now,
  };
  const scope = [now.slice(0, 8), place.region, STS] as const;
  const signed = { method: 'POST', url: '/', headers: { ...headers, host: new URL(place.endpoint).host } };
  const names = Object.keys(signed.headers).sort();
  const signature = signatureOf(signed, names, scope, place.credentials.secretAccessKey);
  const credential = `${place.credentials.accessKeyId}/${scope.join('/')}/aws4_request`;
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const response = await fetch(place.endpoint, { method: 'POST', headers, body });
  const answer = await response.text();
  const named = (tag: string): string => {
    const value = new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(answer)?.[1];
    if (value === undefined) throw new Error(`AssumeRole: ${response.status} without ${tag}: ${answer}`);
    return value;
  };
  return {
    accessKeyId: named('AccessKeyId'),
    secretAccessKey: named('SecretAccessKey'),
    sessionToken: named('SessionToken'),
  };
}
