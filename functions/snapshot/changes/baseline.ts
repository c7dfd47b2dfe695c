/** Finds the snapshots that a new one is compared with. */
import { type Commit, objectOf } from '../commits/commit.ts';
import { commitNumbers, readCommit } from '../commits/commit-log.ts';
import { parseDocument, readDocument, sha256Of } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';

/** A snapshot to compare with, checked against its commit. */
export interface Baseline {
  readonly manifest: Manifest;
  /** The key of its rows. Null if they have expired. */
  readonly rowsKey: string | null;
}

export interface Baselines {
  /** From any day, today included. The gate compares with it. */
  readonly newest: Baseline | undefined;
  /** From an earlier day whose rows are still stored. The change feed compares with it. */
  readonly earlier: Baseline | undefined;
}

/**
 * The newest sound snapshots. Damaged ones are skipped with a warning, and so are earlier days whose rows have expired or were removed.
 * @param newestNumber the number of the newest commit, which is finished
 * @param numbers those of all commits, ascending. Default: they are listed
 */
export async function findBaselines(
  store: Store,
  dt: string,
  newestNumber: number | undefined,
  onWarning: (message: string) => void,
  numbers?: readonly number[],
): Promise<Baselines> {
  const { baselines, warnings } = await searchBaselines(store, dt, numbers);
  // A snapshot that another run is promoting right now looks damaged but isn't.
  const undisturbed = warnings.length > 0 && (await commitNumbers(store)).at(-1) === newestNumber;
  if (undisturbed) for (const warning of warnings) onWarning(warning);
  return baselines;
}

/** Like `findBaselines`, but returns the warnings. They hold unless another run is publishing. */
export async function searchBaselines(
  store: Store,
  dt: string,
  numbers?: readonly number[],
): Promise<{ readonly baselines: Baselines; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  let newest: Baseline | undefined;
  const withoutRows: string[] = [];
  const seenDays = new Set<string>();
  const unreadable = new Set<number>();
  const all = (earlier: Baseline | undefined) => [...warnings, ...rowsWarning(withoutRows, earlier)];
  for (const number of (numbers ?? (await commitNumbers(store))).toReversed()) {
    const commit = (await readCommit(store, number))?.commit;
    if (commit && commit.dt > dt) continue; // dated in the future: the run has already warned of it
    if (!commit) unreadable.add(number);
    const baseline = commit && (await baselineOf(store, commit));
    const isReplaced = async ({ dt: day }: Commit) =>
      seenDays.has(day) || unreadable.has(await commitInPlace(store, day));
    if (!baseline && !(commit && (await isReplaced(commit))))
      warnings.push(`the snapshot of commit ${number} is damaged; comparing with an older one. Run verify`);
    if (commit) seenDays.add(commit.dt);
    newest ??= baseline;
    if (!baseline || baseline.manifest.dt >= dt) continue;
    if (baseline.rowsKey !== null) return { baselines: { newest, earlier: baseline }, warnings: all(baseline) };
    if (!withoutRows.includes(baseline.manifest.dt)) withoutRows.push(baseline.manifest.dt);
  }
  return { baselines: { newest, earlier: undefined }, warnings: all(undefined) };
}

/** No warning if every earlier day has lost its rows: nothing is left to compare with, and the manifest says so. */
function rowsWarning([newest, ...others]: readonly string[], earlier: Baseline | undefined): string[] {
  if (newest === undefined || !earlier) return [];
  const days = others.length === 0 ? newest : `${newest} and ${others.length} earlier`;
  return [`the users of ${days} have expired or were removed; comparing with ${earlier.manifest.dt}. Run verify`];
}

/** Undefined if the snapshot differs from what its commit names. */
async function baselineOf(store: Store, commit: Commit): Promise<Baseline | undefined> {
  const proof = objectOf(commit, 'manifest');
  const rows = objectOf(commit, 'json');
  const bytes = proof && (await store.read(proof.key));
  if (!rows || !bytes || sha256Of(bytes) !== proof.sha256) return undefined;
  const manifest = parseDocument(MANIFEST, bytes);
  if (!manifest || manifest.commit !== commit.commit || manifest.dt !== commit.dt) return undefined;
  const named = objectOf(manifest, 'json');
  if (named?.key !== rows.key || named.sha256 !== rows.sha256) return undefined; // one of the two was edited
  const digest = await digestOf(store, rows.key);
  if (digest) return digest.sha256 === rows.sha256 ? { manifest, rowsKey: rows.key } : undefined;
  return (await isExpired(store, commit)) ? { manifest, rowsKey: null } : undefined;
}

/** The commit number in the day's manifest. 0 if there is no manifest. */
const commitInPlace = async (store: Store, dt: string): Promise<number> =>
  (await readDocument(store, KEYS.manifest(dt), MANIFEST))?.commit ?? 0;

/** A day has expired if its users, changes and groups are all gone. If only some are, someone removed them. */
async function isExpired(store: Store, { objects }: Commit): Promise<boolean> {
  for (const { kind, key } of objects) {
    if (kind !== 'raw' && kind !== 'manifest' && (await digestOf(store, key))) return false;
  }
  return true;
}
