/** A hash table of rows of integers, each with the schedules that lead to it. It has millions of rows, so it uses typed arrays. */
export class RankTable {
  size = 0;
  readonly #width: number;
  readonly #counts: number;
  #rows: Int32Array;
  #schedules: Float64Array;
  /** A row's place plus one; 0 if the slot is free. */
  #slots = new Int32Array(32);

  /**
   * @param width how many numbers a row has
   * @param counts how many schedule counts are kept with it
   */
  constructor(width: number, counts: number) {
    this.#width = width;
    this.#counts = counts;
    this.#rows = new Int32Array(16 * width);
    this.#schedules = new Float64Array(16 * counts);
  }

  /** The row's place. A new row is added at the end. */
  add(row: readonly number[]): number {
    const slot = this.#slotOf(row);
    const known = this.#slots[slot];
    if (known) return known - 1;
    const place = this.size++;
    if (place * this.#width === this.#rows.length) this.#grow();
    this.#rows.set(row, place * this.#width);
    this.#slots[slot] = place + 1;
    if (this.size * 2 > this.#slots.length) this.#spread();
    return place;
  }

  row(place: number): number[] {
    return [...this.#rows.subarray(place * this.#width, (place + 1) * this.#width)];
  }

  schedules(place: number): Float64Array {
    return this.#schedules.subarray(place * this.#counts, (place + 1) * this.#counts);
  }

  /** The row's slot, or the free slot for it. */
  #slotOf(row: readonly number[]): number {
    let hash = 0;
    for (const part of row) hash = Math.imul(hash ^ part, 0x9e3779b1) ^ (hash >>> 15);
    let slot = (hash >>> 0) % this.#slots.length;
    for (let entry = this.#slots[slot]; entry; entry = this.#slots[slot]) {
      if (this.#isAt(entry - 1, row)) return slot;
      slot = (slot + 1) % this.#slots.length;
    }
    return slot;
  }

  #isAt(place: number, row: readonly number[]): boolean {
    const start = place * this.#width;
    for (let i = 0; i < this.#width; i++) if (this.#rows[start + i] !== row[i]) return false;
    return true;
  }

  #grow(): void {
    const [rows, schedules] = [this.#rows, this.#schedules];
    this.#rows = new Int32Array(2 * rows.length);
    this.#rows.set(rows);
    this.#schedules = new Float64Array(2 * schedules.length);
    this.#schedules.set(schedules);
  }

  #spread(): void {
    this.#slots = new Int32Array(2 * this.#slots.length);
    for (let place = 0; place < this.size; place++) this.#slots[this.#slotOf(this.row(place))] = place + 1;
  }
}
