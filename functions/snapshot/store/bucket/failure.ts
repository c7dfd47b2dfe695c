/** Says what a failed S3 call means and what the operator can do. */

import { S3ServiceException } from '@aws-sdk/client-s3';
import { type AwsFailure, awsFailure, shownId } from '../../../lambda/aws-failure.ts';
import { StoreError, UnreadableObjectError } from '../../errors.ts';
import { printable } from '../printable.ts';

type S3Failure = AwsFailure<S3ServiceException>;
type NetworkFailure = Extract<S3Failure, { readonly kind: 'network' }>;
type Refusal = Extract<S3Failure, { readonly kind: 'service' }>;

/** The errors by which S3 rejects credentials. */
const CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'InvalidTokenId',
  'TokenRefreshRequired',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'XAdminUserNotFound', // versitygw's
]);
const OTHER_REGION = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);
/** The SDK's name for an error response without a body, such as one to HEAD. */
const NAMELESS = 'Unknown';
/** Node.js's code if a proxy refuses to connect, and the status of a proxy that requires credentials. */
const PROXY_REFUSAL = 'ERR_PROXY_TUNNEL';
const PROXY_AUTHENTICATION = 407;
const RENEW = 'The AWS credentials are missing, expired or wrong: renew them';

/**
 * Turns the error of a failed call into one for the operator. Leaves out S3's own message and error, which quote the request. For a
 * wrong signature they quote all of it, session token included.
 * @param needs the S3 actions that the call needs
 * @returns a StoreError, or a bug's error unchanged
 */
export function bucketFailure(location: string, what: string, needs: string, error: unknown): unknown {
  const failure = awsFailure(error, S3ServiceException);
  if (!failure) return error;
  const message = `${location}: could not ${printable(what)}: ${nameOf(failure)}. ${adviceFor(failure, needs)}, and run again`;
  const Kind = isOfObject(failure) ? UnreadableObjectError : StoreError;
  return new Kind(message, { cause: causeOf(failure, error) });
}

function nameOf(failure: S3Failure): string {
  if (failure.kind === 'credentials') return failure.name;
  if (failure.kind === 'network') return networkName(failure);
  const { name, status } = failure;
  return name === NAMELESS ? `HTTP ${status}` : `${name} (HTTP ${status})`;
}

function causeOf(failure: S3Failure, error: unknown): unknown {
  // The error of a response that isn't from S3 includes the response, which may hold anything.
  if (failure.kind === 'network') return failure.status === undefined ? error : undefined;
  if (failure.kind === 'credentials') return undefined;
  const extended = shownId(failure.exception.$metadata.extendedRequestId) ?? '';
  return new Error(`S3 returned ${nameOf(failure)} for request ${failure.requestId} ${extended}`.trimEnd());
}

function adviceFor(failure: S3Failure, needs: string): string {
  if (failure.kind === 'credentials') return RENEW;
  if (failure.kind === 'network') return networkAdvice(failure);
  const { name, status } = failure;
  if (status === PROXY_AUTHENTICATION) return networkAdvice({ kind: 'network', code: name, status });
  if (CREDENTIALS.has(name)) return RENEW;
  if (name === 'NoSuchBucket') return 'No such bucket: create it or fix its name';
  if (name === 'InvalidObjectState') return 'The object is archived: restore it';
  if (name === 'RequestTimeTooSkewed') return "Set this machine's clock";
  if (name.startsWith('KMS.')) return "Fix the bucket's KMS key";
  if (OTHER_REGION.has(name) || status === 301) return `The bucket is in ${regionOf(failure)}: set AWS_REGION to it`;
  if (status === 429 || status >= 500) return 'S3 is busy or unavailable: wait';
  if (name === 'AccessDenied' || (name === NAMELESS && status === 403))
    return `Allow ${deniedAction(failure) ?? needs}`;
  if (name === NAMELESS) return 'Check the AWS credentials, AWS_REGION and the endpoint';
  return 'Look up this Amazon S3 error code';
}

function networkName({ code, status }: NetworkFailure): string {
  if (status === undefined) return code;
  return code === PROXY_REFUSAL || status === PROXY_AUTHENTICATION
    ? `the proxy returned HTTP ${status}`
    : `a response that isn't from S3 (HTTP ${status})`;
}

function networkAdvice({ code, status }: NetworkFailure): string {
  if (status === PROXY_AUTHENTICATION) return "Put the proxy's user and password in HTTPS_PROXY or HTTP_PROXY";
  if (code === PROXY_REFUSAL) return 'Allow connections to S3 in the proxy, or bypass it with NO_PROXY';
  if (code.startsWith('ERR_PROXY_')) return 'Check the proxy, HTTPS_PROXY and HTTP_PROXY';
  return 'Check the network, AWS_REGION and the endpoint';
}

/**
 * Whether S3 refuses only this object: it is archived, or encrypted with a key that the caller doesn't have. A missing permission or wrong
 * credentials make all objects unreadable.
 */
function isOfObject(failure: S3Failure): boolean {
  if (failure.kind !== 'service' || CREDENTIALS.has(failure.name)) return false;
  const { name, status } = failure;
  if (name === 'InvalidObjectState' || name.startsWith('KMS.')) return true;
  return name === 'AccessDenied'
    ? /^kms:/.test(deniedAction(failure) ?? '')
    : name === 'InvalidRequest' && status === 400;
}

/** Most denials name the action, including actions on the bucket's KMS key. */
const deniedAction = ({ exception }: Refusal) => /\b(?:s3|kms):[A-Z][A-Za-z]{1,64}/.exec(exception.message)?.[0];

function regionOf({ exception: { $response } }: Refusal): string {
  const region: unknown = $response?.headers['x-amz-bucket-region'];
  return typeof region === 'string' && /^[a-z]+(-[a-z]+)+-\d+$/.test(region) ? region : 'another region';
}
