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
])('a secret imported by %s is requested by an id that finds it', (name, given, expected) => {
  for (const env of [undefined, ENV]) {
    const stack = new Stack(new App(), 'company', env && { env });
    const { environment } = tokenAccess(given(stack), stack);
    expect(environment).toEqual({ ANODOT_TOKEN_SECRET_ID: expected });
  }
  const before = name.startsWith('a partial ARN')
    ? "the bare name, which is looked up in the caller's own account"
    : undefined;
  shown('C37', `a secret by ${name}`, `the environment has ${expected}`, before);
});

test('the policy names a secret of another account with the six characters that AWS appends', () => {
  const stack = new Stack(new App(), 'company', { env: ENV });
  const { statements } = tokenAccess(Secret.fromSecretPartialArn(stack, 'S', OTHER), stack);
  expect(statements.map((one) => one.resources)).toEqual([[`${OTHER}-??????`]]);
});

test('an ARN whose region is known only at deployment keeps its account', () => {
  const stack = new Stack(new App(), 'company');
  const arn = `arn:aws:secretsmanager:${Aws.REGION}:222222222222:secret:anodot/token`;
  const { environment } = tokenAccess(Secret.fromSecretPartialArn(stack, 'S', arn), stack);
  expect(environment).toEqual({ ANODOT_TOKEN_SECRET_ID: arn });
});

test.each<[string, (stack: Stack) => ISecret]>([
  ['name', (stack) => Secret.fromSecretNameV2(stack, 'S', 'anodot/token')],
  ['partial ARN', (stack) => Secret.fromSecretPartialArn(stack, 'S', OTHER)],
])(
  "a secret by %s in another account's stack is requested by its ARN, for which the policy allows it",
  (kind, given) => {
    const app = new App();
    const theirs = new Stack(app, 'theirs', { env: { ...ENV, account: '222222222222' } });
    const ours = new Stack(app, 'ours', { env: ENV });
    const { environment, statements } = tokenAccess(given(theirs), ours);
    const id = ours.resolve(environment['ANODOT_TOKEN_SECRET_ID']);
    const resources = ours.resolve(statements.flatMap((one) => one.resources));
    expect(JSON.stringify(id)).toContain(':secretsmanager:eu-central-1:222222222222:secret:anodot/token');
    expect(JSON.stringify(resources)).toBe(`[${JSON.stringify(id).replace('anodot/token', 'anodot/token-??????')}]`);
    shown(
      'C37',
      `a secret by ${kind}, in the stack of another account`,
      'the environment has the ARN, and the policy the same one',
      "the bare name, which is looked up in the caller's own account",
    );
  },
);

test("a secret by name in a stack without env is requested by its name, in another stack's account too", () => {
  const app = new App();
  const secret = Secret.fromSecretNameV2(new Stack(app, 'anywhere'), 'S', 'anodot/token');
  const { environment } = tokenAccess(secret, new Stack(app, 'ours', { env: ENV }));
  expect(environment).toEqual({ ANODOT_TOKEN_SECRET_ID: 'anodot/token' });
});

test("a secret's key is used through the service of the function's region, wherever the secret is imported", () => {
  const app = new App();
  const elsewhere = new Stack(app, 'elsewhere', { env: { ...ENV, region: 'us-east-1' } });
  const secret = Secret.fromSecretAttributes(elsewhere, 'S', {
    secretCompleteArn: `${OTHER}-AbCdEf`,
    encryptionKey: Key.fromKeyArn(elsewhere, 'K', keyArn),
  });
  const { keyStatements } = tokenAccess(secret, new Stack(app, 'ours', { env: ENV }));
  expect(keyStatements.map((one) => one.conditions)).toEqual([
    { StringEquals: { 'kms:ViaService': expect.stringMatching(/^secretsmanager\.eu-central-1\./) } },
  ]);
  shown(
    'C37',
    'a secret and its key, imported in a stack of another region',
    "the key is used through secretsmanager in the function's region",
    'through secretsmanager in the other region: KMS denied the function',
  );
});
