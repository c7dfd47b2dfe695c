import type { Baseline } from '../changes/baseline.ts';
import { type ChangeCounts, Comparison } from '../changes/comparison.ts';
import { KEYS } from '../contract.ts';
import { RefusedSnapshotError, SourceContractError } from '../errors.ts';
import { readRows } from '../format/json-lines.ts';
import { HeldFailure } from '../held-failure.ts';
import type { SourceResponse } from '../source.ts';
import type { StoredObject } from '../store/store.ts';
import type { ReadUser, User } from '../user.ts';
import { SeenUsers } from './duplicates.ts';
import { Outputs, type StagingArea, stageLines } from './outputs.ts';
import { RawCopy } from './raw-copy.ts';
import { Tally } from './tally.ts';

/** Users and bytes received so far. */
export interface Progress {
  readonly users: number;
  readonly bytes: number;
}

/** Who watches while users arrive. */
export interface Watch {
  /** The gate: throws what it refuses. */
  judge(tally: Tally): void;
  /** Told the key under which the answer is kept. */
  onRawKey(key: string): void;
  onProgress(progress: Progress): void;
}

/** All users and what changed, staged; nothing of it can be seen but `raw`. */
export interface StagedUsers {
  readonly objects: readonly StoredObject[];
  readonly tally: Tally;
  /** Null where there was nothing to compare with. */
  readonly changes: ChangeCounts | null;
  readonly previousDt: string | null;
  readonly csvCellsAltered: number;
}

/**
 * Stages an answer while it arrives: each user goes to every format, to the comparison and to the counts, the bytes to `raw`.
 * The answer is kept under `raw/` also where it breaks the contract or the gate refuses it; what else was staged is then dropped.
 * @param earlier the snapshot to compare with
 */
export async function stageUsers(
  response: SourceResponse<ReadUser>,
  area: StagingArea,
  earlier: Baseline | undefined,
  watch: Watch,
): Promise<StagedUsers> {
  const raw = area.keepRaw ? await beginRaw(area) : undefined;
  const outputs = new Outputs();
  let comparison: Comparison | undefined;
  try {
    await outputs.begin(area);
    comparison = await beginComparison(response, area, earlier);
    const tally = await receive(response, outputs, comparison, raw, watch);
    watch.judge(tally);
    const objects = await outputs.close();
    if (raw) objects.push(await keep(raw, watch));
    const changed = await comparison?.end();
    const lines = changed?.changes.values().map((change) => `${JSON.stringify(change)}\n`) ?? [];
    objects.push(await stageLines(area, 'changes', KEYS.changes(area.dt), lines));
    const previousDt = comparison && earlier ? earlier.manifest.dt : null;
    return { objects, tally, changes: changed?.counts ?? null, previousDt, csvCellsAltered: outputs.csvCellsAltered };
  } catch (error) {
    await outputs.drop().catch(() => undefined); // what stays is removed after seven days
    await comparison?.close().catch(() => undefined); // it was read only
    const worthKeeping = error instanceof SourceContractError || error instanceof RefusedSnapshotError;
    if (raw) await (worthKeeping ? keep(raw, watch) : raw.drop()).catch(() => undefined); // the first failure is the one to report
    throw error;
  }
}

const beginRaw = ({ store, dt, runId, execution }: StagingArea) =>
  RawCopy.begin(store, KEYS.raw(dt, runId, execution), execution);

async function keep(raw: RawCopy, watch: Watch): Promise<StoredObject> {
  const object = await raw.keep();
  watch.onRawKey(object.key);
  return object;
}

/** Undefined with nothing to compare with, or where its rows have expired. */
async function beginComparison(
  response: SourceResponse<ReadUser>,
  { store, dt }: StagingArea,
  earlier: Baseline | undefined,
): Promise<Comparison | undefined> {
  const rows = earlier?.rowsKey ? await store.open(earlier.rowsKey) : undefined;
  if (!earlier || !rows) return undefined;
  const { dt: previous_dt, observed_at: previous_observed_at } = earlier.manifest;
  return new Comparison(readRows(rows), {
    dt,
    previous_dt,
    previous_observed_at,
    observed_at: response.observedAt.toISOString(),
  });
}

/** Receives the whole response, even after two users of one id that differ, which fail it at its end. */
async function receive(
  response: SourceResponse<ReadUser>,
  outputs: Outputs,
  comparison: Comparison | undefined,
  raw: RawCopy | undefined,
  watch: Watch,
): Promise<Tally> {
  const tally = new Tally(response.observedAt);
  const seen = new SeenUsers();
  const duplicates = new HeldFailure();
  let bytes = 0;
  let index = 0;
  const keepBytes = async (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    await raw?.write(chunk);
    watch.onProgress({ users: index, bytes });
  };
  for await (const batch of response.batches(keepBytes)) {
    const users = duplicates.attempt(() => addBatch(batch, index, outputs, tally, seen));
    if (!users) continue;
    await comparison?.add(users);
    index += batch.length;
    await outputs.flush();
  }
  duplicates.release();
  watch.onProgress({ users: index, bytes });
  return tally;
}

/** Returns the users of the batch that are published: all but duplicates. */
function addBatch(batch: readonly ReadUser[], start: number, outputs: Outputs, tally: Tally, seen: SeenUsers): User[] {
  const users: User[] = [];
  for (const [i, read] of batch.entries()) {
    const row = outputs.json.row(read.user);
    const verdict = seen.add(read.user, row);
    if (verdict === 'different') {
      throw new SourceContractError(`users[${start + i}]._id: stands in the answer twice, with different content`);
    }
    if (verdict === 'same') tally.duplicates++;
    else {
      tally.add(read);
      outputs.add(read.user, row);
      users.push(read.user);
    }
  }
  return users;
}
