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

/** Bytes to collect before they are written. */
const FLUSH_BYTES = 65_536;
/** The most bytes of one UTF-16 code unit in UTF-8. */
const MOST_BYTES = 3;
/** Enough for the rows that one piece of a response adds, unless they are very long. */
const BUFFER_BYTES = 2 * FLUSH_BYTES;

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
    await together(this.#open.map((output) => output.drop()));
  }

  get csvCellsAltered(): number {
    return this.#csv.alteredCells;
  }
}

/** An object that is being staged, and what is still to be written. */
class Output {
  readonly kind: ObjectKind;
  readonly #staging: Staging;
  readonly #key: string;
  #rows = 0;
  /** Two, used in turn: one is filled while the other is written. New buffers would take most of a run's memory. */
  #filling = Buffer.allocUnsafe(BUFFER_BYTES);
  #spare = Buffer.allocUnsafe(BUFFER_BYTES);
  #filled = 0;
  /** The last write. The next one waits for it, so an object has at most one. */
  #written: Promise<void> = Promise.resolve();

  constructor(kind: ObjectKind, key: string, staging: Staging, header = '') {
    this.kind = kind;
    this.#key = key;
    this.#staging = staging;
    this.#append(header);
  }

  add(row: string): void {
    this.#append(row);
    this.#rows++;
  }

  get isFull(): boolean {
    return this.#filled >= FLUSH_BYTES;
  }

  /** Begins to write what has been collected. @throws the failure of the write before, if there was one */
  async flush(): Promise<void> {
    if (this.#filled === 0) return;
    await this.#written;
    const bytes = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#spare] = [this.#spare, this.#filling];
    this.#filled = 0;
    this.#written = this.#staging.write(bytes);
    this.#written.catch(() => undefined); // whoever waits for it gets the failure
  }

  async close(): Promise<CountedObject> {
    await this.flush();
    await this.#written;
    return { kind: this.kind, key: this.#key, rows: this.#rows, ...(await this.#staging.close()) };
  }

  async drop(): Promise<void> {
    await this.#written.catch(() => undefined); // it is discarded, so its failure doesn't matter
    await this.#staging.drop();
  }

  /** Each row is encoded for itself. Rows joined into one long text would be copied once more, and the copies are garbage. */
  #append(text: string): void {
    const most = this.#filled + MOST_BYTES * text.length;
    if (most > this.#filling.length) {
      const larger = Buffer.allocUnsafe(2 * most);
      larger.set(this.#filling.subarray(0, this.#filled));
      this.#filling = larger;
    }
    this.#filled += this.#filling.write(text, this.#filled);
  }
}
