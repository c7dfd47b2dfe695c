import { once } from 'node:events';
import type { Server } from 'node:http';

/** Starts an HTTP server on a free port of the loopback address. Closing it ends its connections. */
export async function listenOnLoopback(server: Server): Promise<{ readonly address: string; close(): Promise<void> }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  return {
    address: `127.0.0.1:${bound.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
