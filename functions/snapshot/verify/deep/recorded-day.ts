/** What the commit and the manifest of a day say about it. */
import type { Baseline } from '../../changes/baseline.ts';
import { type Commit, objectOf } from '../../commits/commit.ts';
import { jsonOf, parseDocument, sha256Of } from '../../commits/document.ts';
import { MANIFEST, type Manifest } from '../../commits/manifest.ts';
import { KEYS } from '../../contract.ts';
import { digestOf } from '../../store/digest.ts';
import type { Store } from '../../store/store.ts';

export type RecordedDay = Manifest & {
  /** The manifest's fields as stored. Its schema would drop a role named `__proto__`. */
  readonly stored: { readonly [field: string]: unknown };
};

/** Undefined if the manifest in place isn't the one that the commit names. */
export async function readRecorded(store: Store, commit: Commit): Promise<RecordedDay | undefined> {
  const bytes = await store.read(KEYS.manifest(commit.dt));
  if (!bytes || sha256Of(bytes) !== objectOf(commit, 'manifest')?.sha256) return undefined;
  const recorded = parseDocument(MANIFEST, bytes);
  return recorded && { ...recorded, stored: Object(jsonOf(bytes)) };
}

/** The snapshot that a day was compared with, and the hash of its rows. */
export interface Previous {
  readonly baseline: Baseline;
  readonly rowsKey: string;
  readonly sha256: string;
}

/** Undefined if the manifest in place isn't one of an earlier commit. @param earlier the commits before the day's */
export async function readPrevious(
  store: Store,
  earlier: readonly Commit[],
  dt: string,
): Promise<Previous | undefined> {
  const bytes = await store.read(KEYS.manifest(dt));
  const sha256 = bytes && sha256Of(bytes);
  const commit = earlier.findLast((one) => one.dt === dt && objectOf(one, 'manifest')?.sha256 === sha256);
  const rows = commit && objectOf(commit, 'json');
  const manifest = bytes && parseDocument(MANIFEST, bytes);
  if (!rows || !manifest) return undefined;
  return { baseline: { manifest, rowsKey: rows.key }, rowsKey: rows.key, sha256: rows.sha256 };
}

/** Whether the rows are in place with the hash that their commit names. */
export const hasRows = async (store: Store, { rowsKey, sha256 }: Previous): Promise<boolean> =>
  (await digestOf(store, rowsKey))?.sha256 === sha256;
