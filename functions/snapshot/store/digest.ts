import { createHash } from 'node:crypto';
import type { Store } from './store.ts';

/** Size and SHA-256 of an object as stored. Undefined if there is no such object. */
export async function digestOf(store: Store, key: string): Promise<{ bytes: number; sha256: string } | undefined> {
  const chunks = await store.open(key);
  if (!chunks) return undefined;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}
