import { S3ServiceException } from '@aws-sdk/client-s3';
import { type AwsFailure, awsFailure } from '../../../lambda/aws-failure.ts';
import { StoreError } from '../../errors.ts';

type S3Failure = AwsFailure<S3ServiceException>;
type Refusal = Extract<S3Failure, { readonly kind: 'service' }>;

/** S3's own refusals of credentials. */
const CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'InvalidTokenId',
  'TokenRefreshRequired',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
]);
const OTHER_REGION = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);
/** The SDK's name for an error response without a body, as to a HEAD. */
const NAMELESS = 'Unknown';
const RENEW = 'The AWS credentials are missing, expired or wrong: renew them';

/**
 * Says what a failed call means and what the operator can do. Leaves out S3's own message and error, which quote the request: for a
 * wrong signature all of it, session token included.
 * @param needs the S3 actions that the call needs
 * @returns a StoreError, or a bug's error unchanged
 */
export function bucketFailure(location: string, what: string, needs: string, error: unknown): unknown {
  const failure = awsFailure(error, S3ServiceException);
  if (!failure) return error;
  const message = `${location}: could not ${what}: ${nameOf(failure)}. ${adviceFor(failure, needs)}, and run again`;
  return new StoreError(message, { cause: causeOf(failure, error) });
}

function nameOf(failure: S3Failure): string {
  if (failure.kind === 'credentials') return failure.name;
  if (failure.kind === 'network') return failure.code;
  const { name, status } = failure;
  return name === NAMELESS ? `HTTP ${status}` : `${name} (HTTP ${status})`;
}

function causeOf(failure: S3Failure, error: unknown): unknown {
  if (failure.kind === 'network') return error;
  if (failure.kind === 'credentials') return undefined;
  const { extendedRequestId = '' } = failure.exception.$metadata;
  return new Error(`S3 answered ${nameOf(failure)} to request ${failure.requestId} ${extendedRequestId}`.trimEnd());
}

function adviceFor(failure: S3Failure, needs: string): string {
  if (failure.kind === 'credentials') return RENEW;
  if (failure.kind === 'network') return 'Look at the network, AWS_REGION and the endpoint';
  const { name, status } = failure;
  if (CREDENTIALS.has(name)) return RENEW;
  if (name === 'NoSuchBucket') return 'There is no such bucket: create it or mend its name';
  if (name === 'InvalidObjectState') return 'The object is archived: restore it';
  if (name === 'RequestTimeTooSkewed') return "Set this machine's clock";
  if (name.startsWith('KMS.')) return "Mend the bucket's KMS key";
  if (OTHER_REGION.has(name) || status === 301) return `The bucket is in ${regionOf(failure)}: set AWS_REGION to it`;
  if (status === 429 || status >= 500) return 'S3 is busy or ailing: wait';
  if (name === 'AccessDenied' || (name === NAMELESS && status === 403))
    return `Allow ${deniedAction(failure) ?? needs}`;
  if (name === NAMELESS) return 'Look at the AWS credentials, AWS_REGION and the endpoint';
  return 'Look up this error code of Amazon S3';
}

/** Most refusals name the denied action, even one on the bucket's KMS key. */
const deniedAction = ({ exception }: Refusal) => /\b(?:s3|kms):[A-Z][A-Za-z]+/.exec(exception.message)?.[0];

function regionOf({ exception: { $response } }: Refusal): string {
  const region: unknown = $response?.headers['x-amz-bucket-region'];
  return typeof region === 'string' && /^[a-z]+(-[a-z]+)+-\d+$/.test(region) ? region : 'another region';
}
