/** `fetch` as Node.js is configured, proxy and certificates included, except that only the signal decides how long a response may take. */

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

/** Where Node's HTTP client keeps its connections, under the name of each version of its interface, newest first. */
const GLOBAL_DISPATCHERS = [Symbol.for('undici.globalDispatcher.2'), Symbol.for('undici.globalDispatcher.1')];
/** By default, Node's client gives up if the headers, or the next part of a body, take 300 seconds. 0 is no limit. */
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 } as const;

export async function patientFetch(url: string, { headers, ...init }: RequestInit): Promise<Response> {
  const made = new Headers(headers); // loads Node's client, which only then has a dispatcher
  return fetch(url, { ...init, headers: made, ...patientDispatcher() });
}

function patientDispatcher(): Pick<RequestInit, 'dispatcher'> {
  const dispatcher = GLOBAL_DISPATCHERS.map((key): unknown => Reflect.get(globalThis, key)).find(isDispatcher);
  if (!dispatcher) return {}; // an unknown version of the client: its own limits hold
  return {
    dispatcher: dispatcher.compose((next) => (options, handler) => next({ ...options, ...NO_LIMITS }, handler)),
  };
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && 'compose' in value && typeof value.compose === 'function';
