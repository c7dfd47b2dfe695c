import { App, Aws, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { tokenAccess } from '../../../lib/token-access.ts';
import { shown } from '../../support/fault-table.ts';

const ENV = { account: '111111111111', region: 'eu-central-1' };
const OTHER = 'arn:aws:secretsmanager:eu-central-1:222222222222:secret:anodot/token';
const keyArn = 'arn:aws:kms:eu-central-1:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test.each<[string, (stack: Stack) => ISecret, string]>([
  ['a partial ARN of another account', (stack) => Secret.fromSecretPartialArn(stack, 'S', OTHER), OTHER],
  [
    'a partial ARN of another account, with its key',
    (stack) =>
      Secret.fromSecretAttributes(stack, 'S', {
        secretPartialArn: OTHER,
        encryptionKey: Key.fromKeyArn(stack, 'K', keyArn),
      }),
    OTHER,
  ],
  ['a complete ARN', (stack) => Secret.fromSecretCompleteArn(stack, 'S', `${OTHER}-AbCdEf`), `${OTHER}-AbCdEf`],
  ['a name', (stack) => Secret.fromSecretNameV2(stack, 'S', 'anodot/token'), 'anodot/token'],
])('a secret that is given by %s is requested by what finds it', (name, given, expected) => {
  for (const env of [undefined, ENV]) {
    const stack = new Stack(new App(), 'company', env && { env });
    const { environment } = tokenAccess(given(stack));
    expect(environment).toEqual({ ANODOT_TOKEN_SECRET_ID: expected });
  }
  const before = name.startsWith('a partial ARN') ? 'the bare name, which is looked up in the own account' : undefined;
  shown('C37', `a secret by ${name}`, `the environment has ${expected}`, before);
});

test('the policy names a secret of another account with the six characters that AWS appends', () => {
  const stack = new Stack(new App(), 'company', { env: ENV });
  const { statements } = tokenAccess(Secret.fromSecretPartialArn(stack, 'S', OTHER));
  expect(statements.map((one) => one.resources)).toEqual([[`${OTHER}-??????`]]);
});

test('an ARN of which only the region is known at deployment keeps its account', () => {
  const stack = new Stack(new App(), 'company');
  const arn = `arn:aws:secretsmanager:${Aws.REGION}:222222222222:secret:anodot/token`;
  const { environment } = tokenAccess(Secret.fromSecretPartialArn(stack, 'S', arn));
  expect(environment).toEqual({ ANODOT_TOKEN_SECRET_ID: arn });
});
