import type { CountedObject } from '../commits/stage-commit.ts';
import { type Format, KEYS, type ObjectKind } from '../contract.ts';
import { Csv } from '../format/csv.ts';
import type { UserLine } from '../format/json-lines.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import type { Staging, Store } from '../store/store.ts';
import { together } from '../together.ts';

/** Where one attempt of a run stages its objects. */
export interface StagingArea {
  readonly store: Store;
  readonly dt: string;
  readonly runId: string;
  readonly execution: string;
  readonly formats: readonly Format[];
  readonly keepRaw: boolean;
  /** The keys of objects that are written after the users, but begun together with theirs. */
  readonly later: readonly string[];
}

/** Stages one object from its lines. Until the caller takes it, it is discarded with the others. */
export async function stageLines(
  begun: BegunObjects,
  kind: ObjectKind,
  key: string,
  lines: Iterable<string>,
): Promise<CountedObject> {
  const output = new Output(kind, key, begun.at(key));
  for (const line of lines) {
    output.add(line);
    if (output.isFull) await output.flush();
  }
  return output.close();
}

/** Characters to collect before they are written. */
const FLUSH_LENGTH = 65_536;

/** The formats of one attempt, each with the object that it writes. */
export class Outputs {
  readonly #csv = new Csv();
  readonly #open: Output[] = [];

  begin({ dt, formats }: StagingArea, begun: BegunObjects): void {
    for (const kind of formats) {
      const key = KEYS[kind](dt);
      this.#open.push(new Output(kind, key, begun.take(key), kind === 'csv' ? this.#csv.header : ''));
    }
  }

  add({ json, user }: UserLine): void {
    for (const output of this.#open) output.add(output.kind === 'csv' ? this.#csv.row(user) : `${json}\n`);
  }

  /** Writes what has been collected, once there is enough. */
  async flush(): Promise<void> {
    for (const output of this.#open) if (output.isFull) await output.flush();
  }

  close(): Promise<CountedObject[]> {
    return together(this.#open.map((output) => output.close()));
  }

  async drop(): Promise<void> {
    await together(this.#open.map(({ staging }) => staging.drop()));
  }

  get csvCellsAltered(): number {
    return this.#csv.alteredCells;
  }
}

/** An object that is being staged, and what is still to be written. */
class Output {
  readonly kind: ObjectKind;
  readonly staging: Staging;
  readonly #key: string;
  #pending: string;
  #rows = 0;
  /** Reused for each write. New buffers would take most of a run's memory. */
  #buffer = Buffer.allocUnsafe(3 * FLUSH_LENGTH);

  constructor(kind: ObjectKind, key: string, staging: Staging, header = '') {
    this.kind = kind;
    this.#key = key;
    this.staging = staging;
    this.#pending = header;
  }

  add(row: string): void {
    this.#pending += row;
    this.#rows++;
  }

  get isFull(): boolean {
    return this.#pending.length >= FLUSH_LENGTH;
  }

  async flush(): Promise<void> {
    if (this.#pending === '') return;
    if (this.#buffer.length < 3 * this.#pending.length) this.#buffer = Buffer.allocUnsafe(3 * this.#pending.length);
    const length = this.#buffer.write(this.#pending);
    this.#pending = '';
    await this.staging.write(this.#buffer.subarray(0, length));
  }

  async close(): Promise<CountedObject> {
    await this.flush();
    return { kind: this.kind, key: this.#key, rows: this.#rows, ...(await this.staging.close()) };
  }
}
