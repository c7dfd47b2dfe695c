import { globalAgent } from 'node:https';

const { proxyEnv } = globalAgent.options;

/**
 * The proxy settings of each client, as an option of its agents. With NODE_USE_ENV_PROXY=1 or --use-env-proxy, Node.js sets `proxyEnv` to
 * the environment, with HTTPS_PROXY, HTTP_PROXY and NO_PROXY. So one setting covers Anodot and S3.
 */
export const PROXY = proxyEnv ? { proxyEnv: withCommas(proxyEnv) } : {};

/** Node's agents separate the hosts of NO_PROXY only by commas. Its `fetch`, like other programs, also does by spaces. */
function withCommas(environment: NonNullable<typeof proxyEnv>): NonNullable<typeof proxyEnv> {
  const separated = Object.entries(environment).map(([name, value]) => [
    name,
    name.toUpperCase() === 'NO_PROXY' ? value?.trim().replaceAll(/[,\s]+/g, ',') : value,
  ]);
  return Object.fromEntries(separated);
}
