import { createHash } from 'node:crypto';
import type { Deadline } from '../deadline.ts';
import { HeldFailure } from '../held-failure.ts';
import type { Origin } from '../origin.ts';
import type { SourceResponse } from '../source.ts';
import { ArrayParser } from './array-parser.ts';
import type { Batch } from './batch.ts';
import { readBody } from './body.ts';
import type { Authorized } from './client.ts';
import { originOf } from './origin-of.ts';
import { piecesOf } from './pieces.ts';

export interface ListLimits {
  /** The most bytes of a response, decompressed. */
  readonly maxBytes: number;
  /** The most characters of one element. */
  readonly maxElementLength: number;
}

/** Turns an element into an item, as `toUser` does. @throws SourceContractError */
type ToItem<Item> = (element: unknown, index: number, text: () => string, observedAt: Date) => Item;

/** A response whose body is a JSON array, as batches of items. */
export class ListResponse<Item> implements SourceResponse<Item> {
  readonly observedAt: Date;
  readonly #received: Authorized;
  #origin: Origin | undefined;
  readonly #toItem: ToItem<Item>;
  readonly #limits: ListLimits;
  readonly #item: string;
  readonly #deadline: Deadline;

  /** @param item the name of one item in messages */
  constructor(
    item: string,
    received: Authorized,
    observedAt: Date,
    toItem: ToItem<Item>,
    limits: ListLimits,
    deadline: Deadline,
  ) {
    this.#item = item;
    this.#received = received;
    this.observedAt = observedAt;
    this.#toItem = toItem;
    this.#limits = limits;
    this.#deadline = deadline;
  }

  async *batches(keep?: (bytes: Uint8Array) => Promise<void>): AsyncGenerator<readonly Item[]> {
    const { maxBytes, maxElementLength } = this.#limits;
    const parser = new ArrayParser({ maxElementLength }, this.#item);
    // Two, because a list that is invalid or incomplete is reported first, even if a record before that broke the contract.
    const [list, records] = [new HeldFailure(), new HeldFailure()];
    const hash = createHash('sha256');
    let [index, size] = [0, 0];
    for await (const bytes of readBody(this.#received, maxBytes, this.#deadline)) {
      hash.update(bytes);
      size += bytes.byteLength;
      await keep?.(bytes);
      for (const piece of piecesOf(bytes)) {
        const batch = list.attempt(() => parser.push(piece));
        const items = batch && records.attempt(() => this.#items(batch, index));
        index += batch?.elements.length ?? 0;
        if (!keep) {
          list.release();
          records.release();
        }
        if (items && items.length > 0) yield items;
      }
    }
    this.#origin = originOf(this.#received, { bytes: size, sha256: hash.digest('hex') });
    list.release();
    const last = parser.end();
    records.release();
    yield this.#items(last, index);
  }

  origin(): Origin {
    if (!this.#origin) throw new Error('the response has not been read to its end');
    return this.#origin;
  }

  async cancel(): Promise<void> {
    this.#received.response.cancel();
  }

  #items(batch: Batch, start: number): Item[] {
    const items: Item[] = [];
    for (let i = 0; i < batch.elements.length; i++)
      items.push(this.#toItem(batch.elements[i], start + i, () => batch.text(i), this.observedAt));
    return items;
  }
}
