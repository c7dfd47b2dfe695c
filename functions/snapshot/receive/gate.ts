import type { Manifest } from '../commits/manifest.ts';
import { RefusedSnapshotError } from '../errors.ts';
import type { Tally } from './tally.ts';

/** A drop of this many users is never refused, however small the account. */
const TOLERATED_DROP = 3;

export interface GateRules {
  /** Whether an account without users may be published. */
  readonly allowEmpty: boolean;
  readonly maxDropPercent: number;
  /** Skips the comparisons, not the rules that a response can break by itself. */
  readonly force: boolean;
}

/**
 * Decides whether a response that is complete and valid may become the snapshot.
 * @param before the newest sound snapshot, today's included
 * @throws RefusedSnapshotError naming the rule and its figures
 */
export function gate(
  tally: Pick<Tally, 'userCount' | 'organizations'>,
  before: Manifest | undefined,
  rules: GateRules,
): void {
  if (tally.userCount === 0 && !rules.allowEmpty) {
    throw new RefusedSnapshotError(
      'Anodot answered with no users, which is hardly true. If it is, set SNAPSHOT_ALLOW_EMPTY=true and run again',
    );
  }
  if (tally.organizations.size > 1) {
    throw new RefusedSnapshotError(
      'the answer holds users of more than one owner organization; expected one. Look at the answer under raw/',
    );
  }
  if (!before || rules.force) return;
  refuseDrop(tally.userCount, before, rules);
  const [organization] = tally.organizations;
  if (organization !== undefined && before.owner_organization !== null && organization !== before.owner_organization) {
    throw new RefusedSnapshotError(
      `the users belong to another owner organization than those of ${before.dt}: is the token of the right account? If it is, run with force`,
    );
  }
}

function refuseDrop(now: number, { user_count: then, dt }: Manifest, { maxDropPercent }: GateRules): void {
  const drop = then - now;
  const percent = (drop * 100) / then; // a quotient of whole numbers, so that exactly the limit compares as equal
  if (now === 0 || drop <= TOLERATED_DROP || percent <= maxDropPercent) return; // no users: allowed above
  throw new RefusedSnapshotError(
    `users fell from ${then} (${dt}) to ${now}, by ${Number(percent.toPrecision(6))} %; at most ${maxDropPercent} % is allowed. If that is right, run with force`,
  );
}
