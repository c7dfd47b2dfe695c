import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import { json, manyUsers } from '../../support/anodot/canary-replies.ts';
import { answer, inTurn, type Reply, serveAnodot } from '../../support/anodot/server.ts';
import { CANARY_TOKEN, holdsCanary } from '../../support/canary.ts';
import { startCommand } from '../../support/command.ts';
import { shown } from '../../support/fault-table.ts';
import { GOOD_USERS, publishing } from '../../support/faulted-run.ts';
import { listenOnLoopback } from '../../support/loopback.ts';
import { serveProxy } from '../../support/s3/proxy.ts';
import { newFolder } from '../../support/take.ts';

/** Only the run's own time limits how long a response may take, and Node's proxy settings apply. */

/** Waits a second before the headers, and another in the middle of the body. */
const slowly =
  (body: Buffer): Reply =>
  (response) => {
    setTimeout(1000).then(() => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(body.subarray(0, 100));
      setTimeout(1000).then(() => response.end(body.subarray(100)));
    });
  };

describe('a slow response', () => {
  test('is received if the run has time', async () => {
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
      'users and groups take 1 s before the headers and 1 s in the body',
      `published at the first attempt: ${rows.length} users, groups "${taken.manifest?.groups}"`,
      'dropped at 300 s, three times',
    );
  });
});

const PASSWORD = 'zqxj-of-the-proxy';

/** A proxy that does the same with each connection that it is asked to open. */
async function serveConnects(onConnect: (client: Duplex) => void) {
  const clients: Duplex[] = [];
  const proxy = createServer();
  proxy.on('connect', (_, client) => {
    clients.push(client);
    client.on('error', () => undefined);
    onConnect(client);
  });
  const { address, close } = await listenOnLoopback(proxy);
  onTestFinished(() => {
    for (const client of clients) client.destroy();
    return close();
  });
  return { address, clients };
}

