import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type AnodotServer, answer, serveAnodot, TOKEN } from '../support/anodot/server.ts';
import { runCommand } from '../support/command.ts';
import { shown } from '../support/fault-table.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { environmentOf, type S3Place } from '../support/s3/place.ts';
import { serveProxy } from '../support/s3/proxy.ts';
import { newFolder } from '../support/take.ts';

/** S3 behind a proxy: Node's own settings cover both S3 and Anodot. */

const HOST = 's3.company.example';
const PASSWORD = 'zqxj-of-the-proxy';
/** Sets both spellings, because programs differ in which one they prefer, and the machine may have set either. */
const proxiesOf = (environment: { readonly [name: string]: string }) =>
  Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) =>
      [name, name.toLowerCase()].map((spelling) => [spelling, environment[name] ?? '']),
    ),
  );

let anodot: AnodotServer;
beforeAll(async () => {
  anodot = await serveAnodot({ users: answer([{ _id: 'a', roles: [] }]) });
});
afterAll(() => anodot.close());

/** An address that serves the double over TLS, and the path of the authority's certificate. */
async function overTls(to: string): Promise<{ address: string; authority: string }> {
  const [host, port] = to.split(':');
  const altNames = [{ type: 2 as const, value: HOST }];
  const { private: key, cert } = await generate([{ name: 'commonName', value: HOST }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames }],
  });
  const server = createServer({ key, cert }, (socket) => {
    const target = connect(Number(port), host);
    for (const end of [socket, target]) end.on('error', () => undefined);
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const bound = server.address();
  const authority = join(await newFolder(), 'authority.pem');
  await writeFile(authority, cert);
  return { address: `127.0.0.1:${bound !== null && typeof bound === 'object' ? bound.port : 0}`, authority };
}

const run = async (words: readonly string[], place: S3Place, environment: { readonly [name: string]: string }) =>
  runCommand([...words, '--store', `s3://${place.bucket}/access`], {
    cwd: await newFolder(),
    environment: {
      HOME: '/nonexistent',
      AWS_EC2_METADATA_DISABLED: 'true',
      ANODOT_URL: anodot.url,
      ANODOT_TOKEN: TOKEN,
      ANODOT_ALLOW_OTHER_HOST: 'true',
      ...environmentOf(place),
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
      ...proxiesOf(environment),
    },
  });

const addressOf = (place: S3Place): string => new URL(place.endpoint).host;

test('a run reaches S3 over TLS through the proxy, and Anodot directly if NO_PROXY names it', async () => {
  const double = await newDouble();
  const { address, authority } = await overTls(addressOf(double));
  const proxy = await serveProxy({ to: () => address, credentials: `user:${PASSWORD}` });
  const environment = {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: `http://user:${PASSWORD}@${proxy.address}`,
    HTTP_PROXY: `http://user:${PASSWORD}@${proxy.address}`,
    NO_PROXY: '127.0.0.1',
    AWS_ENDPOINT_URL_S3: `https://${HOST}`,
    NODE_EXTRA_CA_CERTS: authority,
  };
  const taken = await run(['snapshot', '--quiet'], double, environment);
  expect(taken).toMatchObject({ code: 0, err: '' });
  const verified = await run(['verify'], double, environment);
  expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('sound: 1 day') });
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${HOST}:443`]));
  shown(
    'C30',
    'NODE_USE_ENV_PROXY=1, HTTPS_PROXY with a password, NO_PROXY with Anodot’s host: snapshot and verify in a bucket over TLS',
    `exit ${taken.code} and ${verified.code}; the only request to the proxy is ${[...new Set(proxy.asked)]}`,
    'S3 was not reached through the proxy',
  );
});

test.each([
  ['NODE_USE_ENV_PROXY=1', { NODE_USE_ENV_PROXY: '1' }],
  ['NODE_OPTIONS=--use-env-proxy', { NODE_OPTIONS: '--use-env-proxy' }],
])('one proxy covers Anodot and S3, with %s', async (setting, environment) => {
  const double = await newDouble();
  const proxy = await serveProxy({ to: (host) => (host.startsWith(HOST) ? addressOf(double) : host) });
  const ended = await run(['check'], double, {
    ...environment,
    HTTP_PROXY: `http://${proxy.address}`,
    AWS_ENDPOINT_URL_S3: `http://${HOST}:9000`,
  });
  expect(ended).toMatchObject({ code: 0, out: expect.stringContaining('can be written') });
  const hosts = new Set(proxy.asked.map((asked) => asked.split(' ')[1]));
  expect([...hosts].toSorted()).toEqual([new URL(anodot.url).host, `${HOST}:9000`]);
  shown('C30', `${setting} and HTTP_PROXY`, `exit ${ended.code}; Anodot and S3 are both reached through the proxy`);
});

test.each([
  ['over TLS', `https://${HOST}`],
  ['without TLS', `http://${HOST}`],
])('a run %s behind a proxy that requires a password ends with 7 and shows no password', async (tls, endpoint) => {
  const double = await newDouble();
  const proxy = await serveProxy({ to: () => addressOf(double), credentials: `user:${PASSWORD}` });
  const url = `http://user:wrong-${PASSWORD}@${proxy.address}`;
  const { code, out, err } = await run(['verify'], double, {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: url,
    HTTP_PROXY: url,
    AWS_ENDPOINT_URL_S3: endpoint,
  });
  expect(code).toBe(7);
  const told =
    "could not list runs/: the proxy returned HTTP 407. Put the proxy's user and password in HTTPS_PROXY or HTTP_PROXY, and run again";
  expect(err).toContain(told);
  expect(out + err).not.toContain(PASSWORD);
  shown('C30', `the proxy returns 407, ${tls}`, `exit ${code}: ${told}`, 'no connection (UND_ERR_ABORTED)');
});

test('a proxy that refuses, one that is unreachable and one that is not used are reported differently', async () => {
  const double = await newDouble();
  const proxy = await serveProxy({ to: () => addressOf(double), refuses: 403 });
  const behind = (environment: { readonly [name: string]: string }) =>
    run(['verify'], double, { NODE_USE_ENV_PROXY: '1', AWS_ENDPOINT_URL_S3: `https://${HOST}`, ...environment });
  const refused = await behind({ HTTPS_PROXY: `http://${proxy.address}` });
  expect(refused).toMatchObject({
    code: 7,
    err: expect.stringContaining('the proxy returned HTTP 403. Allow connections to S3 in the proxy'),
  });
  const gone = await behind({ HTTPS_PROXY: 'http://127.0.0.1:1' });
  expect(gone).toMatchObject({ code: 7, err: expect.stringContaining('ECONNREFUSED. Check the network') });
  const before = proxy.asked.length;
  for (const hosts of [HOST, `first.example,${HOST}`, `first.example ${HOST}`]) {
    const exempted = await behind({ HTTPS_PROXY: `http://${proxy.address}`, NO_PROXY: hosts });
    expect(exempted).toMatchObject({ code: 7, err: expect.stringContaining('ENOTFOUND') });
  }
  const notSet = await behind({ HTTPS_PROXY: `http://${proxy.address}`, NODE_USE_ENV_PROXY: '' });
  expect(notSet).toMatchObject({ code: 7, err: expect.stringContaining('ENOTFOUND') });
  expect(proxy.asked).toHaveLength(before);
  shown(
    'C30',
    'the proxy refuses to connect, or nothing listens at its address',
    "exit 7, naming the proxy's HTTP 403 or ECONNREFUSED",
  );
  shown('C30', "NO_PROXY names S3's host, or NODE_USE_ENV_PROXY is not set", 'the proxy is not used');
});
