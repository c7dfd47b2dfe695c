import type { Manifest } from '../commits/manifest.ts';
import { RefusedSnapshotError } from '../errors.ts';
import type { DocumentedField } from '../user.ts';
import { boundedName } from './bounded-names.ts';
import type { Tally } from './tally.ts';

/**
 * In accounts of up to this many users, anything is an ordinary day: a drop by so many is never refused, however small the account, nor
 * is a field that is gone from so few.
 */
const FEW_USERS = 3;
/** A field counts as one that users have from this share on; rarer ones come and go with single users. */
const USUAL_SHARE = 1 / 2;
/** A share that falls below this part of itself is a field that was renamed or emptied, not users who changed. */
const KEPT_PART = 1 / 2;
/** The fields that reviews, alarms and the gate itself rest on. Names and groups may be emptied by an account for its own reasons. */
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
  /** Skips the comparisons, not the rules that a response can break by itself. */
  readonly force: boolean;
}

type Figures = Pick<Tally, 'userCount' | 'organizations' | 'present'>;

/**
 * Decides whether a response that is complete and valid may become the snapshot.
 * @param before the newest sound snapshot, today's included
 * @throws RefusedSnapshotError naming the rule and its figures
 */
export function gate(tally: Figures, before: Manifest | undefined, rules: GateRules): void {
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
  refuseOtherOrganization(tally, before);
  refuseLostFields(tally, before);
}

/**
 * Refuses a response none of whose users is in the rows that the day is compared with.
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
    `no id in common: none of the ${now} users was among the ${then} of ${dt}. Is the token of the right account? If that is right, run with force`,
  );
}

function refuseDrop(now: number, { user_count: then, dt }: Manifest, { maxDropPercent }: GateRules): void {
  const drop = then - now;
  const percent = (drop * 100) / then; // a quotient of whole numbers, so that exactly the limit compares as equal
  if (now === 0 || drop <= FEW_USERS || percent <= maxDropPercent) return; // no users: allowed above
  throw new RefusedSnapshotError(
    `users fell from ${then} (${dt}) to ${now}, by ${Number(percent.toPrecision(6))} %; at most ${maxDropPercent} % is allowed. If that is right, run with force`,
  );
}

/** Organizations that aren't known don't compare. Both are compared as the manifest holds them. */
function refuseOtherOrganization({ organizations }: Figures, before: Manifest): void {
  const [organization] = organizations;
  if (organization === undefined || before.owner_organization === null) return;
  if (boundedName(organization) === before.owner_organization) return;
  throw new RefusedSnapshotError(
    `the users belong to another owner organization than those of ${before.dt}: is the token of the right account? If it is, run with force`,
  );
}

function refuseLostFields(
  { userCount: now, present }: Figures,
  { user_count: then, present: had, dt }: Manifest,
): void {
  if (then <= FEW_USERS) return;
  const lost = WATCHED_FIELDS.filter(
    // Products of whole numbers, so that exactly the limit compares as equal.
    (field) => had[field] >= then * USUAL_SHARE && present[field] * then < had[field] * now * KEPT_PART,
  );
  if (lost.length === 0) return;
  const figures = lost.map((field) => `${field} from ${had[field]} of ${then} users to ${present[field]} of ${now}`);
  throw new RefusedSnapshotError(
    `documented fields are gone from most users since ${dt}: ${figures.join(', ')}. Look at the answer under raw/. If that is right, run with force`,
  );
}
