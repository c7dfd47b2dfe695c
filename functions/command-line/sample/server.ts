/** Serves the sample account on this machine, with the API that Anodot documents. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { type SampleUser, sampleGroups, sampleUsers } from './account.ts';

/** Anodot's API for the sample account, on loopback. */
export interface SampleServer {
  readonly url: string;
  /** The only refresh token that the server accepts. */
  readonly token: string;
  /** Closes every connection, so that none keeps the process alive. */
  close(): Promise<void>;
}

/**
 * Listens on a free port of 127.0.0.1.
 * @param now the server's clock, which every response carries as its Date
 * @param usersAt the users that it returns at that time
 */
export async function serveSample(
  now: () => Date,
  usersAt: (moment: Date) => readonly SampleUser[] = sampleUsers,
): Promise<SampleServer> {
  const token = randomBytes(16).toString('hex');
  const bearer = randomBytes(32).toString('hex');
  const server = createServer((request, response) => {
    response.setHeader('date', now().toUTCString());
    reply(request, token, bearer, () => usersAt(now())).then(
      ({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      (error) => response.destroy(error), // the client sees a broken connection, never a shorter list
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the sample server has no port');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${address.port}`, token, close };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

async function reply(
  request: IncomingMessage,
  token: string,
  bearer: string,
  users: () => readonly SampleUser[],
): Promise<Reply> {
  const path = request.url ?? '';
  switch (`${request.method} ${path}`) {
    case 'POST /api/v2/access-token':
      return refreshTokenIn(await text(request)) === token ? { status: 200, body: bearer } : failure(path, 401);
    case 'GET /api/v2/users':
      return request.headers.authorization === `Bearer ${bearer}` ? { status: 200, body: users() } : failure(path, 401);
    case 'GET /api/v2/groups':
      return request.headers.authorization === `Bearer ${bearer}`
        ? { status: 200, body: sampleGroups() }
        : failure(path, 401);
    default:
      return failure(path, 404);
  }
}

const EXCHANGE = z.object({ refreshToken: z.string() });

function refreshTokenIn(body: string): string | undefined {
  try {
    return EXCHANGE.safeParse(JSON.parse(body)).data?.refreshToken;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An error in Anodot's format. Code 2001 means that the token isn't active, 1002 is any other error. */
const failure = (path: string, status: 401 | 404): Reply => ({
  status,
  body: {
    path,
    message: status === 401 ? 'Unauthorized' : 'Not Found',
    additionalInfo: null,
    name: 'HttpError',
    andtErrorCode: status === 401 ? 2001 : 1002,
    status,
  },
});