describe('a proxy', () => {
  const ANODOT = 'https://127.0.0.1:4443';
  const commandThrough = async (proxy: string, anodot: string, more: { readonly [name: string]: string } = {}) =>
    startCommand(['snapshot', '--store', 'store', '--quiet'], {
      cwd: await newFolder(),
      environment: {
        ANODOT_URL: anodot,
        ANODOT_ALLOW_OTHER_HOST: 'true',
        ANODOT_TOKEN: CANARY_TOKEN,
        NODE_USE_ENV_PROXY: '1',
        ...set(`http://${proxy}`),
        NO_PROXY: '',
        no_proxy: '',
        ...more,
      },
    });
  /** Both spellings, since the machine may have set either. */
  const set = (url: string) => ({ HTTPS_PROXY: url, https_proxy: url });
  const snapshotThrough = async (...call: Parameters<typeof commandThrough>) => (await commandThrough(...call)).ended;

  test('that the environment names is used for every request to Anodot', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'Anodot of the tests' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const authority = join(await newFolder(), 'authority.pem');
    await writeFile(authority, cert);
    const server = await serveAnodot({ users: inTurn(answer(GOOD_USERS)) }, { certificate: { key, cert } });
    onTestFinished(server.close);
    const proxy = await serveProxy({ to: (host) => host, credentials: `user:${PASSWORD}` });
    const { code, err } = await snapshotThrough(`user:${PASSWORD}@${proxy.address}`, server.url, {
      NODE_EXTRA_CA_CERTS: authority,
    });
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(server.requests).toHaveLength(3);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(server.url).host}`]));
    shown('C30', 'NODE_USE_ENV_PROXY=1 and a proxy to Anodot', `exit ${code}, all requests through the proxy`);
  });

  test.for([
    [407, 'the proxy requires authentication (407). Set HTTPS_PROXY to http:', 1],
    [403, 'the proxy returned 403 (tried 4 times)', 4],
    [502, 'the proxy returned 502 (tried 4 times)', 4],
  ] as const)('that returns %d is reported with its status', async ([status, says, attempts]) => {
    const proxy = await serveProxy({ to: (host) => host, credentials: `user:${PASSWORD}`, refuses: status });
    const { code, err } = await snapshotThrough(`user:${PASSWORD}@${proxy.address}`, ANODOT);
    expect(err).toContain(says);
    expect(err).not.toContain('ERR_PROXY');
    expect(err).not.toContain(PASSWORD);
    expect(holdsCanary(err)).toBe(false);
    expect(code).toBe(4);
    expect(proxy.asked).toHaveLength(attempts);
    shown('C30', `the proxy to Anodot returns ${status}`, `exit ${code}: ${says}`, 'no connection (UND_ERR_ABORTED)');
  });

  type OnConnect = (client: Duplex) => void;
  const sending =
    (text: string): OnConnect =>
    (client) => {
      client.write(text);
    };
  const ACCEPTED = 'HTTP/1.1 200 OK\r\n\r\n';

  /** What a proxy does if nothing gets to Anodot. */
  const FAULTS: readonly (readonly [what: string, onConnect: OnConnect, says: string])[] = [
    ['refuses and leaves its connection open', sending('HTTP/1.1 403 No\r\n\r\n'), 'the proxy returned 403'],
    ['sends no HTTP and leaves its connection open', sending(`${CANARY_TOKEN}\r\n\r\n`), '(ERR_PROXY_TUNNEL)'],
    ['hangs up', (client) => client.end(), '(ERR_PROXY_TUNNEL)'],
    ['breaks off', (client) => client.destroy(), '(E'],
    [
      'lets a connection through that breaks off in the TLS handshake',
      (client) => {
        client.write(ACCEPTED);
        client.once('data', () => client.destroy());
      },
      '(ECONNRESET)',
    ],
    [
      'lets a connection through to a host without TLS',
      (client) => {
        client.write(ACCEPTED);
        client.once('data', () => client.write('no TLS'));
      },
      '(ERR_SSL_',
    ],
  ];

  test.for(FAULTS)('that %s is reported after four attempts, and the command ends', async ([, onConnect, says]) => {
    const { address, clients } = await serveConnects(onConnect);
    const { code, err } = await snapshotThrough(address, ANODOT);
    expect(err).toContain(says);
    expect(err).toContain('tried 4 times');
    expect(holdsCanary(err)).toBe(false);
    expect(code).toBe(4);
    expect(clients).toHaveLength(4);
  });

  test.for([
    ['HTTP_PROXY, if there is no HTTPS_PROXY,', (url: string) => ({ HTTP_PROXY: url, http_proxy: url })],
    ['a URL in capitals and after a blank', (url: string) => set(` ${url.replace('http', 'HTTP')}`)],
  ] as const)('that %s names is used for Anodot, as by Node’s fetch', async ([, environmentOf]) => {
    const proxy = await serveProxy({ to: (host) => host, refuses: 407 });
    const more = { ...set(''), ...environmentOf(`http://${proxy.address}`) };
    const { code, err } = await snapshotThrough(proxy.address, ANODOT, more);
    expect(err).toContain('the proxy requires authentication (407)');
    expect(code).toBe(4);
    expect(proxy.asked).toHaveLength(1);
  });

  test('is not used for a host below one that NO_PROXY names', async () => {
    const proxy = await serveProxy({ to: (host) => host, refuses: 407 });
    const exempt = { NO_PROXY: 'company.invalid', no_proxy: 'company.invalid' };
    const { code, err } = await snapshotThrough(proxy.address, 'https://anodot.company.invalid', exempt);
    expect(err).toContain('unknown host');
    expect(code).toBe(4);
    expect(proxy.asked).toEqual([]);
  });

  test('that is not an HTTP proxy is refused, and nothing leaves directly', async () => {
    const proxy = await serveProxy({ to: (host) => host });
    const { code, err } = await snapshotThrough(proxy.address, ANODOT, set(`socks5://${proxy.address}`));
    expect(err).toContain('HTTPS_PROXY and HTTP_PROXY must be URLs that begin with http:// or https://');
    expect(code).toBe(2);
    expect(proxy.asked).toEqual([]);
  });

  test('that replies in many parts is understood, and Node.js prints no warning', async () => {
    const { address } = await serveConnects(async (client) => {
      for (const part of ['HTTP', '/1.1', ' 403', ' No', '\r\n', 'via:', ' a', '\r\n', '\r\n']) {
        client.write(part);
        await setTimeout(20); // so that each arrives by itself
      }
    });
    const { code, err } = await snapshotThrough(address, ANODOT);
    expect(err).toContain('the proxy returned 403 (tried 4 times)');
    expect(err).not.toContain('Warning');
    expect(code).toBe(4);
  });

  test.for([
    ['never lets a connection through', ''],
    ['lets a connection through to a host that never completes the TLS handshake', ACCEPTED],
  ] as const)('that %s does not delay an interrupt', async ([, text]) => {
    const asked = Promise.withResolvers<void>();
    const { address, clients } = await serveConnects((client) => {
      client.write(text, () => asked.resolve());
    });
    const { child, ended } = await commandThrough(address, ANODOT);
    await asked.promise;
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect(code, err).toBe(130);
    expect(clients).toHaveLength(1);
  });
});
