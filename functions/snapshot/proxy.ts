import { globalAgent } from 'node:https';

const { proxyEnv } = globalAgent.options;

/**
 * The proxy settings of each client, as an option of its agents. With NODE_USE_ENV_PROXY=1 or --use-env-proxy, Node.js sets `proxyEnv` to
 * the variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY. So one setting covers Anodot and S3.
 */
export const PROXY = proxyEnv ? { proxyEnv } : {};
