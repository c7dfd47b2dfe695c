import { createServer } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { json, manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer, inTurn, type Reply, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_TOKEN, holdsCanary } from '../../support/canary.ts';
import { runCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { GOOD_USERS, publishing } from '../../support/faulted-run.ts';
import { newFolder } from '../../support/take.ts';

/** Only the run's own time limits how long a response may take, and Node's proxy settings apply. */

const DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name));

/** Makes Node's HTTP client give up after 0.1 seconds instead of 300, until the test ends. */
function impatientClient(): void {
  new Headers(); // loads the client
  for (const key of DISPATCHERS) {
    const before: unknown = Reflect.get(globalThis, key);
    if (typeof before !== 'object' || before === null) throw new Error(`Node has no ${String(key)}`);
    Reflect.set(globalThis, key, Reflect.construct(before.constructor, [{ headersTimeout: 100, bodyTimeout: 100 }]));
    onTestFinished(() => void Reflect.set(globalThis, key, before));
  }
}

/** Takes ten times as long as that client waits, both before the headers and in the middle of the body. */
const slowly =
  (body: Buffer): Reply =>
  (response) => {
    setTimeout(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(body.subarray(0, 100));
      setTimeout(() => response.end(body.subarray(100)), 1000);
    }, 1000);
  };

describe('a response that takes longer than the HTTP client waits by default', () => {
  test('is received if the run has time', async () => {
    impatientClient();
    const url = await serveAnodot({ users: slowly(json(GOOD_USERS)) });
    onTestFinished(url.close);
    const byDefault = await fetch(`${url.url}/api/v2/users`).catch((error: unknown) => error);
    expect(byDefault).toMatchObject({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } });

    const group = { id: 'g', name: 'x'.repeat(200) };
    const { rows, taken, gets, posts } = await publishing({
      users: slowly(json(manyUsers)),
      groups: slowly(json([group])),
    });
    expect(rows).toHaveLength(manyUsers.length);
    expect(taken.manifest?.groups).toBe('published');
    expect([posts.length, gets.length]).toEqual([1, 1]);
    shown(
      'C28',
      'a client that gives up after 0.1 s; users and groups take 1 s before the headers and 1 s in the body',
      `published at the first attempt: ${rows.length} users, groups "${taken.manifest?.groups}"`,
      'dropped at 300 s, three times',
    );
  });
});

/** A proxy on loopback that rejects CONNECT with a status, or tunnels to a server. */
async function serveProxy(status: number | undefined, target = '') {
  const connects: string[] = [];
  const proxy = createServer((_, response) => response.writeHead(500).end());
  proxy.on('connect', (request, socket) => {
    connects.push(request.url ?? '');
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(target);
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return { url: `http://127.0.0.1:${address.port}`, connects };
}

describe('a proxy', () => {
  const snapshotThrough = async (proxy: string, anodot: string) => {
    const cwd = await newFolder();
    return runCommand(['snapshot', '--store', 'store', '--quiet'], {
      cwd,
      environment: {
        ANODOT_URL: anodot,
        ANODOT_ALLOW_OTHER_HOST: 'true',
        ANODOT_TOKEN: CANARY_TOKEN,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy,
        HTTPS_PROXY: proxy,
        NO_PROXY: '',
      },
    });
  };

  test('that the environment names is used for every request to Anodot', async () => {
    const server = await serveAnodot({ users: inTurn(answer(GOOD_USERS)) });
    onTestFinished(server.close);
    const proxy = await serveProxy(undefined, server.url);
    const { code, err } = await snapshotThrough(proxy.url, server.url);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(new Set(proxy.connects)).toEqual(new Set([new URL(server.url).host]));
    shown('C30', 'NODE_USE_ENV_PROXY=1 and a proxy to Anodot', `exit ${code}, all requests through the proxy`);
  });

  test.for([
    [407, 'the proxy requires authentication (407). Set HTTPS_PROXY to http:', 1],
    [403, 'the proxy returned 403 (tried 4 times)', 4],
    [502, 'the proxy returned 502 (tried 4 times)', 4],
  ] as const)('that returns %d is reported with its status', async ([status, says, attempts]) => {
    const proxy = await serveProxy(status);
    const { code, err } = await snapshotThrough(proxy.url, 'https://127.0.0.1:4443');
    expect(err).toContain(says);
    expect(err).not.toContain('UND_ERR');
    expect(holdsCanary(err)).toBe(false);
    expect(code).toBe(4);
    expect(proxy.connects).toHaveLength(attempts);
    shown('C30', `the proxy to Anodot returns ${status}`, `exit ${code}: ${says}`, 'no connection (UND_ERR_ABORTED)');
  });
});
