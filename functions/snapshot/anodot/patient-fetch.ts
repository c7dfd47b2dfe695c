/** `fetch` with Node's own configuration, proxy and certificates included, but no timeout except the signal's. */

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

/** Node's HTTP client stores its dispatcher under one of these symbols, depending on its version. Newest first. */
const GLOBAL_DISPATCHERS = [Symbol.for('undici.globalDispatcher.2'), Symbol.for('undici.globalDispatcher.1')];
/** By default, Node's client fails if the headers, or the next part of a body, take 300 seconds. 0 means no limit. */
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 } as const;

export async function patientFetch(url: string, { headers, ...init }: RequestInit): Promise<Response> {
  const made = new Headers(headers); // loads Node's client, which sets its dispatcher
  return fetch(url, { ...init, headers: made, ...patientDispatcher() });
}

function patientDispatcher(): Pick<RequestInit, 'dispatcher'> {
  const dispatcher = GLOBAL_DISPATCHERS.map((key): unknown => Reflect.get(globalThis, key)).find(isDispatcher);
  if (!dispatcher) return {}; // unknown version of the client: its own timeouts apply
  return {
    dispatcher: dispatcher.compose((next) => (options, handler) => next({ ...options, ...NO_LIMITS }, handler)),
  };
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && 'compose' in value && typeof value.compose === 'function';
