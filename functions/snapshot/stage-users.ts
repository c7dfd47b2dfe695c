import { type Format, KEYS, type ObjectKind } from './contract.ts';
import { RefusedSnapshotError, SourceContractError } from './errors.ts';
import { Csv } from './format/csv.ts';
import { JsonLines } from './format/json-lines.ts';
import { RawCopy } from './raw-copy.ts';
import { SeenUsers } from './seen-users.ts';
import type { Answer } from './source/anodot-source.ts';
import type { Batch } from './source/array-parser.ts';
import type { Staging, Store, StoredObject } from './store/store.ts';
import { Tally } from './tally.ts';
import { toUser } from './user.ts';

/** Where one execution of a run stages its objects. */
export interface StagingArea {
  readonly store: Store;
  readonly dt: string;
  readonly runId: string;
  readonly execution: string;
  readonly formats: readonly Format[];
  readonly keepRaw: boolean;
}

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

/** All users, staged in every format; nothing of it can be seen but `raw`. */
export interface StagedUsers {
  readonly objects: readonly StoredObject[];
  readonly tally: Tally;
  readonly csvCellsAltered: number;
}

/**
 * Stages an answer while it arrives: each user goes to every format and to the counts, the bytes to `raw`. The answer is kept
 * under `raw/` also where it breaks the contract or the gate refuses it; anything else that was staged is then dropped.
 */
export async function stageUsers(answer: Answer, area: StagingArea, watch: Watch): Promise<StagedUsers> {
  const raw = area.keepRaw ? await beginRaw(area) : undefined;
  const outputs = new Outputs();
  try {
    await outputs.begin(area);
    const tally = await receive(answer, outputs, raw, watch);
    watch.judge(tally);
    const objects = await outputs.close();
    if (raw) objects.push(await keep(raw, watch));
    return { objects, tally, csvCellsAltered: outputs.csvCellsAltered };
  } catch (error) {
    await outputs.drop().catch(() => undefined); // what stays is removed after seven days
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

/** Takes the whole answer, also behind a record that breaks the contract, which is thrown at the end. */
async function receive(answer: Answer, outputs: Outputs, raw: RawCopy | undefined, watch: Watch): Promise<Tally> {
  const tally = new Tally(answer.observedAt);
  const seen = new SeenUsers();
  let failure: SourceContractError | undefined;
  let bytes = 0;
  let index = 0;
  const keepBytes = async (chunk: Uint8Array) => {
    bytes += chunk.byteLength;
    await raw?.write(chunk);
    watch.onProgress({ users: index, bytes });
  };
  for await (const batch of answer.batches(keepBytes)) {
    if (failure) continue;
    try {
      addBatch(batch, index, outputs, tally, seen);
    } catch (error) {
      if (!(error instanceof SourceContractError)) throw error;
      failure = error;
    }
    index += batch.elements.length;
    await outputs.flush();
  }
  if (failure) throw failure;
  watch.onProgress({ users: index, bytes });
  return tally;
}

function addBatch(batch: Batch, start: number, outputs: Outputs, tally: Tally, seen: SeenUsers): void {
  for (const [i, element] of batch.elements.entries()) {
    const read = toUser(element, start + i, () => batch.exact(i));
    const row = outputs.json.row(read.user);
    const verdict = seen.add(read.user, row);
    if (verdict === 'different') {
      throw new SourceContractError(`users[${start + i}]._id: stands in the answer twice, with different content`);
    }
    if (verdict === 'same') tally.duplicates++;
    else {
      tally.add(read);
      outputs.add(read.user, row);
    }
  }
}

/** The formats of one execution, each with the object that it writes. */
class Outputs {
  readonly json = new JsonLines();
  readonly #csv = new Csv();
  readonly #open: { readonly kind: ObjectKind; readonly key: string; readonly staging: Staging; pending: string }[] =
    [];

  async begin({ store, dt, execution, formats }: StagingArea): Promise<void> {
    for (const kind of formats) {
      const key = KEYS[kind](dt);
      const pending = kind === 'csv' ? this.#csv.header : this.json.header;
      this.#open.push({ kind, key, staging: await store.stage(key, execution), pending });
    }
  }

  add(user: Parameters<Csv['row']>[0], jsonRow: string): void {
    for (const output of this.#open) output.pending += output.kind === 'csv' ? this.#csv.row(user) : jsonRow;
  }

  async flush(): Promise<void> {
    for (const output of this.#open) {
      if (output.pending === '') continue;
      await output.staging.write(Buffer.from(output.pending));
      output.pending = '';
    }
  }

  async close(): Promise<StoredObject[]> {
    await this.flush();
    const objects: StoredObject[] = [];
    for (const { kind, key, staging } of this.#open) objects.push({ kind, key, ...(await staging.close()) });
    return objects;
  }

  async drop(): Promise<void> {
    for (const { staging } of this.#open) await staging.drop();
  }

  get csvCellsAltered(): number {
    return this.#csv.alteredCells;
  }
}
