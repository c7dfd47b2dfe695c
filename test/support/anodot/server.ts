import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';

/** Responds to one request. `n` counts the requests to its path, from 1. */
export type Reply = (response: ServerResponse, n: number, request: IncomingMessage) => void;

export interface AnodotServer {
  readonly url: string;
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
    /** When it arrived, in milliseconds of `performance.now()`. */
    readonly at: number;
  }[];
  /** The number of connections so far, including those that failed in the handshake. */
  readonly connections: number;
  close(): Promise<void>;
}

export const TOKEN = 'c0ffee00c0ffee00c0ffee00c0ffee00';
export const BEARER = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl';

/** Responds with a body: a string or bytes unchanged, anything else as JSON. */
export const answer =
  (body: unknown, status = 200, headers: { [name: string]: string } = {}): Reply =>
  (response) => {
    const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
  };

/** Writes arbitrary bytes in place of an HTTP response, then ends or resets the connection. */
export const bytes =
  (parts: readonly (string | Uint8Array)[], end: 'end' | 'reset' = 'end'): Reply =>
  ({ socket }) => {
    const all = Buffer.concat(parts.map((part) => Buffer.from(part)));
    if (end === 'end') socket?.end(all);
    else socket?.write(all, () => socket.resetAndDestroy());
  };

/** Never responds. */
export const silence: Reply = () => undefined;

/** The n-th request gets the n-th reply. The last reply repeats. */
export const inTurn =
  (...replies: readonly Reply[]): Reply =>
  (response, n, request) =>
    replies[Math.min(n, replies.length) - 1]?.(response, n, request);

export interface ServerOptions {
  /** Serves HTTPS. */
  readonly certificate?: { readonly key: string; readonly cert: string };
  /** Called with each connection, counted from 1, before any of its bytes are read. */
  readonly onConnection?: (socket: Socket, n: number) => void;
}

/** Serves Anodot's API on loopback. By default it responds as documented, with no users and no groups. */
export async function serveAnodot(
  replies: { readonly exchange?: Reply; readonly users?: Reply; readonly groups?: Reply } = {},
  { certificate, onConnection }: ServerOptions = {},
): Promise<AnodotServer> {
  const byPath = new Map<string, Reply>([
    ['POST /api/v2/access-token', replies.exchange ?? answer(JSON.stringify(BEARER))],
    ['GET /api/v2/users', replies.users ?? answer([])],
    ['GET /api/v2/groups', replies.groups ?? answer([])],
  ]);
  const counts = new Map<string, number>();
  const requests: AnodotServer['requests'][number][] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    requests.push({ method, path: url, headers, body: Buffer.concat(chunks).toString('utf8'), at: performance.now() });
    const path = `${method} ${url}`;
    const n = (counts.get(path) ?? 0) + 1;
    counts.set(path, n);
    (byPath.get(path) ?? answer('', 404))(response, n, request);
  };
  let connections = 0;
  const server = certificate ? createTlsServer(certificate, handle) : createServer(handle);
  server.on('connection', (socket: Socket) => {
    connections++;
    onConnection?.(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    requests,
    get connections() {
      return connections;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
