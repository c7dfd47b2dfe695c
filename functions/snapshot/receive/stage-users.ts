import { addedChanges } from '../changes/added-changes.ts';
import type { Baselines } from '../changes/baseline.ts';
import type { ChangeCounts } from '../changes/change.ts';
import type { Comparison } from '../changes/comparison.ts';
import type { ManifestFacts } from '../commits/manifest.ts';
import type { CountedObject } from '../commits/stage-commit.ts';
import { KEYS } from '../contract.ts';
import { RefusedSnapshotError, SourceContractError } from '../errors.ts';
import { lineOf, type UserLine } from '../format/json-lines.ts';
import { HeldFailure } from '../held-failure.ts';
import type { Origin } from '../origin.ts';
import type { Run } from '../run.ts';
import type { SourceResponse } from '../source.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import { together } from '../together.ts';
import type { ReadUser } from '../user.ts';
import { beginAttempt } from './begin-attempt.ts';
import { SeenUsers } from './duplicates.ts';
import { type GateRules, gate, refuseStrangers } from './gate.ts';
import { Outputs, type StagingArea, stageLines } from './outputs.ts';
import { RawCopy } from './raw-copy.ts';
import { Tally } from './tally.ts';

/** The parts of a run that staging users needs. */
export interface ReceivingRun extends Pick<Run, 'force' | 'onProgress'> {
  readonly settings: Omit<GateRules, 'force'>;
}

/** A response while it arrives, or one that was stored. How it was received is for the caller to record. */
export type UsersResponse = Pick<SourceResponse<ReadUser>, 'observedAt' | 'batches'>;

/** All users and their changes, staged. Nothing is visible yet, except the raw response. */
export interface StagedUsers {
  readonly objects: readonly CountedObject[];
  readonly facts: Omit<ManifestFacts, keyof Origin | 'groups' | 'groups_received'>;
  /** The changes that the day's earlier run hadn't found. Null if there was no comparison. */
  readonly newChanges: ChangeCounts | null;
  readonly rawKey: string | null;
  /** The area's later objects. The caller writes or discards them. */
  readonly later: BegunObjects;
  readonly error?: undefined;
}

/** An attempt that failed. It has discarded what it staged. */
export interface FailedAttempt {
  readonly error: unknown;
  /** The key of the raw response, if it was kept. */
  readonly rawKey: string | null;
}

/**
 * Stages a response while it arrives. Each user is added to every format, to the comparison and to the counts. The bytes are written to
 * `raw/`. After the last user, the gate decides. A response that breaks the contract, or that the gate refuses, is kept under `raw/`.
 */
export async function stageUsers(
  response: UsersResponse,
  area: StagingArea,
  baselines: Baselines,
  run: ReceivingRun,
): Promise<StagedUsers | FailedAttempt> {
  const outputs = new Outputs();
  let raw: RawCopy | undefined;
  let comparison: Comparison | undefined;
  let begun: BegunObjects | undefined;
  let rawKey: string | null = null;
  try {
    [begun, comparison] = await beginAttempt(area, baselines.earlier, response.observedAt);
    raw = area.keepRaw ? RawCopy.begin(area, begun) : undefined;
    outputs.begin(area, begun);
    const tally = await receive(response, outputs, comparison, raw, run);
    gate(tally, baselines.newest?.manifest, { ...run.settings, force: run.force });
    const changed = await comparison?.end();
    if (changed && baselines.earlier) refuseStrangers(tally.userCount, changed.shared, baselines.earlier.manifest, run);
    const lines = changed?.changes.values().map((change) => `${JSON.stringify(change)}\n`) ?? [];
    const keepRaw = async () => {
      const kept = await raw?.keep();
      rawKey = kept?.key ?? null; // also if another of these calls fails
      return kept;
    };
    const [objects, kept, changes] = await together([
      outputs.close(),
      keepRaw(),
      stageLines(begun, 'changes', KEYS.changes(area.dt), lines),
    ]);
    if (kept) objects.push({ ...kept, rows: tally.userCount + tally.duplicates });
    objects.push(changes);
    const facts = {
      observed_at: response.observedAt.toISOString(),
      ...tally.facts,
      previous_dt: (comparison && baselines.earlier?.manifest.dt) ?? null,
      changes: changed?.counts ?? null,
      csv_cells_altered: outputs.csvCellsAltered,
    };
    const sameDay = baselines.newest?.manifest.dt === area.dt ? baselines.newest.manifest : undefined;
    const newChanges = changed ? await addedChanges(changed.changes, area.store, sameDay) : null;
    begun.take(changes.key);
    return { objects, facts, newChanges, rawKey, later: begun };
  } catch (failure) {
    // The first failure is the one to report: a write may have failed before, unnoticed. Anything that can't be discarded is removed after
    // seven days.
    const error = outputs.failure ?? raw?.failure ?? failure;
    const keeping = rawKey === null ? raw?.end(isWorthKeeping(error)) : undefined;
    const [kept] = await Promise.allSettled([keeping, outputs.drop(), begun?.drop(), comparison?.close()]);
    if (kept.status === 'fulfilled') rawKey ??= kept.value ?? null;
    return { error, rawKey };
  }
}

const isWorthKeeping = (error: unknown): boolean =>
  error instanceof SourceContractError || error instanceof RefusedSnapshotError;

/** Receives the whole response. If two users with the same id differ, it throws only at the end. */
async function receive(
  response: UsersResponse,
  outputs: Outputs,
  comparison: Comparison | undefined,
  raw: RawCopy | undefined,
  run: ReceivingRun,
): Promise<Tally> {
  const tally = new Tally(response.observedAt);
  const seen = new SeenUsers();
  const conflict = new HeldFailure();
  let bytes = 0;
  let index = 0;
  const keep = async (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    await raw?.write(chunk);
    run.onProgress({ users: index, bytes });
  };
  for await (const batch of response.batches(keep)) {
    const published = conflict.attempt(() => addBatch(batch, index, outputs, tally, seen));
    if (!published) continue;
    index += batch.length;
    await comparison?.add(published);
    await outputs.writeIfFull();
  }
  await outputs.written();
  conflict.release();
  run.onProgress({ users: index, bytes });
  return tally;
}

/** @returns the users of the batch without duplicates */
function addBatch(
  batch: readonly ReadUser[],
  start: number,
  outputs: Outputs,
  tally: Tally,
  seen: SeenUsers,
): readonly UserLine[] {
  const published: UserLine[] = [];
  let index = start;
  for (const read of batch) {
    const line = lineOf(read.user);
    const verdict = seen.add(line.user, line.json);
    if (verdict === 'different')
      throw new SourceContractError(`users[${index}]._id: duplicate id with conflicting data`);
    if (verdict === 'same') tally.duplicates++;
    else {
      tally.add(read);
      outputs.add(line);
      published.push(line);
    }
    index++;
  }
  return published;
}
