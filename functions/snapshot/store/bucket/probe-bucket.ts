import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { COMMITS_FOLDER } from '../../contract.ts';
import { StoreError } from '../../errors.ts';
import type { Store } from '../store.ts';
import type { Bucket } from './bucket.ts';

/** The object that `probeCreateOnly` creates. No reader of a store sees it. */
const PROBE = '.staged/probe';

/**
 * Tries every action of STORE_ACTIONS and leaves nothing behind. Does not complete an upload, which would leave an object and needs no
 * action of its own.
 */
export async function probeBucket(bucket: Bucket, store: Store, execution: string): Promise<void> {
  const key = `.staged/${execution}/probe`;
  await store.list(COMMITS_FOLDER);
  await store.read(key);
  const staging = await store.stage(key, execution);
  try {
    await staging.close();
  } catch (error) {
    await staging.drop().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
  await staging.drop();
  if (await bucket.isForeign()) await probeCreateOnly(bucket, store);
}

/**
 * Creates an object twice. AWS needs no such proof, and a function there may not delete objects. Elsewhere, if deleting is denied, the
 * object stays, and the next probe finds it.
 * @throws StoreError if it could be created twice
 */
async function probeCreateOnly(bucket: Bucket, store: Store): Promise<void> {
  if ((await store.create(PROBE, Buffer.alloc(0))) === 'exists') return;
  try {
    if ((await store.create(PROBE, Buffer.alloc(0))) === 'created') throw replacesObjects(store.location);
  } finally {
    await bucket.client.send(new DeleteObjectCommand(bucket.at(PROBE))).catch(() => undefined);
  }
}

export const replacesObjects = (location: string): StoreError =>
  new StoreError(
    `${location}: this S3 server ignores If-None-Match and replaces objects that exist: two runs at once would both publish. Use a server, or a version of it, with conditional writes`,
  );
