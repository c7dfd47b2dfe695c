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
  try {
    for (const line of lines) {
      output.add(line);
      await output.writeIfFull();
    }
  } finally {
    await output.written(); // if the lines break off, the object is discarded, which must not happen while it is written
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

  /** Begins to write what has been collected, once there is enough. @throws the failure of an earlier write */
  async writeIfFull(): Promise<void> {
    for (const output of this.#open) await output.writeIfFull();
  }

  /** Waits for the writes that have begun. @throws the failure of a write */
  async written(): Promise<void> {
    await together(this.#open.map((output) => output.written()));
  }

  /** The failure of a write, if there was one. */
  get failure(): unknown {
    return this.#open.find(({ failure }) => failure !== undefined)?.failure;
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
class Output extends WriteBuffer {
  readonly kind: ObjectKind;
  readonly #key: string;
  readonly #staging: Staging;
  #rows = 0;

  constructor(kind: ObjectKind, key: string, staging: Staging, header = '') {
    super(staging);
    this.kind = kind;
    this.#key = key;
    this.#staging = staging;
    this.addText(header);
  }

  add(row: string): void {
    this.addText(row);
    this.#rows++;
  }

  async close(): Promise<CountedObject> {
    await this.end();
    return { kind: this.kind, key: this.#key, rows: this.#rows, ...(await this.#staging.close()) };
  }
}
