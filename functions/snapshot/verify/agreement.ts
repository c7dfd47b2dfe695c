/** Compares a day's manifest with the commit that names it, and its counts and times with each other, so that none can be edited alone. */
import type { Commit } from '../commits/commit.ts';
import { parseDocument } from '../commits/document.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { versionProblem } from '../commits/manifests.ts';
import { KEYS, type ObjectKind } from '../contract.ts';
import type { Store } from '../store/store.ts';
import { DAY_MILLISECONDS, MAX_CLOCK_DIFFERENCE } from '../utc-day.ts';

/** From the response to the commit. No run takes longer. */
const LONGEST_MILLISECONDS = DAY_MILLISECONDS;

/** The manifest, or what is wrong with it. */
type Agreement =
  | { readonly manifest: Manifest; readonly problem?: undefined }
  | { readonly manifest?: undefined; readonly problem: string };

/** Reads a manifest whose bytes are the commit's. */
export async function agreeingManifest(store: Store, key: string, commit: Commit): Promise<Agreement> {
  const bytes = await store.read(key);
  const manifest = bytes && parseDocument(MANIFEST, bytes);
  const other = bytes && !manifest ? versionProblem(bytes) : undefined;
  if (other) return { problem: `${other.problem}. ${other.advice}` };
  if (!manifest || !agree(manifest, commit))
    return { problem: `doesn't agree with ${KEYS.commit(commit.commit)}: one of the two was edited` };
  const problem = countsProblem(manifest) ?? timesProblem(manifest);
  return problem === undefined ? { manifest } : { problem: `contradicts itself: ${problem}` };
}

function agree(manifest: Manifest, commit: Commit): boolean {
  const named = (objects: Manifest['objects']) =>
    JSON.stringify(objects.map(({ kind, key, bytes, sha256 }) => [kind, key, bytes, sha256]));
  const inCommit = commit.objects.filter(({ kind }) => kind !== 'manifest');
  return (
    manifest.dt === commit.dt &&
    manifest.commit === commit.commit &&
    manifest.run_id === commit.run_id &&
    manifest.scheduled_at === commit.scheduled_at &&
    manifest.published_at === commit.committed_at &&
    named(manifest.objects) === named([...inCommit])
  );
}

/** Manifests of earlier versions have no `rows`, so there is nothing to compare. */
function countsProblem({ objects, user_count, drift, changes }: Manifest): string | undefined {
  const counts: { readonly [kind in ObjectKind]?: number } = {
    json: user_count,
    csv: user_count,
    raw: user_count + drift.duplicates,
    changes: Object.values(changes ?? {}).reduce((sum, count) => sum + count, 0),
  };
  for (const { kind, key, rows } of objects) {
    const count = counts[kind];
    if (rows !== undefined && count !== undefined && rows !== count)
      return `it records ${rows} rows in ${key}, but its other counts say ${count}`;
  }
  return undefined;
}

/** The states depend on `observed_at`. The clock may be set back while a run is in progress, but by no more than runs accept. */
function timesProblem({ dt, observed_at, published_at, response }: Manifest): string | undefined {
  const observed = Date.parse(observed_at);
  const taken = Date.parse(published_at) - observed;
  if (taken < -MAX_CLOCK_DIFFERENCE) return 'observed_at is after published_at';
  if (taken > LONGEST_MILLISECONDS) return 'observed_at is more than a day before published_at';
  if (observed < Date.parse(dt) - MAX_CLOCK_DIFFERENCE) return 'observed_at is before the day of the snapshot';
  const difference = response?.date ? Math.abs(Date.parse(response.date) - observed) : 0;
  if (difference > MAX_CLOCK_DIFFERENCE)
    return `observed_at and response.date are more than ${MAX_CLOCK_DIFFERENCE / 60_000} minutes apart`;
  return undefined;
}
