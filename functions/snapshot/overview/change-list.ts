/** Lists the newest changes, those of administrators first within each day, without holding a day's feed. */
import type { Change } from '../changes/change.ts';
import { isOfAdministrator } from '../changes/of-administrator.ts';
import type { ChangeKind } from '../contract.ts';
import type { RecordedChange, Source } from './overview.ts';

/** Days are added from the newest to the oldest. */
export class ChangeList {
  readonly items: RecordedChange[] = [];
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns what collects the changes of a day */
  day(source: Source): { add(change: Change): void; end(): void } {
    const free = this.#most - this.items.length;
    const administrators: RecordedChange[] = [];
    const others: RecordedChange[] = [];
    return {
      add: (change) => {
        const list = isOfAdministrator(change) ? administrators : others;
        if (list.length < free) list.push({ ...source, change });
      },
      end: () => {
        this.items.push(...[...administrators, ...others].slice(0, free));
      },
    };
  }
}

/** The names of the groups that changes mention. */
export function mentionedGroups(
  changes: readonly RecordedChange[],
  names: ReadonlyMap<string, string>,
): Map<string, string> {
  const mentioned = new Map<string, string>();
  for (const { change } of changes) {
    if (!OF_GROUPS.includes(change.change)) continue;
    for (const side of [change.before, change.after]) {
      const id: unknown = side === null ? null : JSON.parse(side);
      const name = typeof id === 'string' ? names.get(id) : undefined;
      if (typeof id === 'string' && name !== undefined) mentioned.set(id, name);
    }
  }
  return mentioned;
}

const OF_GROUPS: readonly ChangeKind[] = ['group_added', 'group_removed', 'default_group_changed'];
