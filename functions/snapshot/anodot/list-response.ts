import type { Deadline } from '../deadline.ts';
import { HeldFailure } from '../held-failure.ts';
import type { SourceResponse } from '../source.ts';
import { ArrayParser } from './array-parser.ts';
import type { Batch } from './batch.ts';
import { readBody } from './body.ts';
import type { Received } from './http.ts';

export interface ListLimits {
  /** Bytes of a response, decompressed. */
  readonly maxBytes: number;
  /** Characters of one element. */
  readonly maxElementLength: number;
}

/** Makes an item of an element, as `toUser` does. @throws SourceContractError */
type ToItem<Item> = (element: unknown, index: number, text: () => string, observedAt: Date) => Item;

/** A response whose body is a JSON array, as batches of items. */
export class ListResponse<Item> implements SourceResponse<Item> {
  readonly observedAt: Date;
  readonly #received: Received;
  readonly #toItem: ToItem<Item>;
  readonly #limits: ListLimits;
  readonly #item: string;
  readonly #deadline: Deadline;

  /** @param item what one item is called in messages */
  constructor(
    item: string,
    received: Received,
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
    // Two, since a list that isn't valid or not complete is thrown even after a record that breaks the contract.
    const [list, records] = [new HeldFailure(), new HeldFailure()];
    let index = 0;
    for await (const bytes of readBody(this.#received, maxBytes, this.#deadline)) {
      await keep?.(bytes);
      const batch = list.attempt(() => parser.push(bytes));
      const items = batch && records.attempt(() => this.#items(batch, index));
      index += batch?.elements.length ?? 0;
      if (!keep) {
        list.release();
        records.release();
      }
      if (items && items.length > 0) yield items;
    }
    list.release();
    const last = parser.end();
    records.release();
    yield this.#items(last, index);
  }

  async cancel(): Promise<void> {
    await this.#received.response.body?.cancel().catch(() => undefined); // what broke off is closed already
  }

  #items(batch: Batch, start: number): Item[] {
    const items: Item[] = [];
    for (let i = 0; i < batch.elements.length; i++)
      items.push(this.#toItem(batch.elements[i], start + i, () => batch.text(i), this.observedAt));
    return items;
  }
}
