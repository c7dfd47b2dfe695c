import type { Explorer } from './explorer.ts';
import { RankTable } from './rank-table.ts';
import { type Move, packMove, type Reached, rankOf, type State, unpackMove } from './state.ts';

interface Rank {
  readonly table: RankTable;
  /** The number of the state at each place. */
  readonly numbers: number[];
}

/** States still to be visited, by rank. When a state's turn comes, every path to it is known. */
export class Frontier {
  states = 0;
  readonly #explorer: Explorer;
  readonly #disturbances: number;
  readonly #ranks: (Rank | undefined)[] = [];
  /** For each state, the previous one and the move from there. */
  readonly #before: number[] = [];
  readonly #moves: number[] = [];
  #visiting: Rank | undefined;
  #rank = 0;
  #place = 0;

  constructor(explorer: Explorer, disturbances: number) {
    this.#explorer = explorer;
    this.#disturbances = disturbances;
  }

  start(state: State): void {
    const schedules = new Array<number>(this.#disturbances + 1).fill(0).with(this.#disturbances, 1);
    this.#add(state, schedules, -1, 0);
  }

  reach(from: Reached, to: State, move: Move, cost: 0 | 1): void {
    const schedules = cost === 0 ? from.schedules : [...from.schedules.slice(1), 0];
    this.#add(to, schedules, from.number, packMove(move));
  }

  next(): Reached | undefined {
    while (!this.#visiting || this.#place === this.#visiting.table.size) {
      if (this.#rank >= this.#ranks.length) return undefined;
      this.#visiting = this.#ranks[this.#rank];
      this.#ranks[this.#rank++] = undefined;
      this.#place = 0;
    }
    const { table, numbers } = this.#visiting;
    const place = this.#place++;
    const [world = 0, late = 0, ...at] = table.row(place);
    const schedules = [...table.schedules(place)];
    return { world, late, at, number: numbers[place] ?? 0, schedules, left: leftOf(schedules) };
  }

  /** The moves that led to a state. */
  way(number: number): Move[] {
    const moves: Move[] = [];
    for (let at = number, before = this.#before[at] ?? -1; before >= 0; at = before, before = this.#before[at] ?? -1) {
      moves.unshift(unpackMove(this.#moves[at] ?? 0));
    }
    return moves;
  }

  #add(state: State, schedules: readonly number[], from: number, move: number): void {
    const { late, tree } = this.#explorer;
    const rank = rankOf(state, late.members(state.late).length, tree) + this.#disturbances;
    if (rank < this.#rank) throw new Error('a move led back');
    this.#ranks[rank] ??= { table: new RankTable(state.at.length + 2, this.#disturbances + 1), numbers: [] };
    const { table, numbers } = this.#ranks[rank];
    const place = table.add([state.world, state.late, ...state.at]);
    const number = numbers[place] ?? this.states++;
    numbers[place] = number;
    const there = table.schedules(place);
    if (leftOf(schedules) > leftOf(there)) {
      this.#before[number] = from;
      this.#moves[number] = move;
    }
    for (const [i, count] of schedules.entries()) there[i] = (there[i] ?? 0) + count;
  }
}

/** The most disturbances that any schedule has left; -1 if there is no schedule. */
const leftOf = (schedules: Float64Array | readonly number[]): number => {
  let left = schedules.length - 1;
  while (left >= 0 && schedules[left] === 0) left--;
  return left;
};
