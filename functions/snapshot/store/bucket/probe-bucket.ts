import { COMMITS_FOLDER } from '../../contract.ts';
import type { Store } from '../store.ts';

/**
 * Tries every action of STORE_ACTIONS and leaves nothing behind. Does not complete an upload, which would leave an object and needs no
 * action of its own.
 */
export async function probeBucket(store: Store, execution: string): Promise<void> {
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
}
