import { RefusedSnapshotError } from './errors.ts';
import type { Tally } from './tally.ts';

export interface GateRules {
  /** Whether an account without a user may be published. */
  readonly allowEmpty: boolean;
}

/**
 * Decides whether an answer that is complete and well formed may become the snapshot.
 * @throws RefusedSnapshotError naming the rule and its figures
 */
export function gate(tally: Tally, { allowEmpty }: GateRules): void {
  if (tally.userCount === 0 && !allowEmpty) {
    throw new RefusedSnapshotError(
      'Anodot answered with no users, which is hardly true. If it is, set SNAPSHOT_ALLOW_EMPTY=true and run again',
    );
  }
  if (tally.organizations.size > 1) {
    throw new RefusedSnapshotError(
      'the answer holds users of more than one owner organization; expected one. Look at the answer under raw/',
    );
  }
}
