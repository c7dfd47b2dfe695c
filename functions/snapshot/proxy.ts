import { globalAgent } from 'node:https';
import { SettingsError } from './errors.ts';

const { proxyEnv } = globalAgent.options;
type Environment = NonNullable<typeof proxyEnv>;

/**
 * The proxy settings of each client, as an option of its agents. With NODE_USE_ENV_PROXY=1 or --use-env-proxy, Node.js sets `proxyEnv` to
 * the environment, with HTTPS_PROXY, HTTP_PROXY and NO_PROXY. So one setting covers Anodot and S3.
 */
export const PROXY = proxyEnv ? { proxyEnv: withCommas(proxyEnv) } : {};

/**
 * The same for requests to Anodot, read as Node's `fetch` reads it, which used to send them. Otherwise a host that isn't reached directly
 * would no longer be reached, or a token would leave by another way.
 * @throws SettingsError for a proxy that isn't an HTTP proxy
 */
export const proxyToAnodot = () => (proxyEnv ? { proxyEnv: asFetchReads(withCommas(proxyEnv)) } : {});

/** Node's agents separate the hosts of NO_PROXY only by commas. Its `fetch`, like other programs, also does by spaces. */
function withCommas(environment: Environment): Environment {
  const separated = Object.entries(environment).map(([name, value]) => [
    name,
    name.toUpperCase() === 'NO_PROXY' ? value?.trim().replaceAll(/[,\s]+/g, ',') : value,
  ]);
  return Object.fromEntries(separated);
}

/** HTTP_PROXY stands in for HTTPS_PROXY, a URL may have blanks and capitals, and a host of NO_PROXY includes those below it. */
function asFetchReads(environment: Environment): Environment {
  const http = urlOf(environment['http_proxy'] || environment['HTTP_PROXY']);
  const https = urlOf(environment['https_proxy'] || environment['HTTPS_PROXY']) || http;
  const hosts = environment['no_proxy'] || environment['NO_PROXY'];
  const exempt = hosts?.split(',').flatMap((host) => (/^[^.*]/.test(host) ? [host, `.${host}`] : host));
  return { http_proxy: http, https_proxy: https, no_proxy: exempt?.join(',') };
}

/** The agents ignore a URL that doesn't begin with `http`, and would connect directly. */
function urlOf(text: string | undefined): string | undefined {
  const url = URL.parse(text ?? '');
  if (url && url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new SettingsError('HTTPS_PROXY and HTTP_PROXY must be URLs that begin with http:// or https://');
  return url?.href ?? text;
}
