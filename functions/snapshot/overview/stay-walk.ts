/** Finds each user's times as an administrator by walking back from the newest snapshot, change feed by change feed. */
import type { Limited } from './overview.ts';
import { byText, Shortlist } from './shortlist.ts';

/** A stay by the positions of snapshots. `AdministratorStay` says what its fields mean. */
export interface Stay {
  readonly id: string;
  readonly from: number | null;
  readonly from_is_exact: boolean;
  readonly until: number | null;
  readonly until_is_exact: boolean;
  readonly ended: 'revoked' | 'left' | 'unknown' | null;
}

type End = Pick<Stay, 'until' | 'until_is_exact' | 'ended'>;

/** Unknown steps that were passed since an event: how many, and the positions of the newest and the oldest. */
interface Passed {
  readonly count: number;
  readonly newest: number;
  readonly oldest: number;
}

const STILL: End = { until: null, until_is_exact: true, ended: null };

/** Positions are those of the snapshots, ascending from 0. Steps are walked from the newest to the oldest. */
export class StayWalk {
  readonly #last: number;
  readonly #isNewestKnown: boolean;
  /** Stays whose start isn't reached yet, and how many unknown steps had been passed at their end. */
  readonly #open = new Map<string, { readonly end: End; readonly passed: number }>();
  /** The last passed day on which each user became an administrator or left, unless a stay is open. */
  readonly #bounds = new Map<string, { readonly at: number; readonly passed: number }>();
  /** The positions to which unknown steps lead, descending. */
  readonly #unknown: number[] = [];
  readonly #stays: Shortlist<Stay>;
  /** How many more administrators the stays show at each position than at the one before. */
  readonly #more: number[];

  /**
   * @param count of the snapshots
   * @param administrators of the newest snapshot. Undefined if its users have expired
   * @param most how many stays are kept
   */
  constructor(count: number, administrators: Iterable<string> | undefined, most: number) {
    this.#last = count - 1;
    this.#isNewestKnown = administrators !== undefined;
    this.#more = Array.from({ length: count }, () => 0);
    this.#stays = new Shortlist(most, latestEndFirst);
    for (const id of administrators ?? []) this.#open.set(id, { end: STILL, passed: 0 });
  }

  /** Passes a step whose changes aren't known. @param to the position to which it leads */
  passUnknown(to: number): void {
    this.#unknown.push(to);
  }

  passRevoked(id: string, at: number, ended: 'revoked' | 'left'): void {
    const open = this.#open.get(id);
    if (open) {
      // The role was given back in a step that isn't known.
      const { count, newest } = this.#passedSince(open.passed);
      this.#close(id, open.end, count === 0 ? at : newest, count === 1);
    }
    this.#open.set(id, { end: { until: at, until_is_exact: true, ended }, passed: this.#unknown.length });
  }

  passLeft(id: string, at: number): void {
    if (!this.#open.has(id)) this.#bounds.set(id, { at, passed: this.#unknown.length });
  }

  /** @param wasKnown whether the previous snapshot has every user's roles. Otherwise the user may have been one before, too */
  passGranted(id: string, at: number, wasKnown = true): void {
    const open = this.#open.get(id);
    const passed = this.#passedSince(open?.passed ?? this.#bounds.get(id)?.passed ?? 0);
    // If two unknown steps follow, the role may have been lost in one and given back in the other.
    this.#close(id, open?.end ?? this.#unrecordedEnd(id, at, passed), at, wasKnown && passed.count <= 1);
    this.#bounds.set(id, { at, passed: this.#unknown.length });
  }

  /** All stays, and how many administrators they show at each position. */
  end(): { readonly stays: Limited<Stay>; readonly shown: readonly number[] } {
    for (const [id, { end, passed }] of this.#open) {
      const { count, newest } = this.#passedSince(passed);
      this.#close(id, end, count === 0 ? null : newest, count === 0);
    }
    const shown: number[] = [];
    for (const more of this.#more) shown.push((shown.at(-1) ?? 0) + more);
    return { stays: this.#stays.result(), shown };
  }

  #passedSince(passed: number): Passed {
    const count = this.#unknown.length - passed;
    return { count, newest: this.#unknown[passed] ?? 0, oldest: this.#unknown.at(-1) ?? 0 };
  }

  /** The end of a stay that began at `at`, if no feed recorded it. */
  #unrecordedEnd(id: string, at: number, { count, newest, oldest }: Passed): End {
    const next = this.#bounds.get(id)?.at;
    const isOpenEnded = next === undefined && !this.#isNewestKnown;
    if (count > 0 && isOpenEnded) return { until: oldest, until_is_exact: false, ended: 'unknown' };
    if (count > 0) return { until: newest, until_is_exact: count === 1, ended: 'unknown' };
    if (isOpenEnded) return STILL;
    // The roles were unknown on some day between.
    const until = Math.min(this.#last, Math.max(at + 1, (next ?? this.#last + 1) - 1));
    return { until, until_is_exact: false, ended: 'unknown' };
  }

  #close(id: string, end: End, from: number | null, isExact: boolean): void {
    this.#open.delete(id);
    this.#stays.add({ id, from, from_is_exact: isExact, ...end });
    this.#count(from ?? 0, 1);
    if (end.until !== null) this.#count(end.until, -1);
  }

  #count(at: number, more: number): void {
    this.#more[at] = (this.#more[at] ?? 0) + more;
  }
}

function latestEndFirst(a: Stay, b: Stay): number {
  const ends = (b.until ?? Number.MAX_SAFE_INTEGER) - (a.until ?? Number.MAX_SAFE_INTEGER);
  return ends || (b.from ?? -1) - (a.from ?? -1) || byText(a.id, b.id);
}
