/**
 * Numbered sets of numbers. A run's position is the set of results that it has received, in whatever order, so each set has one number.
 * Kept as a tree of ascending sequences, because almost all sets differ from another one in their last member only.
 */
export class Received {
  readonly #nodes: { readonly before: number; readonly member: number }[] = [];
  readonly #after = new Map<string, number>();

  /** A new empty set, whose supersets differ from those of every other empty set. */
  empty(): number {
    return this.#nodes.push({ before: -1, member: -1 }) - 1;
  }

  /** The set with one more member. */
  plus(set: number, member: number): number {
    const node = this.#nodes[set];
    if (!node) throw new RangeError(`no set has the number ${set}`);
    if (node.member > member) return this.#append(this.plus(node.before, member), node.member);
    return this.#append(set, member);
  }

  /** The members, ascending. */
  members(set: number): number[] {
    const members: number[] = [];
    for (let node = this.#nodes[set]; node && node.before >= 0; node = this.#nodes[node.before])
      members.unshift(node.member);
    return members;
  }

  #append(before: number, member: number): number {
    const name = `${before} ${member}`;
    const known = this.#after.get(name);
    if (known !== undefined) return known;
    const number = this.#nodes.push({ before, member }) - 1;
    this.#after.set(name, number);
    return number;
  }
}
