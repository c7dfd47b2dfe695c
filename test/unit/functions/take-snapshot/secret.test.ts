import { expect, onTestFinished, test } from 'vitest';
import { CredentialsError } from '../../../../functions/snapshot/errors.ts';
import { newSecretsClient, readSecret } from '../../../../functions/take-snapshot/secret.ts';
import { everythingIn } from '../../../support/canary.ts';
import { patienceOf, QUICK } from '../../../support/lambda/patience.ts';
import { type SecretReply, type SecretsDouble, serveSecrets } from '../../../support/lambda/secrets-double.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:anodot/token-AbCdEf';
const CREDENTIALS = { accessKeyId: 'AKIDOUBLE', secretAccessKey: 'nothing-secret' };
const forever = new AbortController().signal;

async function newSecrets(first: SecretReply): Promise<SecretsDouble> {
  const secrets = await serveSecrets(first);
  onTestFinished(() => secrets.close());
  return secrets;
}

const clientOf = ({ endpoint }: SecretsDouble, options: Parameters<typeof newSecretsClient>[0] = {}) =>
  newSecretsClient({ endpoint, region: 'eu-central-1', credentials: CREDENTIALS, ...options });

async function failureOf(work: Promise<unknown>): Promise<CredentialsError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CredentialsError)) throw error ?? new Error('the secret was read');
  return error;
}

test('a secret is read at each call, by its name or its ARN', async () => {
  const secrets = await newSecrets({ text: 'one' });
  const client = clientOf(secrets);
  expect(await readSecret(client, 'anodot/token', forever)).toMatchObject({ text: 'one' });
  secrets.reply(() => ({ text: 'two' }));
  expect(await readSecret(client, ARN, forever)).toMatchObject({ text: 'two' });
  expect(secrets.calls).toEqual(['anodot/token', ARN]);
});

test('if Secrets Manager does not respond, the call is retried, and soon fails', async () => {
  const secrets = await newSecrets('no answer');
  const requestHandler = { requestTimeout: 500, throwOnRequestTimeout: true };
  const client = clientOf(secrets, { requestHandler, maxAttempts: 2 });
  const { message } = await failureOf(readSecret(client, ARN, forever));
  expect(message).toBe(
    `the secret ${ARN} could not be read: no response from Secrets Manager (ETIMEDOUT). Check the network, and run again later`,
  );
  expect(secrets.calls).toHaveLength(2);
});

test('the client that the function creates waits for Secrets Manager for seconds only, and tries four times', async () => {
  const client = clientOf(await newSecrets({ text: 'one' }));
  await readSecret(client, 's', forever);
  expect(await patienceOf(client)).toEqual({ ...QUICK, maxAttempts: 4 });
});

test('the end of the run ends the wait for the secret', async () => {
  const secrets = await newSecrets('no answer');
  const { message } = await failureOf(readSecret(clientOf(secrets), 's', AbortSignal.timeout(50)));
  expect(message).toContain('no response from Secrets Manager (AbortError)');
});

test('a secret that cannot be read without AWS credentials points to the role', async () => {
  const secrets = await newSecrets({ text: 'x' });
  const none = async () => {
    throw Object.assign(new Error('no canary'), { name: 'CredentialsProviderError' });
  };
  const { message } = await failureOf(readSecret(clientOf(secrets, { credentials: none }), 's', forever));
  expect(message).toBe('the secret s could not be read: the function has no AWS credentials. Fix its role');
});

test('an AWS error is reported with its name only, never its message', async () => {
  const secrets = await newSecrets({ error: 'SomethingNewException', message: 'zqxj' });
  const error = await failureOf(readSecret(clientOf(secrets), 's', forever));
  expect(error.message).toBe(
    'the secret s could not be read: SomethingNewException. Look up this AWS Secrets Manager error',
  );
  expect(everythingIn(error)).not.toContain('zqxj');
  secrets.reply(() => ({ error: 'zqxj zqxj' }));
  expect(everythingIn(await failureOf(readSecret(clientOf(secrets), 's', forever)))).not.toContain('zqxj');
});

test('a bug while reading the secret is thrown unchanged', async () => {
  const secrets = await newSecrets({ text: 'x' });
  const broken = async () => {
    throw new TypeError('a bug');
  };
  await expect(readSecret(clientOf(secrets, { credentials: broken }), 's', forever)).rejects.toThrow(TypeError);
});
