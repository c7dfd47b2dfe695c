/** Keeps the sample account and real accounts out of each other's folders. */
import { readdir } from 'node:fs/promises';
import { jsonOf } from '../../snapshot/commits/document.ts';
import { MANIFEST } from '../../snapshot/commits/manifest.ts';
import { ENVIRONMENT, SAMPLE_SOURCE } from '../../snapshot/contract.ts';
import { CredentialsError, SettingsError } from '../../snapshot/errors.ts';
import { orAbsent } from '../../snapshot/store/folder/durable-folder.ts';
import { folderFailure } from '../../snapshot/store/folder/failure.ts';
import { STAGED } from '../../snapshot/store/folder/folder.ts';
import { FolderStore } from '../../snapshot/store/folder/folder-store.ts';
import type { Store } from '../../snapshot/store/store.ts';

/** Hidden, so that no table reads it. Written first, because a first run may be killed. */
const MARK = '.sample';

/**
 * Claims a folder for the sample account. It must be empty or already hold the sample.
 * @throws CredentialsError for any other folder and for a bucket, since a real account was probably meant and only its token is missing
 */
export async function claimForSample(store: Store): Promise<void> {
  if (!(store instanceof FolderStore)) {
    throw new CredentialsError(
      `no token: ${ENVIRONMENT.token} is not set. The sample account is written only to a folder, and ${store.location} is not a folder`,
    );
  }
  if (await holdsOther(store)) {
    throw new CredentialsError(
      `no token: ${ENVIRONMENT.token} is not set. The sample account is written only to an empty folder, and ${store.location} is not empty`,
    );
  }
  if ((await namesIn(store)).includes(MARK)) return;
  await store.create(MARK, Buffer.from('This folder holds snapshots of the sample account.\n'));
}

/** Whether a folder holds anything other than the sample account. */
export const holdsOther = async (store: Store): Promise<boolean> =>
  (await namesIn(store)).length > 0 && !(await holdsSample(store));

/** The names in a folder, hidden ones included. A first run that is killed before it writes the mark leaves `.staged`, which doesn't count. */
async function namesIn({ location }: Store): Promise<string[]> {
  try {
    return ((await orAbsent(readdir(location))) ?? []).filter((name) => name !== STAGED);
  } catch (error) {
    throw folderFailure(location, 'list it', error);
  }
}

/** @throws SettingsError if the store holds the sample, which is never mixed with a real account */
export async function refuseSampleFolder(store: Store): Promise<void> {
  if (await holdsSample(store)) {
    throw new SettingsError(
      `--store: ${store.location} holds the sample account. Choose another folder for a real one`,
    );
  }
}

export async function holdsSample(store: Store): Promise<boolean> {
  if (await store.read(MARK)) return true;
  const newest = (await store.list('manifests/')).at(-1);
  const bytes = newest === undefined ? undefined : await store.read(newest);
  return bytes !== undefined && MANIFEST.safeParse(jsonOf(bytes)).data?.source === SAMPLE_SOURCE;
}
