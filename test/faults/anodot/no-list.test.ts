import { describe, expect, test } from 'vitest';
import { RefusedSnapshotError, SourceContractError } from '../../../functions/snapshot/errors.ts';
import { at, both, exitOf, json, manyUsers, status } from '../../support/anodot/canary-replies.ts';
import { answer } from '../../support/anodot/server.ts';
import { CANARY_TEXT, CANARY_TOKEN, canaryUser } from '../../support/canary.ts';
import { shown } from '../../support/fault-table.ts';
import { failing, GOOD_USERS, publishing } from '../../support/faulted-run.ts';

/** A response that is not a list of users of one organization fails the run. */

describe('a response that is not a list of users', () => {
  const envelope = {
    path: '/api/v2/users',
    message: CANARY_TEXT,
    additionalInfo: null,
    name: 'HttpError',
    andtErrorCode: 1002,
    status: 200,
  };
  test.for([
    ['an HTML login page', `<!doctype html><title>Log in</title>${CANARY_TEXT}`],
    ['HTML after white space', ` \r\n<html>${CANARY_TEXT}`],
    ['null', 'null'],
    ['an object', CANARY_TEXT],
    ['the error envelope', JSON.stringify(envelope)],
    ['an object around the list', JSON.stringify({ users: GOOD_USERS })],
    ['a string', JSON.stringify(CANARY_TEXT)],
    ['a number', '12'],
    ['a word', CANARY_TOKEN],
    ['two lists', `${JSON.stringify(GOOD_USERS)}${JSON.stringify(GOOD_USERS)}`],
    ['one JSON object per line', GOOD_USERS.map((user) => JSON.stringify(user)).join('\n')],
    ['a list with a trailing comma', `${JSON.stringify(GOOD_USERS).slice(0, -1)},]`],
    ['a list without a comma', JSON.stringify(GOOD_USERS).replace('},{', '}{')],
    ['a list followed by a word', `${JSON.stringify(GOOD_USERS)} ${CANARY_TOKEN}`],
    ['UTF-16', Buffer.from(JSON.stringify(GOOD_USERS), 'utf16le')],
  ] as const)('but %s fails the run at once, and all of it is kept under raw/', async ([what, body]) => {
    const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([Buffer.from(body)]);
    shown('F11', `users are ${what}`, exitOf(error));
  });

  test.for(['', ' \r\n'])('but is empty (%j) is requested once more before the run fails', async (body) => {
    const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(2);
    expect(raw).toEqual([Buffer.from(body), Buffer.from(body)]);
    shown('F11', `an empty body, ${JSON.stringify(body)}`, exitOf(error));
  });

  test.for(both.flatMap((place) => [201, 202, 204, 206, 402, 409, 418].map((code) => [place, code] as const)))(
    'fails the run at once if %s returns the unexpected status %d',
    async ([place, code]) => {
      const { error, server } = await failing(SourceContractError, at(place, status(code)));
      expect(error.message).toContain(`returned ${code}; expected 200`);
      expect(server.requests).toHaveLength(place === 'exchange' ? 1 : 2);
      if (code === 204) shown('F11', `${code} from ${place}`, exitOf(error));
    },
  );

  test('fails the run at once if users return 400', async () => {
    const { gets } = await failing(SourceContractError, { users: status(400) });
    expect(gets).toHaveLength(1);
  });
});

describe('an account without users', () => {
  test.for(['[]', ' [ ]\n', '\ufeff[]'])('is refused, and the response %j is kept under raw/', async (body) => {
    const { error, gets, raw, document } = await failing(RefusedSnapshotError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([Buffer.from(body)]);
    expect(document.status).toBe('refused');
    shown('F12', `users are ${JSON.stringify(body)}`, exitOf(error));
  });

  test('is published if SNAPSHOT_ALLOW_EMPTY is set', async () => {
    const { rows, taken } = await publishing({ users: answer([]) }, { environment: { SNAPSHOT_ALLOW_EMPTY: 'true' } });
    expect(rows).toEqual([]);
    expect(taken.manifest?.user_count).toBe(0);
    shown(
      'F12',
      'users are [], and SNAPSHOT_ALLOW_EMPTY is set',
      `published, user_count ${taken.manifest?.user_count}`,
    );
  });
});

describe('a response that is not UTF-8', () => {
  const text = String(json([...manyUsers, canaryUser(5000, { lastName: 'HERE' })]));
  const [before = '', after = ''] = text.split('HERE');
  test.for([
    ['a byte of Latin-1', [0xe9]],
    ['a lone continuation', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a code point beyond Unicode', [0xf5, 0x80, 0x80, 0x80]],
    ['half a character', [0xe2, 0x82]],
  ] as const)('violates the contract because of %s, and all of it is kept under raw/', async ([what, bad]) => {
    const body = Buffer.concat([Buffer.from(before), Buffer.from(bad), Buffer.from(after)]);
    const { error, gets, raw } = await failing(SourceContractError, { users: answer(body) });
    expect(gets).toHaveLength(1);
    expect(raw).toEqual([body]);
    shown('F21', `users contain ${what}`, exitOf(error));
  });

  test('is not one that begins with a byte order mark, which is accepted', async () => {
    const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), json(GOOD_USERS)]);
    const { rows, raw } = await publishing({ users: answer(body) });
    expect(rows).toHaveLength(GOOD_USERS.length);
    expect(raw).toEqual([body]);
    shown('F21', 'a byte order mark', `published, ${rows.length} rows`);
  });
});

test('a response with users of two owner organizations is refused and kept under raw/', async () => {
  const body = json([...manyUsers, canaryUser(5000, { ownerOrganization: '7'.repeat(24) })]);
  const { error, gets, raw } = await failing(RefusedSnapshotError, { users: answer(body) });
  expect(gets).toHaveLength(1);
  expect(raw).toEqual([body]);
  shown('F26', 'one of 1,001 users is of another organization', exitOf(error));
});
