/** Reads the names of a day's groups, so that people don't have to read ids. */
import { objectOf } from '../commits/commit.ts';
import { jsonOf, sha256Of } from '../commits/document.ts';
import type { Manifest } from '../commits/manifest.ts';
import { GROUP_ROW, type Group } from '../group.ts';
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
  const { groups, ...problem } = await readGroups(store, manifest);
  return { names: new Map(groups.filter(({ name }) => name !== '').map(({ id, name }) => [id, name])), ...problem };
}

/** The groups of a day, those without a name too. Otherwise like `readGroupNames`. */
export async function readGroups(
  store: Store,
  manifest: Manifest,
): Promise<Omit<GroupNames, 'names'> & { readonly groups: readonly Group[] }> {
  const object = objectOf(manifest, 'groups');
  const bytes = object && (await store.read(object.key, object.bytes));
  if (!object) return { groups: [] };
  if (!bytes) return { groups: [], missing: object.key };
  if (sha256Of(bytes) !== object.sha256) return { groups: [], damaged: object.key };
  const lines = bytes.toString('utf8').split('\n');
  return { groups: lines.flatMap((line) => GROUP_ROW.safeParse(jsonOf(Buffer.from(line))).data ?? []) };
}
