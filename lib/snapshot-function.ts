import { Duration } from 'aws-cdk-lib';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { RUN_SETTING_NAMES, type RunSettings } from '../functions/snapshot/setting-rules.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { deliveryFor } from './delivery.ts';
import { dropAccess, dropDestination } from './dropped-events.ts';
import { accept, wildcard } from './nag.ts';
import type { SigningKey } from './signing-key.ts';
import { type SnapshotStore, snapshotAccess, snapshotFolders } from './store-access.ts';
import { tokenAccess } from './token-access.ts';

export interface SnapshotFunctionProps {
  readonly instance: string;
  readonly store: SnapshotStore;
  readonly tokenSecret: ISecret;
  readonly settings: RunSettings;
  /** The key that signs commits. Undefined if they aren't signed. */
  readonly signingKey?: SigningKey | undefined;
  /** Fingerprints of keys that signed earlier commits. */
  readonly earlierKeys?: readonly string[] | undefined;
  /** Number of the first signed commit. */
  readonly signedFrom?: number | undefined;
  /** Days for which users, changes and groups are kept. Undefined if the bucket's own lifecycle decides. */
  readonly keptDays?: number | undefined;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  /** Time of the schedule. It limits how long an event may wait. */
  readonly dailyAtUtc: string;
  readonly reservedConcurrency?: number | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/**
 * Limits the part of the heap for new objects. With 300,000 users, V8 would otherwise use about 270 MB, and Lambda kills a function that
 * exceeds `memorySize`.
 */
export const NODE_OPTIONS = '--max-semi-space-size=2';

/** The function that takes a snapshot, with its settings and exactly the permissions that they imply. */
export class SnapshotFunction extends BundledFunction {
  constructor(
    scope: Construct,
    id: string,
    {
      instance,
      store,
      tokenSecret,
      settings,
      signingKey,
      earlierKeys,
      signedFrom,
      keptDays,
      ...props
    }: SnapshotFunctionProps,
  ) {
    super(scope, id, {
      handler: 'take-snapshot',
      description: `Takes a snapshot of Anodot users (${instance})`,
      environment: {
        NODE_OPTIONS,
        [ENVIRONMENT.instance]: instance,
        ...environmentOf(settings),
        ...(earlierKeys && { [ENVIRONMENT.earlierKeys]: earlierKeys.join(',') }),
        ...(signedFrom !== undefined && { [ENVIRONMENT.signedFrom]: String(signedFrom) }),
        ...(keptDays !== undefined && { [ENVIRONMENT.keptDays]: String(keptDays) }),
      },
      access: [
        snapshotAccess(store, scope, signingKey !== undefined),
        tokenAccess(tokenSecret, scope),
        dropAccess(scope),
        ...(signingKey ? [signingKey.access] : []),
      ],
      memorySize: props.memorySize,
      timeout: Duration.seconds(props.timeoutSeconds),
      queued: { maxAge: deliveryFor(props.dailyAtUtc).lambdaAge, onFailure: dropDestination(scope) },
      reservedConcurrency: props.reservedConcurrency,
      network: props.network,
    });
    signingKey?.reserveFor(this.role);
    const reason = 'The objects of the snapshots, whose keys contain dates, in the folders that the function uses.';
    for (const arn of snapshotFolders(store)) accept(this.role, wildcard(this, arn), reason);
  }
}

/** Every setting of a run. `allowOtherHost` is only set by a deployment that allows other hosts. */
function environmentOf(settings: RunSettings): { readonly [name: string]: string } {
  const names = RUN_SETTING_NAMES.filter((name) => name !== 'allowOtherHost' || settings.allowOtherHost);
  return Object.fromEntries(names.map((name) => [ENVIRONMENT[name], String(settings[name])]));
}
