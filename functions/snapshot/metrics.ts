import type { ChangeKind } from './contract.ts';

/** The function's metrics, spelled once for the function that counts, the alarms that watch and the tests. */
export const METRICS_NAMESPACE = 'AnodotUserSnapshots';
/** The only dimension: it distinguishes several installations in one AWS account. */
export const INSTANCE_DIMENSION = 'instance';

/**
 * A run that ends counts 1 in one of the first four; of two deliveries of one event, only the one that published. Changes are counted
 * once or more for each published snapshot, and only those that the day's earlier run didn't find.
 */
export const METRICS = {
  published: 'SnapshotPublished',
  refused: 'SnapshotRefused',
  failed: 'SnapshotFailed',
  superseded: 'SnapshotSuperseded',
  users: 'Users',
  /** Days without a snapshot between the published one and the one before it. */
  daysMissing: 'DaysMissing',
  /** 1 for a snapshot that was published without its groups, which couldn't be received. */
  groupsFailed: 'GroupsFailed',
  /** Names in the manifest's `drift` that the snapshot before didn't have. */
  driftAppeared: 'DriftAppeared',
  administratorsAdded: 'AdministratorsAdded',
  /** Percentage of the previous snapshot's users; 0 if there are more users now. */
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
