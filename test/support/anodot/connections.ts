import type { Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ServerOptions, serveAnodot } from './server.ts';

/** Serves Anodot's API until the test ends. */
export async function serve(replies: Parameters<typeof serveAnodot>[0], options: ServerOptions = {}) {
  const server = await serveAnodot(replies, options);
  onTestFinished(server.close);
  return server;
}

/** Every socket that a server has accepted. */
export function socketsOf(): { readonly sockets: Socket[]; readonly options: ServerOptions } {
  const sockets: Socket[] = [];
  return { sockets, options: { onConnection: (socket) => void sockets.push(socket) } };
}

/** Waits until both ends have closed each connection. A client that closes early may reset it. */
export const allClosed = (sockets: readonly Socket[]): Promise<unknown> =>
  Promise.all(
    sockets.map((socket) => socket.destroyed || new Promise<unknown>((resolve) => socket.once('close', resolve))),
  );
