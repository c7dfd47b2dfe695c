import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { addAbortSignal, type Readable } from 'node:stream';
import type { Connections } from './connections.ts';
import { decoded } from './decode.ts';

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string;
}

export interface Response {
  readonly status: number;
  /** A header's value. If the header is repeated, its values are separated by commas. */
  header(name: string): string | null;
  /** The bytes of the body, decompressed. Can be read once. A reader that stops early closes the connection. */
  body(): Promise<Readable>;
  /** Closes the connection if the body won't be read. */
  cancel(): void;
}

/** Brotli only over TLS, as browsers do: without it, machines on the way that don't know Brotli damage it. */
const acceptedCodings = (url: string) => (url.startsWith('https:') ? 'br, gzip, deflate' : 'gzip, deflate');

/**
 * Sends one request, and follows no redirect. Nothing limits how long it takes once it is connected, except the signal: it also ends a body
 * that is being read. A body that breaks off is an error, never a shorter body.
 *
 * If a connection of an earlier request closes, the request is sent again: the server had probably closed it before the request arrived.
 */
export function send(request: Request, connections: Connections, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const { method, url, headers, body } = request;
    const outgoing = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
      method,
      headers: { ...headers, 'accept-encoding': acceptedCodings(url) },
      agent: connections.agent,
    });
    const opened = connections.takeOpened();
    let incoming: IncomingMessage | undefined;
    const fail = (error: Error) => {
      signal.removeEventListener('abort', abort);
      incoming?.destroy(error);
      if (incoming) return; // closes the connection as well
      reject(error);
      outgoing.destroy();
      opened?.destroy();
    };
    const abort = () => fail(new Error('aborted'));
    signal.addEventListener('abort', abort);
    outgoing.on('error', (error) => {
      if (incoming?.complete) return; // it may not have been read yet, but the error concerns only the connection
      const isStale = !incoming && outgoing.reusedSocket && isClosed(error) && !signal.aborted;
      if (isStale) resolve(send(request, connections, signal));
      fail(error);
    });
    // Node reports no error for 101 Switching Protocols.
    outgoing.on('close', () => incoming ?? fail(Object.assign(new Error('no response'), { code: 'ECONNRESET' })));
    outgoing.on('response', (message) => {
      incoming = message;
      message.on('error', () => undefined); // the body's reader gets it, if there is one
      message.once('close', () => signal.removeEventListener('abort', abort));
      resolve(responseOf(message, signal));
    });
    outgoing.end(body);
  });
}

const isClosed = (error: Error): boolean => 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

function responseOf(message: IncomingMessage, signal: AbortSignal): Response {
  const header = (name: string) => message.headersDistinct[name]?.join(', ') ?? null;
  return {
    status: message.statusCode ?? 0,
    header,
    // A decoder may still hold much of the body when all of the message has arrived.
    body: async () => addAbortSignal(signal, await decoded(message, header('content-encoding'))),
    cancel: () => void message.destroy(),
  };
}
