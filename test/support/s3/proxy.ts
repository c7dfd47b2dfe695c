/** A forward proxy on loopback, for plain requests and CONNECT tunnels, which resolves hosts through `to`. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { listenOnLoopback } from '../loopback.ts';

export interface Proxy {
  readonly address: string;
  /** The requests that arrived, as `CONNECT host:port` or `GET host`. */
  readonly asked: readonly string[];
}

export interface ProxyOptions {
  /** Where connections to a `host:port` go. */
  readonly to: (host: string) => string;
  /** `user:password`. Without them the proxy returns 407. */
  readonly credentials?: string;
  /** The status of every response, if the proxy lets nothing through. */
  readonly refuses?: number;
}

export async function serveProxy({ to, credentials, refuses }: ProxyOptions): Promise<Proxy> {
  const asked: string[] = [];
  const refusalOf = ({ headers }: IncomingMessage): number | undefined => {
    const expected = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`;
    return headers['proxy-authorization'] === expected ? refuses : 407;
  };
  const server = createServer((message, response) => {
    const url = new URL(message.url ?? '');
    asked.push(`${message.method} ${url.host}`);
    const refusal = refusalOf(message);
    if (refusal) {
      response.writeHead(refusal, { 'content-type': 'text/html' }).end('<html>the proxy<br></html>');
      return;
    }
    const [host, port] = to(url.host).split(':');
    const path = url.pathname + url.search;
    const onward = request({ host, port, path, method: message.method, headers: message.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    message.pipe(onward);
  });
  server.on('connect', (message, client) => {
    asked.push(`CONNECT ${message.url}`);
    const refusal = refusalOf(message);
    if (refusal) {
      client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      return;
    }
    const [host, port] = to(message.url ?? '').split(':');
    const target = connect(Number(port), host);
    client.write('HTTP/1.1 200 Connected\r\n\r\n');
    for (const socket of [client, target]) socket.on('error', () => undefined);
    client.pipe(target).pipe(client);
  });
  const { address, close } = await listenOnLoopback(server);
  onTestFinished(close);
  return { address, asked };
}
