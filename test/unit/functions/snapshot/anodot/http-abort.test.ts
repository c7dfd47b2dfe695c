import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Deadline } from '../../../../../functions/snapshot/deadline.ts';
import { InterruptedError, SourceUnavailableError } from '../../../../../functions/snapshot/errors.ts';
import type { RequestEvent } from '../../../../../functions/snapshot/request-event.ts';
import { allClosed, serve, socketsOf } from '../../../../support/anodot/connections.ts';
import { answer, bytes, type Reply } from '../../../../support/anodot/server.ts';
import { sourceAt } from '../../../../support/anodot/source-at.ts';
import { deadlineIn } from '../../../../support/take.ts';

/** A response that isn't read to its end closes its connection: after an abort, if it is cancelled, and if its reader stops. */

/** More than the buffers of two sockets hold. */
const MANY = Buffer.from(JSON.stringify(Array.from({ length: 200_000 }, (_, n) => ({ _id: `${n}`.padStart(60) }))));

/** Two users that are far apart, and fit into one packet when compressed. */
const SPACED = `[{"_id":"a"},${' '.repeat(20_000_000)}{"_id":"b"}]`;

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

test('an abort before a response on the connection of an earlier request sends the request only once', async () => {
  const abort = new AbortController();
  const server = await serve({ users: () => abort.abort(INTERRUPT) });
  const deadline: Deadline = { signal: abort.signal, remaining: () => 30_000 };
  await expect(sourceAt(server.url).openUsers(deadline)).rejects.toBe(INTERRUPT);
  expect(server.requests).toHaveLength(2);
  expect(server.connections).toBe(1);
});

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
