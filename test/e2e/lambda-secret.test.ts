import { expect, test } from 'vitest';
import { answer, inTurn } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN } from '../support/canary.ts';
import type { SecretReply } from '../support/lambda/secrets-double.ts';
import { SECRET_ID } from '../support/lambda/world.ts';
import { install, linesOf, metricsOf, onlyRunDocument, resultOf, USERS } from './installation.ts';

const MISSING = "Secrets Manager can't find the specified secret";
const SECOND = `${CANARY_TOKEN}2`;
const bearer = answer(JSON.stringify(CANARY_BEARER));

test.for<[string, SecretReply, string]>([
  ['does not exist', { error: 'ResourceNotFoundException', message: `${MISSING}.` }, 'No such secret'],
  [
    'has no value yet',
    { error: 'ResourceNotFoundException', message: `${MISSING} value for staging label: AWSCURRENT` },
    'not filled in yet',
  ],
  [
    'the role may not read',
    { error: 'AccessDeniedException', message: 'is not authorized to perform: secretsmanager:GetSecretValue' },
    'AccessDeniedException. Allow secretsmanager:GetSecretValue',
  ],
  [
    'has a KMS key that the role may not use',
    { error: 'AccessDeniedException', message: 'Access to KMS is not allowed' },
    'KMS key',
  ],
  ['has a disabled KMS key', { error: 'DecryptionFailure', message: "can't decrypt" }, 'KMS key'],
  ['is scheduled for deletion', { error: 'InvalidRequestException', message: 'marked for deletion' }, 'restore it'],
  ['is empty', { text: '' }, 'is empty: not filled in yet'],
  ['is only white space', { text: ' \r\n\t' }, 'is empty: not filled in yet'],
  ['holds an empty token', { text: '{"refreshToken": ""}' }, 'not filled in yet'],
  ['is binary', { binary: Buffer.from(CANARY_TOKEN).toString('base64') }, 'holds binary data'],
  ['is in quotation marks', { text: `"${CANARY_TOKEN}"` }, 'is malformed'],
  ['is truncated JSON', { text: `{"refreshToken": "${CANARY_TOKEN}` }, 'is malformed'],
  ['is JSON without a refreshToken', { text: `{"token": "${CANARY_TOKEN}"}` }, 'is malformed'],
  ['contains a line feed', { text: `${CANARY_TOKEN}\n${CANARY_TOKEN}` }, 'is malformed'],
  ['is throttled on every call', { error: 'ThrottlingException', message: 'Rate exceeded' }, 'run again later'],
  ['cannot be reached', 'reset', 'no response from Secrets Manager'],
])(
  'a secret that %s fails the run with an error that names the secret, before any request to Anodot',
  async ([, secret, says]) => {
    const { invoke, store, anodot, log } = await install({ secret });
    const { error } = await invoke({});
    expect(error?.errorType).toBe('CredentialsError');
    expect(error?.errorMessage).toContain(`the secret ${SECRET_ID} `);
    expect(error?.errorMessage).toContain(says);
    expect(anodot.requests).toEqual([]);
    expect(await onlyRunDocument(store)).toMatchObject({ status: 'failed', code: 3, message: error?.errorMessage });
    expect(linesOf(await log()).find(({ message }) => message === 'run ended')).toMatchObject({
      status: 'failed',
      code: 3,
      error: { name: 'CredentialsError', code: 3, message: error?.errorMessage },
    });
    expect(metricsOf(await log())).toMatchObject([{ SnapshotFailed: 1 }]);
  },
);

test.for<[string, SecretReply]>([
  ['padded', { text: `\n ${CANARY_TOKEN}\r\n` }],
  ['JSON with a padded token', { text: ` {"refreshToken": " ${CANARY_TOKEN}\\n"}\n` }],
])('a secret that is %s is trimmed before use', async ([, secret]) => {
  const { invoke, anodot } = await install({ secret });
  expect(resultOf(await invoke({})).status).toBe('published');
  expect(anodot.requests[0]?.body).toBe(JSON.stringify({ refreshToken: CANARY_TOKEN }));
});

test.for<[string, SecretReply]>([
  ['are throttled', { error: 'ThrottlingException' }],
  ['return an internal error', { status: 500, error: 'InternalServiceError' }],
  ['are cut off', 'reset'],
])('the secret is read again after two calls that %s', async ([, reply]) => {
  const { invoke, secrets } = await install();
  secrets.reply((n) => (n <= 2 ? reply : { text: CANARY_TOKEN }));
  expect(resultOf(await invoke({})).status).toBe('published');
  expect(secrets.calls).toEqual([SECRET_ID, SECRET_ID, SECRET_ID]);
});

test('a token that is rotated between two runs is used by the second run, even in the same process', async () => {
  const { invoke, secrets, anodot } = await install();
  await invoke({});
  secrets.reply(() => ({ text: SECOND }));
  expect(resultOf(await invoke({}))).toMatchObject({ status: 'published', commit: 2 });
  const exchanges = anodot.requests.filter(({ method }) => method === 'POST');
  expect(exchanges.map(({ body }) => JSON.parse(body))).toEqual([
    { refreshToken: CANARY_TOKEN },
    { refreshToken: SECOND },
  ]);
});

test.for([
  ['before the exchange', { exchange: inTurn(answer('', 401), bearer) }, 2],
  ['before the users are requested', { exchange: bearer, users: inTurn(answer('', 401), answer(USERS)) }, 2],
] as const)('a token that is rotated during a run, %s, is read again', async ([, anodot, reads]) => {
  const world = await install({ anodot });
  world.secrets.reply((n) => ({ text: n === 1 ? CANARY_TOKEN : SECOND }));
  expect(resultOf(await world.invoke({})).status).toBe('published');
  const exchanges = world.anodot.requests.filter(({ method }) => method === 'POST');
  expect(exchanges.map(({ body }) => JSON.parse(body).refreshToken)).toEqual([CANARY_TOKEN, SECOND]);
  expect(world.secrets.calls).toHaveLength(reads);
});

test('if Secrets Manager never responds, the run fails before Lambda times out', async () => {
  const { invoke } = await install({ secret: 'no answer' });
  const { error, left } = await invoke({}, 6_000);
  expect(error?.errorType).toBe('CredentialsError');
  expect(error?.errorMessage).toContain('no response from Secrets Manager');
  expect(left).toBeGreaterThan(0);
});
