import { LambdaServiceException } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, NoSuchKey, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { awsFailure } from '../../../../functions/lambda/aws-failure.ts';

const refusal = {
  $fault: 'client',
  $metadata: { httpStatusCode: 403, requestId: 'r-1' },
  message: 'quotes the request',
} as const;
const named = (name: string, rest: object = {}) => Object.assign(new Error('zqxj'), { name, ...rest });

describe('awsFailure', () => {
  test.each([
    ['S3', S3ServiceException],
    ['Lambda', LambdaServiceException],
    ['Secrets Manager', SecretsManagerServiceException],
  ])('reads the name, status and request id of a refusal by %s', (_, Service) => {
    const exception = new Service({ ...refusal, name: 'KMS.DisabledException' });
    expect(awsFailure(exception, Service)).toEqual({
      kind: 'service',
      name: 'KMS.DisabledException',
      status: 403,
      requestId: 'r-1',
      exception,
    });
  });

  test('classifies a modelled exception of the service as a refusal', () => {
    const exception = new NoSuchKey({ message: '', $metadata: { httpStatusCode: 404 } });
    expect(awsFailure(exception, S3ServiceException)).toMatchObject({
      kind: 'service',
      name: 'NoSuchKey',
      status: 404,
    });
  });

  test('reads a refusal without a response as status 0', () => {
    const exception = new S3ServiceException({ ...refusal, name: 'Odd', $metadata: {} });
    expect(awsFailure(exception, S3ServiceException)).toMatchObject({
      kind: 'service',
      status: 0,
      requestId: undefined,
    });
  });

  test('classifies an exception of another service as a failure to obtain credentials', () => {
    const exception = new LambdaServiceException({ ...refusal, name: 'ExpiredTokenException' });
    expect(awsFailure(exception, S3ServiceException)).toEqual({ kind: 'credentials', name: 'ExpiredTokenException' });
  });

  test.each([
    ['CredentialsProviderError', {}],
    ['TokenProviderError', {}],
    ['CredentialsProviderError', { code: 'ECONNREFUSED' }],
    // Every provider's error has this property.
    ['InstanceMetadataV1FallbackError', { tryNextLink: true }],
  ])(
    "classifies a credential provider's %s with the properties %o as a failure to obtain credentials",
    (name, rest) => {
      expect(awsFailure(named(name, rest), S3ServiceException)).toEqual({ kind: 'credentials', name });
    },
  );

  test.each([
    ['a failed system call', named('Error', { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['a failed TLS handshake', named('Error', { code: 'CERT_HAS_EXPIRED' }), 'CERT_HAS_EXPIRED'],
    ["the client's timeout", named('TimeoutError'), 'TimeoutError'],
    ['a timeout with a code', named('TimeoutError', { code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
    ['a call that was aborted', named('AbortError'), 'AbortError'],
  ])('classifies %s as a network failure', (_, error, code) => {
    expect(awsFailure(error, S3ServiceException)).toEqual({ kind: 'network', code });
  });

  test.each([
    ["a response that is not the service's", { $metadata: { httpStatusCode: 200 } }, 200, 'SyntaxError'],
    ['a proxy that refuses a tunnel', { code: 'ERR_PROXY_TUNNEL', statusCode: 407, $metadata: {} }, 407, undefined],
  ])('classifies %s as a network failure, with its status', (_, properties, status, name) => {
    const error = named('SyntaxError', properties);
    const code = name ?? 'ERR_PROXY_TUNNEL';
    expect(awsFailure(error, S3ServiceException)).toEqual({ kind: 'network', code, status });
  });

  test.each([
    ['r-1/+=.:_', 'r-1/+=.:_'],
    ['r\u001b[2J', undefined],
    ['r\u009b2J', undefined],
    ['a request id', undefined],
    ['r'.repeat(129), undefined],
  ])('shows the request id %j only if it looks like one', (requestId, shown) => {
    const exception = new S3ServiceException({ ...refusal, name: 'Odd', $metadata: { requestId } });
    expect(awsFailure(exception, S3ServiceException)).toMatchObject({ requestId: shown });
  });

  test('classifies a refused connection of a real client as a network failure', async () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new S3Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'eu-central-1',
      credentials,
      maxAttempts: 1,
    });
    const error: unknown = await client.send(new ListBucketsCommand()).catch((reason: unknown) => reason);
    expect(awsFailure(error, S3ServiceException)).toEqual({ kind: 'network', code: 'ECONNREFUSED' });
  });

  test.each([
    ["a refusal's name", new S3ServiceException({ ...refusal, name: 'zqxj <zqxj>' })],
    ["a provider's name", named('zqxj zqxj', { tryNextLink: false })],
    ['a network code', named('Error', { code: 'zqxj zqxj' })],
    ['a name of 65 characters', named('z'.repeat(65), { $metadata: {} })],
  ])('replaces %s that could quote something with "an unknown error"', (_, error) => {
    const { exception: _exception, ...shown } = { exception: undefined, ...awsFailure(error, S3ServiceException) };
    expect(Object.values(shown)).toContain('an unknown error');
    expect(JSON.stringify(shown)).not.toContain('z');
  });

  test.each([
    ['a TypeError', new TypeError('x is not a function')],
    ['an error whose code is a number', named('Error', { code: 1 })],
    ['a string', 'a text'],
    ['undefined', undefined],
  ])('returns undefined for %s, which is a bug', (_, bug) => {
    expect(awsFailure(bug, S3ServiceException)).toBeUndefined();
  });
});
