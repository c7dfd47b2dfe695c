import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { proxyToAnodot } from '../proxy.ts';

export interface ConnectionLimits {
  /**
   * Milliseconds that connecting may take, the TLS handshake included: a lost packet is worth another attempt. Through a proxy, this limits
   * only connecting to the proxy, which may take its time to connect any further.
   */
  readonly connect: number;
  /** Milliseconds until a connection without a request is closed. Most servers keep one for at least five seconds. */
  readonly idle: number;
}

const LIMITS: ConnectionLimits = { connect: 10_000, idle: 4000 };

/** The connections of one run to one host. They are kept open between requests, and go through the proxy of Node's settings. */
export class Connections {
  /** Node's own agent, since the global one gives a proxy only five seconds to connect. */
  readonly agent: HttpAgent;
  #opened: Duplex | undefined;

  /** @throws SettingsError for a proxy that isn't an HTTP proxy */
  constructor(url: string, { connect, idle } = LIMITS) {
    const options = { keepAlive: true, ...proxyToAnodot() };
    this.agent = url.startsWith('https:') ? new HttpsAgent(options) : new HttpAgent(options);
    const open = this.agent.createConnection.bind(this.agent);
    this.agent.createConnection = (...call) => {
      const opened = open(...call);
      // The request gets the error. Node handles none while a connection changes hands: to the pool, or from the proxy's to Anodot's.
      opened?.on('error', () => undefined);
      if (opened) {
        limit(opened, connect);
        listenOnce(opened);
      }
      this.#opened = opened ?? undefined;
      return opened;
    };
    this.agent.on('free', (socket: Socket) => socket.setTimeout(idle)); // only an idle connection is closed by this
  }

  /**
   * The connection that the request just made has begun to open. Undefined if it reuses one. Call it right after making the request. A
   * request that fails must close it, because Node doesn't while a proxy hasn't let it through.
   */
  takeOpened(): Duplex | undefined {
    const opened = this.#opened;
    this.#opened = undefined;
    return opened;
  }
}

function limit(connection: Duplex, milliseconds: number): void {
  const timeUp = Object.assign(new Error('the connection took too long'), { code: 'ETIMEDOUT' });
  const timer = setTimeout(() => connection.destroy(timeUp), milliseconds);
  const stop = () => clearTimeout(timer);
  connection.once(connection instanceof TLSSocket ? 'secureConnect' : 'connect', stop).once('close', stop);
}

/**
 * Node listens once more for each part of a proxy's reply, and each of these calls adds another listener. So their number doubles with each
 * part, until 30 parts take all memory. Instead, a listener takes the place of the same one before it.
 */
function listenOnce(connection: Duplex): void {
  connection.on('newListener', (event, listener) => {
    if (event === 'readable') connection.removeListener(event, listener);
  });
}
