/**
 * Decides where the token may be sent: to `anodot.com` or a subdomain, over HTTPS. Any other host requires consent. So does a
 * port, and plain HTTP to a loopback address. Messages quote at most the host name, since a URL may hold a password.
 * @param consent the name of the setting that allows other hosts
 */
export function parseAnodotHost(
  text: string,
  allowOtherHost: boolean,
  consent: string,
): { readonly origin: string } | { readonly problem: string } {
  const url = URL.parse(text);
  if (!url) return { problem: 'expected a URL like https://app.anodot.com' };
  if (url.username || url.password || url.pathname !== '/' || url.search || url.hash)
    return { problem: 'expected only a host, without user, path or query, like https://app.anodot.com' };
  const isAnodot = url.hostname === 'anodot.com' || url.hostname.endsWith('.anodot.com');
  if (!isAnodot && !allowOtherHost)
    return { problem: `${url.hostname} isn't an Anodot host; set ${consent}=true to send the token there` };
  if (url.protocol !== 'https:' && !(allowOtherHost && url.protocol === 'http:' && isLoopback(url.hostname)))
    return { problem: 'expected a URL that begins with https://' };
  if (url.port && !allowOtherHost) return { problem: 'expected a host without a port' };
  return { origin: url.origin };
}

const isLoopback = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
