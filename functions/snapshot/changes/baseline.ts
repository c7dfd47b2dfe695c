import { createHash } from 'node:crypto';
import { type Commit, jsonOf } from '../commits/commit.ts';
import { commitNumbers, readCommit } from '../commits/commit-log.ts';
import { MANIFEST, type Manifest } from '../commits/manifest.ts';
import { KEYS } from '../contract.ts';
import { digestOf } from '../store/digest.ts';
import type { Store } from '../store/store.ts';

/** A snapshot to compare with, held against its commit. */
export interface Baseline {
  readonly manifest: Manifest;
  /** The key of its rows; null where they have expired. */
  readonly rowsKey: string | null;
}

export interface Baselines {
  /** Of any day, today's included: what the gate compares with. */
  readonly newest: Baseline | undefined;
  /** Of an earlier day: what the change feed compares with. */
  readonly earlier: Baseline | undefined;
}

/**
 * The newest sound snapshots. A damaged one is named to `onWarning` and passed over.
 * @param newestNumber of the newest commit, which is finished
 */
export async function findBaselines(
  store: Store,
  dt: string,
  newestNumber: number | undefined,
  onWarning: (message: string) => void,
): Promise<Baselines> {
  const warnings: string[] = [];
  const baselines = await lookForBaselines(store, dt, (message) => warnings.push(message));
  // What another run has committed and is just putting in place looks damaged, and isn't.
  const undisturbed = warnings.length > 0 && (await commitNumbers(store)).at(-1) === newestNumber;
  for (const warning of undisturbed ? warnings : []) onWarning(warning);
  return baselines;
}

async function lookForBaselines(store: Store, dt: string, onWarning: (message: string) => void): Promise<Baselines> {
  let newest: Baseline | undefined;
  const seenDays = new Set<string>();
  const unreadable = new Set<number>();
  for (const number of (await commitNumbers(store)).reverse()) {
    const commit = (await readCommit(store, number))?.commit;
    if (!commit) unreadable.add(number);
    const baseline = commit && (await baselineOf(store, commit));
    if (!baseline && !(commit && (seenDays.has(commit.dt) || unreadable.has(await commitInPlace(store, commit.dt)))))
      onWarning(`the snapshot of commit ${number} is damaged; comparing with an older one. Run verify`);
    if (commit) seenDays.add(commit.dt);
    newest ??= baseline;
    if (baseline && baseline.manifest.dt < dt) return { newest, earlier: baseline };
  }
  return { newest, earlier: undefined };
}

/** Undefined where the snapshot isn't what its commit says. */
async function baselineOf(store: Store, commit: Commit): Promise<Baseline | undefined> {
  const proof = commit.objects.find(({ kind }) => kind === 'manifest');
  const rows = commit.objects.find(({ kind }) => kind === 'json');
  const bytes = proof && (await store.read(proof.key));
  if (!rows || !bytes || createHash('sha256').update(bytes).digest('hex') !== proof.sha256) return undefined;
  const manifest = MANIFEST.safeParse(jsonOf(bytes)).data;
  const named = manifest?.objects.find(({ kind }) => kind === 'json');
  if (!manifest || manifest.commit !== commit.commit || manifest.dt !== commit.dt) return undefined;
  if (named?.key !== rows.key || named.sha256 !== rows.sha256) return undefined; // one of the two was edited
  const digest = await digestOf(store, rows.key);
  if (digest) return digest.sha256 === rows.sha256 ? { manifest, rowsKey: rows.key } : undefined;
  return (await isExpired(store, commit)) ? { manifest, rowsKey: null } : undefined;
}

/** The number of the commit whose manifest a day has; 0 without a manifest. */
async function commitInPlace(store: Store, dt: string): Promise<number> {
  const bytes = await store.read(KEYS.manifest(dt));
  return (bytes && MANIFEST.safeParse(jsonOf(bytes)).data?.commit) ?? 0;
}

/** Expired is a day whose users, changes and groups are all gone; where only some are, somebody removed them. */
async function isExpired(store: Store, { objects }: Commit): Promise<boolean> {
  for (const { kind, key } of objects) {
    if (kind !== 'raw' && kind !== 'manifest' && (await digestOf(store, key))) return false;
  }
  return true;
}
