import { randomBytes } from 'node:crypto';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type Bucket, unless } from './bucket.ts';
import { checksumOf } from './staged-upload.ts';

const PUT = 's3:PutObject and s3:GetObject';
const GET = 's3:GetObject, and s3:ListBucket on the bucket, without which a missing object is denied as well';
/** The object is there already, or it is another than was seen, or has gone; or somebody writes it at this moment. */
const OVERTAKEN = ['PreconditionFailed', 'NoSuchKey', 'ConditionalRequestConflict'];

/** One version of an object, as somebody saw it. */
export interface Version {
  readonly bytes: Buffer;
  readonly etag: string;
  /** The mark of whoever wrote it with `writeVersion`. */
  readonly writer: string | undefined;
}

export async function readVersion(bucket: Bucket, key: string): Promise<Version | undefined> {
  return bucket.call(`read ${key}`, GET, async () => {
    const answer = await unless(['NoSuchKey'], bucket.client.send(new GetObjectCommand(bucket.at(key))));
    if (!answer) return undefined;
    if (!answer.Body || answer.ETag === undefined) throw new TypeError("the S3 client's answer has no body or no ETag");
    const bytes = Buffer.from(await answer.Body.transformToByteArray());
    return { bytes, etag: answer.ETag, writer: answer.Metadata?.['writer'] };
  });
}

/**
 * Writes over the version that was seen, or where nothing was: of several who saw the same one writes.
 * @returns what was written; undefined where another was before, who is left as he is
 */
export function writeVersion(
  bucket: Bucket,
  key: string,
  bytes: Buffer,
  seen: Version | undefined,
): Promise<Version | undefined> {
  const writer = randomBytes(8).toString('hex');
  const command = new PutObjectCommand({
    ...bucket.at(key),
    Body: bytes,
    ChecksumCRC32: checksumOf(bytes),
    Metadata: { writer },
    ...(seen ? { IfMatch: seen.etag } : { IfNoneMatch: '*' }),
  });
  return bucket.call(`write ${key}`, PUT, async () => {
    const answer = await unless(OVERTAKEN, bucket.client.send(command));
    if (answer?.ETag !== undefined) return { bytes, etag: answer.ETag, writer };
    // Where an answer is lost the client asks again, and is refused for what it has written itself: the mark tells.
    const there = await readVersion(bucket, key);
    return there?.writer === writer ? there : undefined;
  });
}
