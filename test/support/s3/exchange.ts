import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';

/** An error response of S3. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string = code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface S3Request {
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface S3Reply {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string | number };
  readonly body?: string | Buffer;
}

export const md5 = (...parts: Buffer[]): Buffer => createHash('md5').update(Buffer.concat(parts)).digest();

export function crc32Of(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}

export const metadataOf = (headers: IncomingHttpHeaders): { [header: string]: string } =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [])),
  );

/** The CRC32 sent with a body, or undefined. @throws S3Refusal if it does not match the body */
export function checkedSum(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  if (headers['content-length'] === undefined) throw new S3Refusal(411, 'MissingContentLength');
  if (headers['content-encoding'] !== undefined || headers['x-amz-trailer'] !== undefined)
    throw new S3Refusal(501, 'NotImplemented', 'the client sends its bodies whole');
  const digest = headers['content-md5'];
  if (digest !== undefined && digest !== md5(body).toString('base64')) throw new S3Refusal(400, 'BadDigest');
  const checksum = headers['x-amz-checksum-crc32'];
  if (checksum === undefined) return undefined;
  if (checksum !== crc32Of(body).toString('base64')) throw new S3Refusal(400, 'BadDigest');
  return checksum;
}
