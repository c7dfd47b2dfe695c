/** Decides whether a response may become the snapshot. */

import type { Manifest } from '../commits/manifest.ts';
import { RefusedSnapshotError } from '../errors.ts';
import type { DocumentedField } from '../user.ts';
import { boundedName } from './bounded-names.ts';
import type { Tally } from './tally.ts';

/**
 * Changes of this many users or fewer are normal, even in a tiny account. Such a drop is never refused, and in an account of this
 * size neither is a missing field.
 */
const FEW_USERS = 3;
/** A field is watched only if at least this share of users had it. Rarer fields come and go with single users. */
const USUAL_SHARE = 1 / 2;
/** If a field's share drops to less than this fraction of its previous share, the field was renamed or emptied. */
const KEPT_PART = 1 / 2;
/** The fields that reviews, alarms and the gate depend on. Names and groups may legitimately be emptied. */
const WATCHED_FIELDS: readonly DocumentedField[] = [
  'email',
  'roles',
  'disabled',
  'ownerOrganization',
  'createdAt',
  'lastActive',
];

export interface GateRules {
  /** Whether an account without users may be published. */
  readonly allowEmpty: boolean;
  readonly maxDropPercent: number;
  /** Skips the comparisons with the previous snapshot. The other rules still apply. */
  readonly force: boolean;
}

type Figures = Pick<Tally, 'userCount' | 'organizations' | 'present'>;

/**
 * Checks the counts of a complete and valid response.
 * @param before the newest sound snapshot, which may be today's
 * @throws RefusedSnapshotError that names the rule and its figures
 */
export function gate(tally: Figures, before: Manifest | undefined, rules: GateRules): void {
  if (tally.userCount === 0 && !rules.allowEmpty) {
    throw new RefusedSnapshotError(
      'Anodot returned no users, which is almost certainly wrong. If it is right, set SNAPSHOT_ALLOW_EMPTY=true and run again',
    );
  }
  if (tally.organizations.size > 1) {
    throw new RefusedSnapshotError(
      'the response has users of more than one owner organization; expected one. See the raw response under raw/',
    );
  }
  if (!before || rules.force) return;
  refuseDrop(tally.userCount, before, rules);
  refuseOtherOrganization(tally, before);
  refuseLostFields(tally, before);
}

/**
 * Refuses a response that has no user in common with the compared snapshot.
 * @param shared how many users are in both
 * @throws RefusedSnapshotError
 */
export function refuseStrangers(
  now: number,
  shared: number,
  { user_count: then, dt }: Manifest,
  { force }: Pick<GateRules, 'force'>,
): void {
  if (force || shared > 0 || now === 0 || then <= FEW_USERS) return;
  throw new RefusedSnapshotError(
    `no ids in common: none of the ${now} users was among the ${then} of ${dt}. Is the token for the right account? If it is, run with force`,
  );
}

function refuseDrop(now: number, { user_count: then, dt }: Manifest, { maxDropPercent }: GateRules): void {
  const drop = then - now;
  const percent = (drop * 100) / then; // dividing integers, so that a drop of exactly the limit compares as equal
  if (now === 0 || drop <= FEW_USERS || percent <= maxDropPercent) return; // no users: already allowed
  throw new RefusedSnapshotError(
    `users dropped from ${then} (${dt}) to ${now}, by ${Number(percent.toPrecision(6))}%; at most ${maxDropPercent}% is allowed. If this is expected, run with force`,
  );
}

/** Compares the organizations if both are known, in the manifest's bounded form. */
function refuseOtherOrganization({ organizations }: Figures, before: Manifest): void {
  const [organization] = organizations;
  if (organization === undefined || before.owner_organization === null) return;
  if (boundedName(organization) === before.owner_organization) return;
  throw new RefusedSnapshotError(
    `the users belong to a different owner organization than those of ${before.dt}. Is the token for the right account? If it is, run with force`,
  );
}

function refuseLostFields(
  { userCount: now, present }: Figures,
  { user_count: then, present: had, dt }: Manifest,
): void {
  if (then <= FEW_USERS) return;
  const lost = WATCHED_FIELDS.filter(
    // Multiplying integers, so that a share of exactly the limit compares as equal.
    (field) => had[field] >= then * USUAL_SHARE && present[field] * then < had[field] * now * KEPT_PART,
  );
  if (lost.length === 0) return;
  const figures = lost.map((field) => `${field} from ${had[field]} of ${then} users to ${present[field]} of ${now}`);
  throw new RefusedSnapshotError(
    `documented fields are missing from most users since ${dt}: ${figures.join(', ')}. See the raw response under raw/. If this is expected, run with force`,
  );
}
