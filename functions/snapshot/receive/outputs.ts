import type { CountedObject } from '../commits/stage-commit.ts';
import { type Format, KEYS, type ObjectKind } from '../contract.ts';
import { Csv } from '../format/csv.ts';
import type { UserLine } from '../format/json-lines.ts';
import type { BegunObjects } from '../store/begun-objects.ts';
import type { Staging, Store } from '../store/store.ts';
import { together } from '../together.ts';
import { WriteBuffer } from './write-buffer.ts';

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
    await output.flush();
  }
  return output.close();
}

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
    for (const output of this.#open) await output.flush();
  }

  close(): Promise<CountedObject[]> {
    return together(this.#open.map((output) => output.close()));
  }

  async drop(): Promise<void> {
    await together(this.#open.map((output) => output.drop()));
  }

  get csvCellsAltered(): number {
    return this.#csv.alteredCells;
  }
}

/** An object that is being staged, and how many rows it has. */
class Output {
  readonly kind: ObjectKind;
  readonly #key: string;
  readonly #staging: Staging;
  readonly #buffer: WriteBuffer;
  #rows = 0;

  constructor(kind: ObjectKind, key: string, staging: Staging, header = '') {
    this.kind = kind;
    this.#key = key;
    this.#staging = staging;
    this.#buffer = new WriteBuffer(staging);
    this.#buffer.addText(header);
  }

  add(row: string): void {
    this.#buffer.addText(row);
    this.#rows++;
  }

  /** Writes what has been collected, once there is enough. @throws the failure of an earlier write */
  async flush(): Promise<void> {
    if (this.#buffer.isFull) await this.#buffer.flush();
  }

  async close(): Promise<CountedObject> {
    await this.#buffer.end();
    return { kind: this.kind, key: this.#key, rows: this.#rows, ...(await this.#staging.close()) };
  }

  drop(): Promise<void> {
    return this.#buffer.drop();
  }
}
