import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, inTurn } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN } from '../support/canary.ts';
import type { SecretReply } from '../support/lambda/secrets-double.ts';
import { SECRET_ID } from '../support/lambda/world.ts';
import { install, linesOf, makeBundle, metricsOf, onlyRunDocument, resultOf, USERS } from './installation.ts';

let removeBundle: (() => Promise<void>) | undefined;
beforeAll(async () => {
  removeBundle = await makeBundle();
});
afterAll(() => removeBundle?.());

const MISSING = "Secrets Manager can't find the specified secret";
const SECOND = `${CANARY_TOKEN}2`;
const bearer = answer(JSON.stringify(CANARY_BEARER));

test.for<[string, SecretReply, string]>([
  ['is missing', { error: 'ResourceNotFoundException', message: `${MISSING}.` }, 'There is no such secret'],
  [
    'has no value yet',
    { error: 'ResourceNotFoundException', message: `${MISSING} value for staging label: AWSCURRENT` },
    'not filled in yet',
  ],
  [
    'is denied',
    { error: 'AccessDeniedException', message: 'is not authorized to perform: secretsmanager:GetSecretValue' },
    'AccessDeniedException. Allow secretsmanager:GetSecretValue',
  ],
  ['is denied by its key', { error: 'AccessDeniedException', message: 'Access to KMS is not allowed' }, 'KMS key'],
  ['has a key that is disabled', { error: 'DecryptionFailure', message: "can't decrypt" }, 'KMS key'],
  ['is being deleted', { error: 'InvalidRequestException', message: 'marked for deletion' }, 'restore it'],
  ['is empty', { text: '' }, 'is empty: not filled in yet'],
  ['is white space', { text: ' \r\n\t' }, 'is empty: not filled in yet'],
  ['holds an empty token', { text: '{"refreshToken": ""}' }, 'not filled in yet'],
  ['is binary', { binary: Buffer.from(CANARY_TOKEN).toString('base64') }, 'holds binary data'],
  ['is in quotes', { text: `"${CANARY_TOKEN}"` }, 'is malformed'],
  ['is broken JSON', { text: `{"refreshToken": "${CANARY_TOKEN}` }, 'is malformed'],
  ['is other JSON', { text: `{"token": "${CANARY_TOKEN}"}` }, 'is malformed'],
  ['has a line feed inside', { text: `${CANARY_TOKEN}\n${CANARY_TOKEN}` }, 'is malformed'],
  ['is throttled all the time', { error: 'ThrottlingException', message: 'Rate exceeded' }, 'run again later'],
  ['can not be reached', 'reset', 'no answer of Secrets Manager'],
])('a secret that %s fails the run, which names it and asks Anodot nothing', async ([, secret, says]) => {
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
});

test.for<[string, SecretReply]>([
  ['padded', { text: `\n ${CANARY_TOKEN}\r\n` }],
  ['JSON with a padded token', { text: ` {"refreshToken": " ${CANARY_TOKEN}\\n"}\n` }],
])('a secret that is %s is trimmed', async ([, secret]) => {
  const { invoke, anodot } = await install({ secret });
  expect(resultOf(await invoke({})).status).toBe('published');
  expect(anodot.requests[0]?.body).toBe(JSON.stringify({ refreshToken: CANARY_TOKEN }));
});

test.for<[string, SecretReply]>([
  ['throttled', { error: 'ThrottlingException' }],
  ['ailing', { status: 500, error: 'InternalServiceError' }],
  ['cut off', 'reset'],
])('a secret that is %s at first is asked for again', async ([, reply]) => {
  const { invoke, secrets } = await install();
  secrets.reply((n) => (n <= 2 ? reply : { text: CANARY_TOKEN }));
  expect(resultOf(await invoke({})).status).toBe('published');
  expect(secrets.calls).toEqual([SECRET_ID, SECRET_ID, SECRET_ID]);
});

test('a token that is rotated between two runs is used by the second, in a process that knew the first', async () => {
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
  ['before the users are asked for', { exchange: bearer, users: inTurn(answer('', 401), answer(USERS)) }, 2],
] as const)('a token that is rotated in mid-run, %s, is read anew', async ([, anodot, reads]) => {
  const world = await install({ anodot });
  world.secrets.reply((n) => ({ text: n === 1 ? CANARY_TOKEN : SECOND }));
  expect(resultOf(await world.invoke({})).status).toBe('published');
  const exchanges = world.anodot.requests.filter(({ method }) => method === 'POST');
  expect(exchanges.map(({ body }) => JSON.parse(body).refreshToken)).toEqual([CANARY_TOKEN, SECOND]);
  expect(world.secrets.calls).toHaveLength(reads);
});

test('a secret that Secrets Manager keeps to itself fails the run before Lambda ends it', async () => {
  const { invoke } = await install({ secret: 'no answer' });
  const { error, left } = await invoke({}, 3_000);
  expect(error?.errorType).toBe('CredentialsError');
  expect(error?.errorMessage).toContain('no answer of Secrets Manager');
  expect(left).toBeGreaterThan(0);
});
