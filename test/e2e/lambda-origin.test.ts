import { expect, test } from 'vitest';
import { answer, inTurn } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN } from '../support/canary.ts';
import { VERSION_ID } from '../support/lambda/secrets-double.ts';
import { sha256 } from '../support/stored-commits.ts';
import { install, resultOf, SERVER, USERS } from './installation.ts';

const [FIRST, SECOND] = ['1', '2'].map((digit) => `${digit}c2f7c6e-5a0d-4f0e-9d6a-0b8f1f2a3c4d`);
const DATE = { date: new Date().toUTCString() };
const iso = new Date(DATE.date).toISOString();

test(`on ${SERVER.name}, the manifest of a run in Lambda says how the account was received, and by what`, async () => {
  const [users, groups] = [JSON.stringify(USERS), JSON.stringify([{ id: 'g1', name: 'Operations' }])];
  const anodot = { users: answer(users, 200, DATE), groups: answer(groups, 200, DATE) };
  const { invoke } = await install({ anodot }, SERVER.newPlaces);
  const { manifest } = resultOf(await invoke({}));
  const token = { kind: 'refresh', secret_version: VERSION_ID };
  expect(manifest).toMatchObject({
    request: { method: 'GET', path: '/api/v2/users', parameters: {} },
    response: { status: 200, date: iso, bytes: Buffer.byteLength(users), sha256: sha256(users) },
    token,
    groups_received: {
      request: { method: 'GET', path: '/api/v2/groups', parameters: {} },
      response: { status: 200, date: iso, bytes: groups.length, sha256: sha256(groups) },
      token,
    },
    host: { kind: 'lambda', function_version: '$LATEST', memory_mb: 512 },
  });
  expect(manifest?.objects.map(({ kind, rows }) => [kind, rows])).toEqual([
    ['json', 3],
    ['csv', 3],
    ['raw', 3],
    ['changes', 0],
    ['groups', 1],
  ]);
});

test('the manifest names the version of the secret that was used after a rotation in the middle of the run', async () => {
  const exchange = answer(JSON.stringify(CANARY_BEARER));
  const { invoke, secrets } = await install({ anodot: { exchange, groups: inTurn(answer('', 401), answer([])) } });
  secrets.reply((n) => ({ text: `${CANARY_TOKEN}${n}`, version: (n === 1 ? FIRST : SECOND) ?? '' }));
  const { manifest } = resultOf(await invoke({}));
  expect(manifest).toMatchObject({
    token: { kind: 'refresh', secret_version: FIRST },
    groups_received: { token: { kind: 'refresh', secret_version: SECOND } },
  });
});

test('a secret that holds an access token is recorded as one, and a version that is not one as null', async () => {
  const { invoke, secrets } = await install();
  secrets.reply(() => ({ text: CANARY_BEARER, version: 'ada@example.com' }));
  expect(resultOf(await invoke({})).manifest).toMatchObject({ token: { kind: 'access', secret_version: null } });
});

test('a run publishes even if Lambda describes the function in an unknown way', async () => {
  const environment = { AWS_LAMBDA_FUNCTION_VERSION: 'newest', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: 'much' };
  const { invoke } = await install({ environment });
  const { manifest } = resultOf(await invoke({}));
  expect(manifest?.host).toEqual({ kind: 'lambda', function_version: null, memory_mb: null });
});
