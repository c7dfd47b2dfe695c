import { describe, expect, test } from 'vitest';
import { CredentialsError, SourceContractError } from '../../../functions/snapshot/errors.ts';
import { at, bearer, both, exitOf, head, json, status, users } from '../../support/anodot/canary-replies.ts';
import { answer, bytes, inTurn } from '../../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TEXT, CANARY_TOKEN } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing } from '../../support/faulted-run.ts';

/** When a token is read again, exchanged again, or reported as invalid. */

describe('a token', () => {
  test.for([400, 401])(
    'that the exchange rejects with %d is read once more, then reported as invalid',
    async (code) => {
      let reads = 0;
      const readToken = async () => {
        reads++;
        return CANARY_TOKEN;
      };
      const { error, posts, gets } = await failing(CredentialsError, { exchange: status(code) }, { readToken });
      expect(reads).toBe(2);
      expect(posts).toHaveLength(1);
      expect(gets).toHaveLength(0);
      expect(error.message).toContain(`access-token returned ${code}`);
      expect(error.message).toContain('ANODOT_TOKEN');
      shown('F1', `the exchange returns ${code}`, `${reads} reads of the secret, ${exitOf(error)}`);
    },
  );

  test('that was rotated before the exchange is read again and exchanged', async () => {
    const tokens = ['0'.repeat(32), CANARY_TOKEN];
    const { posts } = await publishing(
      { exchange: inTurn(status(401), bearer) },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts.map(({ body }) => JSON.parse(body).refreshToken)).toEqual(['0'.repeat(32), CANARY_TOKEN]);
    shown('F1', 'the exchange returns 401, and the secret was rotated', `published after ${posts.length} exchanges`);
  });

  test('that was rotated and is rejected again is reported as invalid', async () => {
    let reads = 0;
    const { posts } = await failing(
      CredentialsError,
      { exchange: status(401) },
      { readToken: async () => `${CANARY_TOKEN}${reads++}` },
    );
    expect(posts).toHaveLength(2);
  });

  test('that was rotated during the run is read again when its bearer is rejected', async () => {
    const tokens = ['0'.repeat(32), CANARY_TOKEN];
    const { posts, gets } = await publishing(
      {
        exchange: inTurn(answer(JSON.stringify('old.old.old')), bearer),
        users: (response, n, request) =>
          (request.headers.authorization === `Bearer ${CANARY_BEARER}` ? users : status(401))(response, n, request),
      },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts.map(({ body }) => JSON.parse(body).refreshToken)).toEqual(['0'.repeat(32), CANARY_TOKEN]);
    expect(gets.map(({ headers }) => headers.authorization)).toEqual(['Bearer old.old.old', `Bearer ${CANARY_BEARER}`]);
    shown('F28', 'the secret is rotated during the run', `read again: published after ${posts.length} exchanges`);
  });

  test('whose bearer is rejected is exchanged once more, then reported as invalid', async () => {
    const { error, posts, gets } = await failing(CredentialsError, { users: status(401) });
    expect(posts).toHaveLength(2);
    expect(gets).toHaveLength(2);
    expect(error.message).toContain('users returned 401');
    shown('F2', 'users return 401 every time', `${posts.length} exchanges, ${exitOf(error)}`);
  });

  test('whose bearer expires between two attempts is exchanged once more', async () => {
    const half = bytes([head('content-length: 100000'), json(GOOD_USERS).subarray(0, 100)]);
    const { posts, gets } = await publishing({ users: inTurn(half, status(401), users) });
    expect(posts).toHaveLength(2);
    expect(gets).toHaveLength(3);
    shown('F2', 'users return 401 once', `published after ${posts.length} exchanges`);
  });

  test('that is already a bearer is used without an exchange, and read again if it is rejected', async () => {
    const tokens = ['old.old.old', JSON.stringify({ accessToken: CANARY_BEARER })];
    const { posts, gets } = await publishing(
      { users: inTurn(status(401), users) },
      { readToken: async () => tokens.shift() ?? '' },
    );
    expect(posts).toHaveLength(0);
    expect(gets.map(({ headers }) => headers.authorization)).toEqual(['Bearer old.old.old', `Bearer ${CANARY_BEARER}`]);
  });

  test.for(both)('that lacks permission (403 from %s) fails the run at once', async (place) => {
    const { error, posts, gets } = await failing(CredentialsError, at(place, status(403)));
    expect([posts.length, gets.length]).toEqual(place === 'exchange' ? [1, 0] : [1, 1]);
    shown('F3', `403 from ${place}`, exitOf(error));
  });

  test.for([
    ['empty', ''],
    ['only white space', ' \r\n'],
    ['an empty field', '{"refreshToken": ""}'],
    ['in quotes', JSON.stringify(CANARY_TOKEN)],
    ['malformed JSON', `{"refreshToken": "${CANARY_TOKEN}`],
    ['split by a line feed', `${CANARY_TOKEN}\n${CANARY_TOKEN}`],
    ['split by a line feed in JSON', JSON.stringify({ accessToken: `${CANARY_BEARER}\r\nx-evil: 1` })],
    ['followed by a NUL', `${CANARY_TOKEN}\0`],
    ['binary data', `\ufffd\u0001${CANARY_TOKEN}`],
  ] as const)(
    'that is %s is reported by the name of its variable, not its value, and no request is sent',
    async ([what, text]) => {
      const { error, server } = await failing(CredentialsError, {}, { readToken: async () => text });
      expect(error.message).toMatch(/^ANODOT_TOKEN /);
      expect(server.requests).toHaveLength(0);
      expect(server.connections).toBe(0);
      shown('F27', `a token that is ${what}`, exitOf(error));
    },
  );

  test('followed by a line end is trimmed', async () => {
    const { posts } = await publishing({}, { readToken: async () => `${CANARY_TOKEN}\r\n` });
    expect(posts.map(({ body }) => body)).toEqual([JSON.stringify({ refreshToken: CANARY_TOKEN })]);
    shown('F28', 'a token followed by a line end', 'trimmed, published');
  });

  test.for([
    ['HTML', '<!doctype html><title>Log in</title>'],
    ['nothing', ''],
    ['null', 'null'],
    ['an object without a token', CANARY_TEXT.replace('"token"', '"other"')],
    ['a bearer with a line feed', JSON.stringify(`${CANARY_BEARER}\r\nx-evil: 1`)],
    ['a truncated bearer', `"${CANARY_BEARER}`],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0x61, 0xff, 0x22])],
    ['an oversized bearer', JSON.stringify(CANARY_BEARER.repeat(2000))],
  ] as const)('that is exchanged for %s fails the run as a violated contract', async ([, body]) => {
    const { posts, gets } = await failing(SourceContractError, { exchange: answer(body) });
    expect(posts).toHaveLength(1);
    expect(gets).toHaveLength(0);
  });
});
