/** How long a client of AWS waits and how often it tries, as resolved from its options. */
import * as z from 'zod';

const HANDLER = z.object({
  connectionTimeout: z.number().optional(),
  socketTimeout: z.number().optional(),
  requestTimeout: z.number().optional(),
  throwOnRequestTimeout: z.boolean().optional(),
});

interface Client {
  readonly config: {
    readonly requestHandler: object;
    maxAttempts(): Promise<number>;
    readonly retryMode: string | (() => Promise<string>);
  };
}

/** In milliseconds. Two seconds to connect, and five for the response. */
export const QUICK = {
  connectionTimeout: 2_000,
  socketTimeout: 5_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  retryMode: 'standard',
};

/** Ask only after a request: the handler resolves its options at the first. */
export async function patienceOf({ config }: Client) {
  const { requestHandler, retryMode } = config;
  if (!('httpHandlerConfigs' in requestHandler) || typeof requestHandler.httpHandlerConfigs !== 'function')
    throw new Error("the handler doesn't say how long it waits");
  return {
    ...HANDLER.parse(requestHandler.httpHandlerConfigs()),
    retryMode: typeof retryMode === 'string' ? retryMode : await retryMode(),
    maxAttempts: await config.maxAttempts(),
  };
}
