import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { type Bucket, isAbsentObject, NEEDS, unless } from './bucket.ts';
import { bucketFailure } from './failure.ts';

/** How many connections in a row may break without delivering a byte. */
const TRIES = 3;

/**
 * Opens an object for reading in chunks. Undefined if there is no such object. If the connection breaks, or S3 closes it because the
 * reader is slow, reading resumes at the same byte. If the object has been replaced by then, reading fails. The SDK itself doesn't retry
 * once a response has begun.
 */
export async function openObject(bucket: Bucket, key: string): Promise<AsyncIterable<Uint8Array> | undefined> {
  const what = `read ${key}`;
  const response = await bucket.call(what, NEEDS.get, () =>
    unless(isAbsentObject, bucket.client.send(new GetObjectCommand(bucket.at(key)))),
  );
  if (!response) return undefined;
  bucket.given(response.ETag, what);
  return chunksOf(bucket, key, response);
}

async function* chunksOf(bucket: Bucket, key: string, first: GetObjectCommandOutput): AsyncGenerator<Uint8Array> {
  let offset = 0;
  let broken = 0;
  for (let response = first; ; ) {
    const body = bodyOf(response);
    try {
      for await (const chunk of body) {
        offset += chunk.byteLength;
        broken = 0;
        yield chunk;
      }
      return;
    } catch (error) {
      if (++broken === TRIES) throw bucketFailure(bucket.location, `read ${key}`, NEEDS.get, error);
    }
    const rest = { ...bucket.at(key), Range: `bytes=${offset}-`, IfMatch: first.ETag };
    response = await bucket.call(`resume reading ${key}`, NEEDS.get, () =>
      bucket.client.send(new GetObjectCommand(rest)),
    );
  }
}

/** The body of a response. Ending the iteration closes the connection. */
export function bodyOf({ Body }: GetObjectCommandOutput): AsyncIterable<Uint8Array> {
  if (Body instanceof Readable) return Body;
  throw new TypeError("the body of the S3 client's response is not a Node.js stream");
}
