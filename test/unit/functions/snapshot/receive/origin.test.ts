import { rm } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { StoredToken } from '../../../../../functions/snapshot/anodot/token.ts';
import type { Manifest } from '../../../../../functions/snapshot/commits/manifest.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { head } from '../../../../support/anodot/canary-replies.ts';
import { answer, BEARER, bytes, inTurn, serveAnodot } from '../../../../support/anodot/server.ts';
import type { Replies } from '../../../../support/faulted-run.ts';
import { sha256 } from '../../../../support/stored-commits.ts';
import { newFolder, take } from '../../../../support/take.ts';

/** The manifest records the response that was published and the token that was really used, whatever happened before. */

const USERS = JSON.stringify([{ _id: 'a' }, { _id: 'b' }]);
const GROUPS = JSON.stringify([{ id: 'g1', name: 'Operations' }]);
const stored = (digit: number) => ({
  text: `${digit}0ffee00c0ffee00c0ffee00c0ffee00`,
  version: `${digit}c2f7c6e-5a0d-4f0e-9d6a-0b8f1f2a3c4d`,
});
const [FIRST, SECOND, THIRD] = [stored(1), stored(2), stored(3)] as const;

/** @param tokens what each reading of the token returns. The last repeats. Default: the first */
async function manifestOf(replies: Replies, ...tokens: readonly StoredToken[]): Promise<Manifest> {
  const folder = await newFolder();
  const server = await serveAnodot({ users: answer(USERS), groups: answer(GROUPS), ...replies });
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  let reads = 0;
  const readToken = async () => tokens[Math.min(reads++, tokens.length - 1)] ?? FIRST;
  const { manifest } = await take({ url: server.url, store: new FolderStore(folder), readToken });
  if (!manifest) throw new Error('another run replaced the snapshot');
  return manifest;
}

const versionsIn = ({ token, groups_received }: Manifest) => [
  token?.secret_version,
  groups_received?.token.secret_version,
];
const rejected = answer('', 401);
const exchanged = answer(JSON.stringify(BEARER));

describe('the token in the manifest', () => {
  test('is of kind refresh if it was exchanged', async () => {
    expect((await manifestOf({}, FIRST)).token).toEqual({ kind: 'refresh', secret_version: FIRST.version });
  });

  test('is of kind access if it was used as it is', async () => {
    const token = { text: BEARER, version: FIRST.version };
    expect((await manifestOf({}, token)).token).toEqual({ kind: 'access', secret_version: FIRST.version });
  });

  test('has no version if it is not from a secret, or if the version is not one', async () => {
    expect((await manifestOf({}, { text: BEARER })).token).toEqual({ kind: 'access', secret_version: null });
    const odd = { text: FIRST.text, version: 'ada@example.com' };
    expect((await manifestOf({}, odd)).token).toEqual({ kind: 'refresh', secret_version: null });
  });

  test.each<[string, Replies, readonly StoredToken[]]>([
    ['before the exchange', { exchange: inTurn(rejected, exchanged) }, [SECOND, SECOND]],
    ['before users are requested', { users: inTurn(rejected, answer(USERS)) }, [SECOND, SECOND]],
    ['before groups are requested', { groups: inTurn(rejected, answer(GROUPS)) }, [FIRST, SECOND]],
    [
      'before users, and again before the second exchange',
      { users: inTurn(rejected, answer(USERS)), exchange: inTurn(exchanged, rejected, exchanged) },
      [THIRD, THIRD],
    ],
    [
      'while users break off',
      { users: inTurn(bytes([head('content-length: 1000'), '[{"_id": "a"}']), rejected, answer(USERS)) },
      [SECOND, SECOND],
    ],
  ])('is the one that each response was received with if it is rotated %s', async (_, replies, used) => {
    const manifest = await manifestOf(replies, FIRST, SECOND, THIRD);
    expect(versionsIn(manifest)).toEqual(used.map(({ version }) => version));
  });

  test('is the new kind if an access token is rotated to a refresh token', async () => {
    const access = { text: BEARER, version: FIRST.version };
    const { token } = await manifestOf({ users: inTurn(rejected, answer(USERS)) }, access, SECOND);
    expect(token).toEqual({ kind: 'refresh', secret_version: SECOND.version });
  });
});

describe('the response in the manifest', () => {
  test.each([
    ['that breaks off', bytes([head('content-length: 1000'), '[{"_id": "a"}'])],
    ['that is incomplete', answer('[{"_id": "a"}')],
    ['of status 503', answer('', 503)],
  ])('is the one that was published, not an earlier one %s', async (_, broken) => {
    const manifest = await manifestOf({ users: inTurn(broken, answer(USERS)), groups: inTurn(broken, answer(GROUPS)) });
    expect(manifest.response).toMatchObject({ status: 200, bytes: USERS.length, sha256: sha256(USERS) });
    expect(manifest.groups_received?.response).toMatchObject({
      status: 200,
      bytes: GROUPS.length,
      sha256: sha256(GROUPS),
    });
  });

  test('has no bytes and no hash of groups that were denied', async () => {
    const date = 'Mon, 23 Nov 2026 02:15:01 GMT';
    const manifest = await manifestOf({ groups: answer('denied', 403, { date }) }, FIRST);
    expect(manifest).toMatchObject({ groups: 'denied' });
    expect(manifest.groups_received).toEqual({
      request: { method: 'GET', path: '/api/v2/groups', parameters: {} },
      response: { status: 403, date: '2026-11-23T02:15:01.000Z', bytes: null, sha256: null },
      token: { kind: 'refresh', secret_version: FIRST.version },
    });
  });

  test('is null for groups that failed', async () => {
    const manifest = await manifestOf({ groups: answer({ not: 'a list' }) });
    expect(manifest).toMatchObject({ groups: 'failed', groups_received: null });
  });
});
