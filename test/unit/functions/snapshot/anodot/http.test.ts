import { expect, test } from 'vitest';
import { SourceUnavailableError } from '../../../../../functions/snapshot/errors.ts';
import type { RequestEvent } from '../../../../../functions/snapshot/request-event.ts';
import { allClosed, serve, socketsOf } from '../../../../support/anodot/connections.ts';
import { answer, BEARER, bytes, inTurn, type Reply, TOKEN } from '../../../../support/anodot/server.ts';
import { sourceAt, usersBytes } from '../../../../support/anodot/source-at.ts';
import { deadlineIn } from '../../../../support/take.ts';

/** How requests travel: what is sent, which connection carries it, and when a response is complete. */

const USERS = JSON.stringify([{ _id: 'a' }, { _id: 'b' }]);
test('a request says what it accepts and who sends it, and a token is sent with its length', async () => {
  const { url, requests } = await serve({ users: answer(USERS) });
  await usersBytes(sourceAt(url));
  const [post, get] = requests;
  expect(post?.headers).toMatchObject({
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate',
    'content-type': 'application/json',
    'content-length': String(post?.body.length),
    'user-agent': expect.stringMatching(/^anodot-user-snapshots\/\d/),
  });
  expect(post?.headers).not.toHaveProperty('transfer-encoding');
  expect(get?.headers).toMatchObject({
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate',
    authorization: `Bearer ${BEARER}`,
    'user-agent': post?.headers['user-agent'],
  });
  expect(get?.headers).not.toHaveProperty('content-length');
});

test('the exchange, users and groups share one connection', async () => {
  const server = await serve({ users: answer(USERS) });
  const source = sourceAt(server.url);
  await usersBytes(source);
  const groups = await source.openGroups(deadlineIn(30_000));
  if ('denied' in groups) throw new Error('groups were denied');
  for await (const _ of groups.batches());
  expect(server.requests).toHaveLength(3);
  expect(server.connections).toBe(1);
});

test('a connection that the server has closed in the meantime is replaced without a failure', async () => {
  const { sockets, options } = socketsOf();
  const server = await serve({ users: answer(USERS) }, options);
  const events: RequestEvent[] = [];
  const source = sourceAt(server.url, { onRequest: (event) => void events.push(event) });
  await source.authenticate(deadlineIn(30_000));
  const [idle] = sockets;
  if (!idle) throw new Error('no connection was made');
  idle.end();
  await allClosed([idle]); // this end closes once the client has closed the other
  expect(String(await usersBytes(source))).toBe(USERS);
  expect(server.connections).toBe(2);
  expect(events.filter(({ event }) => event === 'failure' || event === 'pause')).toEqual([]);
});

test('a connection that the server closes as a request arrives is replaced, and takes none of the attempts', async () => {
  const closed: Reply = ({ socket }) => socket?.destroy();
  const busy = answer('', 503);
  const server = await serve({ users: inTurn(closed, busy, busy, busy, answer(USERS)) });
  expect(String(await usersBytes(sourceAt(server.url)))).toBe(USERS);
  expect(server.requests).toHaveLength(6);
});

test('a new connection that the server closes is an attempt that failed', async () => {
  const closed: Reply = ({ socket }) => socket?.destroy();
  const { url, requests } = await serve({ exchange: closed });
  await expect(usersBytes(sourceAt(url))).rejects.toThrow('tried 4 times');
  expect(requests).toHaveLength(4);
});

test.for([
  ['without a length that ends with its connection', ['HTTP/1.1 200 OK\r\n\r\n', USERS]],
  ['of HTTP/1.0', ['HTTP/1.0 200 OK\r\n\r\n', USERS]],
  [
    'after 100 Continue and 103 Early Hints',
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', USERS],
  ],
  [
    'followed by bytes that nobody asked for',
    [`HTTP/1.1 200 OK\r\ncontent-length: ${USERS.length}\r\n\r\n`, USERS, '\u0001\u0002 more'],
  ],
  [
    'followed by another response',
    [
      `HTTP/1.1 200 OK\r\ncontent-length: ${USERS.length}\r\n\r\n`,
      USERS,
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]',
    ],
  ],
] as const)('a response %s is complete', async ([, parts]) => {
  const { url } = await serve({ users: bytes(parts) });
  expect(String(await usersBytes(sourceAt(url)))).toBe(USERS);
});

test('a response that switches protocols is reported after the last attempt', async () => {
  const { url, requests } = await serve({
    users: bytes(['HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n']),
  });
  await expect(usersBytes(sourceAt(url))).rejects.toThrow('tried 4 times');
  expect(requests).toHaveLength(5);
});

test('no text of a response or of a token gets into a message, even if it breaks HTTP', async () => {
  const { url } = await serve({ users: bytes([`HTTP/1.1 200 ${TOKEN}\r\n${TOKEN}\r\n\r\n`]) });
  const error: unknown = await usersBytes(sourceAt(url)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailableError);
  expect(String(error)).not.toContain(TOKEN);
});
