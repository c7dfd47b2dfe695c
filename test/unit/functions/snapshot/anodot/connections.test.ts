import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { Connections } from '../../../../../functions/snapshot/anodot/connections.ts';
import { type Request, send } from '../../../../../functions/snapshot/anodot/request.ts';
import { type Reply, serveAnodot } from '../../../../support/anodot/server.ts';

/** How long a connection may take, and how long one is kept. */

const NO_ABORT = new AbortController().signal;
const requestTo = (origin: string): Request => ({ method: 'GET', url: `${origin}/api/v2/users`, headers: {} });

test('a host that accepts connections but never completes the TLS handshake is abandoned after the limit', async () => {
  const silent = createServer();
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const accepted = once(silent, 'connection');
  const address: AddressInfo | string | null = silent.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `https://127.0.0.1:${address.port}`;
  const sent = send(requestTo(url), new Connections(url, { connect: 100, idle: 4000 }), NO_ABORT);
  await expect(sent).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  const [socket]: Socket[] = await accepted;
  socket?.resume();
  if (socket && !socket.destroyed) await once(socket, 'close');
});

test('the limits end no request, however long its response takes', async () => {
  const slowly: Reply = (response) => {
    setTimeout(() => {
      response.writeHead(200).write('[');
      setTimeout(() => response.end(']'), 200);
    }, 200);
  };
  const server = await serveAnodot({ users: slowly });
  onTestFinished(server.close);
  const connections = new Connections(server.url, { connect: 50, idle: 50 });
  for (let n = 0; n < 2; n++) {
    const response = await send(requestTo(server.url), connections, NO_ABORT);
    expect(String(await buffer(await response.body()))).toBe('[]');
  }
  expect(server.connections).toBe(1); // the second request had the idle limit of a reused connection
});

test('a connection that stays idle is closed', async () => {
  const sockets: Socket[] = [];
  const server = await serveAnodot({}, { onConnection: (socket) => void sockets.push(socket) });
  onTestFinished(server.close);
  const response = await send(
    requestTo(server.url),
    new Connections(server.url, { connect: 4000, idle: 20 }),
    NO_ABORT,
  );
  await buffer(await response.body());
  const [socket] = sockets;
  if (socket && !socket.destroyed) await once(socket, 'close');
  expect(sockets).toHaveLength(1);
});
