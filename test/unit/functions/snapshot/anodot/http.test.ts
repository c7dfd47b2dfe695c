import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import type { Deadline } from '../../../../../functions/snapshot/deadline.ts';
import { InterruptedError, SourceUnavailableError } from '../../../../../functions/snapshot/errors.ts';
import type { RequestEvent } from '../../../../../functions/snapshot/request-event.ts';
import {
  answer,
  BEARER,
  bytes,
  inTurn,
  type Reply,
  type ServerOptions,
  serveAnodot,
  TOKEN,
} from '../../../../support/anodot/server.ts';
import { sourceAt, usersBytes } from '../../../../support/anodot/source-at.ts';
import { deadlineIn } from '../../../../support/take.ts';

/** How requests travel: what is sent, which connection carries it, and how a response ends. */

const USERS = JSON.stringify([{ _id: 'a' }, { _id: 'b' }]);
/** More than the buffers of two sockets hold. */
const MANY = Buffer.from(JSON.stringify(Array.from({ length: 200_000 }, (_, n) => ({ _id: `${n}`.padStart(60) }))));

/** Two users that are far apart, and fit into one packet when compressed. */
const SPACED = `[{"_id":"a"},${' '.repeat(20_000_000)}{"_id":"b"}]`;

async function serve(replies: Parameters<typeof serveAnodot>[0], options: ServerOptions = {}) {
  const server = await serveAnodot(replies, options);
  onTestFinished(server.close);
  return server;
}

/** Every socket that a server has accepted. */
function socketsOf(): { readonly sockets: Socket[]; readonly options: ServerOptions } {
  const sockets: Socket[] = [];
  return { sockets, options: { onConnection: (socket) => void sockets.push(socket) } };
}

/** Waits until both ends have closed each connection. A client that closes early may reset it. */
const allClosed = (sockets: readonly Socket[]): Promise<unknown> =>
  Promise.all(
    sockets.map((socket) => socket.destroyed || new Promise<unknown>((resolve) => socket.once('close', resolve))),
  );

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

test('a connection that the server closes as a request arrives is replaced by the next attempt', async () => {
  const closed: Reply = ({ socket }) => socket?.destroy();
  const server = await serve({ users: inTurn(closed, answer(USERS)) });
  expect(String(await usersBytes(sourceAt(server.url)))).toBe(USERS);
  expect(server.connections).toBe(2);
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

/** Reads the first batch, then aborts the deadline, and reads on. */
async function abortedWhilePaused(
  reply: Reply,
  reason: Error,
): Promise<{ readonly error: unknown; readonly sockets: readonly Socket[] }> {
  const { sockets, options } = socketsOf();
  const { url } = await serve({ users: reply }, options);
  const abort = new AbortController();
  const deadline: Deadline = { signal: abort.signal, remaining: () => 30_000 };
  const response = await sourceAt(url).openUsers(deadline);
  const batches = response.batches()[Symbol.asyncIterator]();
  expect((await batches.next()).done).toBe(false);
  abort.abort(reason);
  const readAll = async () => {
    while (!(await batches.next()).done);
  };
  return { error: await readAll().catch((error: unknown) => error), sockets };
}

const INTERRUPT = new InterruptedError('interrupted');
const TIMEOUT = new DOMException('the time is over', 'TimeoutError');

test.for([
  ['has not arrived completely', ((response) => response.writeHead(200).write(MANY)) satisfies Reply],
  ['is larger than the buffers', answer(MANY)],
  ['is compressed', answer(gzipSync(MANY), 200, { 'content-encoding': 'gzip' })],
  [
    'has arrived, and is still being unpacked',
    answer(gzipSync(SPACED), 200, { 'content-encoding': 'gzip', connection: 'close' }),
  ],
] as const)(
  'an abort between two batches of a body that %s is reported, and closes the connection',
  async ([, reply]) => {
    const interrupted = await abortedWhilePaused(reply, INTERRUPT);
    expect(interrupted.error).toBe(INTERRUPT);
    const late = await abortedWhilePaused(reply, TIMEOUT);
    expect(late.error).toBeInstanceOf(SourceUnavailableError);
    await allClosed([...interrupted.sockets, ...late.sockets]);
  },
);

test('a deadline that is over sends nothing', async () => {
  const server = await serve({});
  const deadline: Deadline = { signal: AbortSignal.abort(INTERRUPT), remaining: () => 30_000 };
  await expect(sourceAt(server.url).authenticate(deadline)).rejects.toBe(INTERRUPT);
  expect(server.connections).toBe(0);
});

test.for([
  ['complete', answer(MANY)],
  ['compressed', answer(gzipSync(MANY), 200, { 'content-encoding': 'gzip' })],
  ['damaged', answer(MANY, 200, { 'content-encoding': 'gzip' })],
  ['broken off', bytes(['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n['], 'reset')],
] as const)('a %s response that is cancelled closes its connection, and nothing is reported', async ([, reply]) => {
  const { sockets, options } = socketsOf();
  const { url } = await serve({ users: reply }, options);
  const events: RequestEvent[] = [];
  const response = await sourceAt(url, { onRequest: (event) => void events.push(event) }).openUsers(deadlineIn(30_000));
  await response.cancel();
  await allClosed(sockets);
  expect(events.filter(({ event }) => event === 'failure')).toEqual([]);
});

test.for([
  ['plain', answer(MANY)],
  ['compressed', answer(gzipSync(MANY), 200, { 'content-encoding': 'gzip' })],
] as const)('a reader that stops early in a %s body closes the connection', async ([, reply]) => {
  const { sockets, options } = socketsOf();
  const { url } = await serve({ users: reply }, options);
  const response = await sourceAt(url).openUsers(deadlineIn(30_000));
  for await (const _ of response.batches()) break;
  await allClosed(sockets);
});

test('no text of a response or of a token gets into a message, even if it breaks HTTP', async () => {
  const { url } = await serve({ users: bytes([`HTTP/1.1 200 ${TOKEN}\r\n${TOKEN}\r\n\r\n`]) });
  const error: unknown = await usersBytes(sourceAt(url)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SourceUnavailableError);
  expect(String(error)).not.toContain(TOKEN);
});
