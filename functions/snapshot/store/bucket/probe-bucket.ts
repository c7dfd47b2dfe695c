import { COMMITS_FOLDER } from '../../contract.ts';
import { StoreError } from '../../errors.ts';
import type { Store } from '../store.ts';
import type { Bucket } from './bucket.ts';

/**
 * Tries every action of STORE_ACTIONS. Leaves nothing behind. It doesn't complete an upload: that needs no other
 * permission, and would leave an object behind.
 */
export async function probeBucket(bucket: Bucket, store: Store, execution: string): Promise<void> {
  const key = `.staged/${execution}/probe`;
  const commits = await store.list(COMMITS_FOLDER);
  await store.read(key);
  const staging = await store.stage(key, execution);
  try {
    await staging.close();
  } catch (error) {
    await staging.drop().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
  await staging.drop();
  // AWS needs no such proof. If there is no commit yet, the first run provides it.
  const newest = commits.at(-1);
  if (newest !== undefined && (await bucket.isForeign())) await store.proveCreateOnly(newest);
}

export const replacesObjects = (location: string): StoreError =>
  new StoreError(
    `${location}: this S3 server ignores If-None-Match and replaces existing objects, so two concurrent runs would both publish. Use a server that supports conditional writes`,
  );
