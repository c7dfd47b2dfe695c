import { unescape as decode } from 'node:querystring';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { type Bucket, NEEDS } from './bucket.ts';

/** The keys under a folder, sorted. Leaves out keys that end with a slash: the console creates such objects as folders. */
export function listKeys(bucket: Bucket, folder: string): Promise<string[]> {
  const { client, name, root } = bucket;
  return bucket.call(`list ${folder}`, NEEDS.list, async () => {
    const keys: string[] = [];
    // URL-encoded, because XML can't represent every character of a key. A server that doesn't encode doesn't say that it did.
    const input = { Bucket: name, Prefix: root + folder, EncodingType: 'url' as const };
    for await (const { Contents = [], EncodingType, IsTruncated } of paginateListObjectsV2({ client }, input)) {
      // Without it, a login page would read as an empty store.
      bucket.given(IsTruncated?.toString(), `list ${folder}`);
      const keyOf = (name: string) => (EncodingType === 'url' ? decode(name.replaceAll('+', ' ')) : name);
      for (const { Key = '' } of Contents) keys.push(keyOf(Key).slice(root.length));
    }
    return keys.filter((key) => !key.endsWith('/')).sort();
  });
}
