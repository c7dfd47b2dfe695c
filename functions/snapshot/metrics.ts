/** The function's metrics, named once for the function that counts, the alarms that watch and the tests. */

import type { ChangeKind } from './contract.ts';

export const METRICS_NAMESPACE = 'AnodotUserSnapshots';
/** The only dimension. It distinguishes several installations in one AWS account. */
export const INSTANCE_DIMENSION = 'instance';

/**
 * A run that ends adds 1 to one of the first four. If an event was delivered twice, only the run that published counts.
 * The changes of a published snapshot are counted at least once, without those that an earlier run of the day had already found.
 */
export const METRICS = {
  published: 'SnapshotPublished',
  refused: 'SnapshotRefused',
  failed: 'SnapshotFailed',
  superseded: 'SnapshotSuperseded',
  users: 'Users',
  /** Days without a snapshot between the published one and the previous one. */
  daysMissing: 'DaysMissing',
  /** 1 if a snapshot was published without groups because they couldn't be received. */
  groupsFailed: 'GroupsFailed',
  /** Names in the manifest's `drift` that the previous snapshot didn't have. */
  driftAppeared: 'DriftAppeared',
  administratorsAdded: 'AdministratorsAdded',
  /** 1 if a snapshot was published without a signature, although the installation signs. At a verification: how many recent commits have none. */
  commitUnsigned: 'CommitUnsigned',
  /** Failed checks of one `check` event. */
  checkFailed: 'CheckFailed',
  /** Age of the stored token in days. */
  tokenAgeDays: 'TokenAgeDays',
  /** What a verification by the function found damaged. Not counted if it had found nothing, but ran out of time or lacked the key that signs. */
  storeDamaged: 'StoreDamaged',
  /** Days that a verification by the function read back. */
  daysVerified: 'DaysVerified',
  /** 1 if a verification by the function ran out of time before everything was checked. */
  verificationUnfinished: 'VerificationUnfinished',
  /** Percentage of the previous snapshot's users. 0 if there are more users now. */
  usersDroppedPercent: 'UsersDroppedPercent',
  /** Percentage of the function's timeout. */
  durationUsedPercent: 'DurationUsedPercent',
  changes: {
    joined: 'ChangesJoined',
    left: 'ChangesLeft',
    disabled: 'ChangesDisabled',
    enabled: 'ChangesEnabled',
    admin_granted: 'ChangesAdminGranted',
    admin_revoked: 'ChangesAdminRevoked',
    role_added: 'ChangesRoleAdded',
    role_removed: 'ChangesRoleRemoved',
    group_added: 'ChangesGroupAdded',
    group_removed: 'ChangesGroupRemoved',
    default_group_changed: 'ChangesDefaultGroupChanged',
    email_changed: 'ChangesEmailChanged',
    name_changed: 'ChangesNameChanged',
  },
} as const satisfies { readonly [name: string]: string | { readonly [change in ChangeKind]: string } };
