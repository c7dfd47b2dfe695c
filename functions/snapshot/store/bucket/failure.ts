import { S3ServiceException } from '@aws-sdk/client-s3';
import { StoreError } from '../../errors.ts';

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
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
const RENEW = 'The AWS credentials are missing, expired or wrong: renew them';

/**
 * What a failed call means for the operator. S3's own message and error stay out of it, since they quote the request: for a wrong
 * signature all of it, session token included.
 * @param needs the S3 actions that the call needs
 * @returns a StoreError, or the error itself where it isn't of S3, the network or the credentials: a bug
 */
export function bucketFailure(location: string, what: string, needs: string, error: unknown): unknown {
  const failed = error instanceof Error ? diagnose(error, needs) : undefined;
  if (!failed) return error;
  const { came, advice, cause } = failed;
  return new StoreError(`${location}: could not ${what}: ${came}. ${advice}, and run again`, { cause });
}

interface Diagnosis {
  readonly came: string;
  readonly advice: string;
  readonly cause?: Error;
}

function diagnose(error: Error, needs: string): Diagnosis | undefined {
  if (error instanceof S3ServiceException) {
    const { httpStatusCode: status = 0, requestId, extendedRequestId } = error.$metadata;
    const came = error.name === 'Unknown' ? `HTTP ${status}` : `${error.name} (HTTP ${status})`;
    const cause = new Error(`S3 answered ${came} to request ${requestId} ${extendedRequestId ?? ''}`.trimEnd());
    return { came, advice: adviceFor(error, status, needs), cause };
  }
  // A provider's error may quote what it ran or read. One with a `$fault` is of the service that gives the credentials.
  if (CREDENTIALS.has(error.name) || '$fault' in error) return { came: error.name, advice: RENEW };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const ofTheCall = code !== undefined || error.name === 'TimeoutError' || '$metadata' in error;
  if (!ofTheCall) return undefined;
  return { came: code ?? error.name, advice: 'Look at the network, AWS_REGION and the endpoint', cause: error };
}

function adviceFor(error: S3ServiceException, status: number, needs: string): string {
  const { name } = error;
  if (CREDENTIALS.has(name)) return RENEW;
  if (name === 'NoSuchBucket') return 'There is no such bucket: create it or mend its name';
  if (name === 'InvalidObjectState') return 'The object is archived: restore it';
  if (name === 'RequestTimeTooSkewed') return "Set this machine's clock";
  if (name.startsWith('KMS.')) return "Mend the bucket's KMS key";
  if (OTHER_REGION.has(name) || status === 301) return `The bucket is in ${regionOf(error)}: set AWS_REGION to it`;
  if (status === 429 || status >= 500) return 'S3 is busy or ailing: wait';
  // The answer to a HEAD has no body that gives a name.
  if (name === 'AccessDenied' || (name === 'Unknown' && status === 403)) return `Allow ${deniedAction(error) ?? needs}`;
  if (name === 'Unknown') return 'Look at the AWS credentials, AWS_REGION and the endpoint';
  return 'Look up this error code of Amazon S3';
}

/** S3 names the action in most refusals, also those of the bucket's KMS key. */
const deniedAction = ({ message }: S3ServiceException) => /\b(?:s3|kms):[A-Z][A-Za-z]+/.exec(message)?.[0];

function regionOf({ $response }: S3ServiceException): string {
  const region: unknown = $response?.headers['x-amz-bucket-region'];
  return typeof region === 'string' && /^[a-z]+(-[a-z]+)+-\d+$/.test(region) ? region : 'another region';
}
