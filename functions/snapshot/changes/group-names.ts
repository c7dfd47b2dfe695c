/** Reads the names of a day's groups, so that people don't have to read ids. */
import { objectOf } from '../commits/commit.ts';
import { jsonOf, sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { GROUP_ROW } from '../group.ts';
import type { Store } from '../store/store.ts';

export interface GroupNames {
  /** Names by id. Groups without a name are left out. */
  readonly names: ReadonlyMap<string, string>;
  /** The key of the groups if they don't match the manifest's hash. There are no names then. */
  readonly damaged?: string;
  /** The key of the groups if they have expired or were removed: then there are no names. */
  readonly missing?: string;
}

/** No names if the day was published without groups. */
export async function readGroupNames(store: Store, manifest: Manifest): Promise<GroupNames> {
  const object = objectOf(manifest, 'groups');
  const bytes = object && (await store.read(object.key, object.bytes));
  const names = new Map<string, string>();
  if (!object) return { names };
  if (!bytes) return { names, missing: object.key };
  if (sha256Of(bytes) !== object.sha256) return { names, damaged: object.key };
  for (const line of bytes.toString('utf8').split('\n')) {
    const group = GROUP_ROW.safeParse(jsonOf(Buffer.from(line))).data;
    if (group && group.name !== '') names.set(group.id, group.name);
  }
  return { names };
}
