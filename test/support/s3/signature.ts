import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignedRequest {
  readonly method: string;
  /** The path and query as sent, encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
const QUARTER_HOUR = 15 * 60_000;

/** The signature of a request with AWS Signature Version 4. `scope` is date, region and service. */
export function signatureOf(
  request: SignedRequest,
  signedHeaders: readonly string[],
  scope: readonly [string, string, string],
  secret: string,
): string {
  const { pathname, searchParams } = new URL(request.url, 'http://s3');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = signedHeaders.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const payload = request.headers['x-amz-content-sha256'];
  const canonical = [request.method, pathname, query.join('&'), headers.join(''), signedHeaders.join(';'), payload];
  const full = [...scope, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], full.join('/'), sha256(canonical.join('\n'))];
  const key = full.reduce<string | Buffer>(mac, `AWS4${secret}`);
  return mac(key, toSign.join('\n')).toString('hex');
}

/** S3's error code for a request with a wrong signature, date, body or credentials; undefined for a valid one. */
export function refusalOf(
  request: SignedRequest,
  body: Buffer,
  credentials: S3Credentials,
  region: string,
): string | undefined {
  const { headers } = request;
  const [, id, day = '', named = '', service = '', names = '', signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (id === undefined) return 'AccessDenied';
  if (named !== region || service !== 's3') return 'AuthorizationHeaderMalformed';
  if (id !== credentials.accessKeyId) return 'InvalidAccessKeyId';
  if (headers['x-amz-security-token'] !== credentials.sessionToken) return 'InvalidToken';
  const sent = String(headers['x-amz-date']).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  if (!(Math.abs(Date.now() - Date.parse(sent)) < QUARTER_HOUR)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || /^x-amz-(?!user-agent)/.test(name));
  if (!mustBeSigned.every((name) => signed.includes(name))) return 'AccessDenied';
  if (signatureOf(request, signed, [day, region, service], credentials.secretAccessKey) !== signature)
    return 'SignatureDoesNotMatch';
  const payload = headers['x-amz-content-sha256'];
  return payload === 'UNSIGNED-PAYLOAD' || payload === sha256(body) ? undefined : 'XAmzContentSHA256Mismatch';
}
