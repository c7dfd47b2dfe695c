/** Reads objects that anyone may have planted, so that one that can't be read doesn't end the whole verification. */
import { UnreadableObjectError } from '../errors.ts';
import type { Store } from '../store/store.ts';

/** The bytes of an object, or why it can't be read although the store can. */
export type Content =
  | { readonly bytes: Buffer; readonly problem?: undefined }
  | { readonly bytes?: undefined; readonly problem: string };

/** Undefined if there is no such object. @throws StoreError if the store can't be read */
export const contentOf = (store: Store, key: string, most: number): Promise<Content | undefined> =>
  unlessUnreadable(async () => {
    const bytes = await store.read(key, most);
    return bytes && { bytes };
  });

/** The result of a call, or why it is refused for one object. */
export async function unlessUnreadable<T>(call: () => Promise<T>): Promise<T | { readonly problem: string }> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof UnreadableObjectError)) throw error;
    return { problem: `can't be read: ${error.message}` };
  }
}
