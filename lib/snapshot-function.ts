import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import { STORE_ACTIONS } from '../functions/snapshot/permissions.ts';
import { BundledFunction, type FunctionNetwork } from './bundled-function.ts';
import { accept, wildcard } from './nag.ts';

export interface SnapshotFunctionProps {
  readonly instance: string;
  readonly bucket: IBucket;
  readonly prefix: string;
  /** Of the bucket, where it is encrypted with one. */
  readonly encryptionKey?: IKey | undefined;
  readonly tokenSecret: ISecret;
  readonly anodotUrl: string;
  readonly allowOtherHost: boolean;
  readonly formats: readonly string[];
  readonly maxDropPercent: number;
  readonly allowEmpty: boolean;
  readonly keepRaw: boolean;
  readonly memorySize: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency?: number | undefined;
  readonly network?: FunctionNetwork | undefined;
}

/**
 * Keeps garbage small: V8 would else let it grow to about 270 MB with an account of 300,000 users, and Lambda kills what is above
 * `memorySize`.
 */
export const NODE_OPTIONS = '--max-semi-space-size=2';

/** The function that takes a snapshot, with its settings and the permission that each implies. */
export class SnapshotFunction extends BundledFunction {
  constructor(scope: Construct, id: string, props: SnapshotFunctionProps) {
    super(scope, id, {
      handler: 'take-snapshot',
      description: `Takes a snapshot of the users of Anodot (${props.instance})`,
      environment: environmentOf(props),
      statements: statementsOf(props),
      memorySize: props.memorySize,
      timeout: Duration.seconds(props.timeoutSeconds),
      reservedConcurrency: props.reservedConcurrency,
      network: props.network,
    });
    const reason = 'The objects of the snapshots, whose keys hold dates: those below the prefix.';
    accept(this.role, wildcard(this, objectsOf(props)), reason);
  }
}

const objectsOf = ({ bucket, prefix }: Pick<SnapshotFunctionProps, 'bucket' | 'prefix'>) =>
  bucket.arnForObjects(prefix === '' ? '*' : `${prefix}/*`);

function environmentOf(props: SnapshotFunctionProps): { readonly [name: string]: string } {
  const { bucket, prefix, tokenSecret } = props;
  return {
    NODE_OPTIONS,
    [ENVIRONMENT.instance]: props.instance,
    [ENVIRONMENT.url]: props.anodotUrl,
    [ENVIRONMENT.tokenSecretId]: tokenSecret.secretFullArn ?? tokenSecret.secretName,
    [ENVIRONMENT.store]: `s3://${bucket.bucketName}${prefix === '' ? '' : `/${prefix}`}`,
    [ENVIRONMENT.formats]: props.formats.join(','),
    [ENVIRONMENT.maxDropPercent]: String(props.maxDropPercent),
    [ENVIRONMENT.allowEmpty]: String(props.allowEmpty),
    [ENVIRONMENT.keepRaw]: String(props.keepRaw),
    ...(props.allowOtherHost && { [ENVIRONMENT.allowOtherHost]: 'true' }),
  };
}

function statementsOf({ bucket, prefix, tokenSecret, encryptionKey }: SnapshotFunctionProps): PolicyStatement[] {
  const actions = (on: 'objects' | 'bucket') =>
    STORE_ACTIONS.filter((one) => one.on === on).map(({ action }) => action);
  const { region, urlSuffix } = Stack.of(bucket);
  const through = (service: string) => ({ StringEquals: { 'kms:ViaService': `${service}.${region}.${urlSuffix}` } });
  return [
    new PolicyStatement({
      sid: 'KeepSnapshots',
      actions: actions('objects'),
      resources: [objectsOf({ bucket, prefix })],
    }),
    new PolicyStatement({ sid: 'FindSnapshots', actions: actions('bucket'), resources: [bucket.bucketArn] }),
    new PolicyStatement({
      sid: 'ReadToken',
      actions: ['secretsmanager:GetSecretValue'],
      // A name is known without the six characters that AWS adds to it.
      resources: [tokenSecret.secretFullArn ?? `${tokenSecret.secretArn}-??????`],
    }),
    ...(encryptionKey
      ? [
          new PolicyStatement({
            sid: 'UseKeyOfBucket',
            actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
            resources: [encryptionKey.keyArn],
            conditions: through('s3'),
          }),
        ]
      : []),
    ...(tokenSecret.encryptionKey
      ? [
          new PolicyStatement({
            sid: 'UseKeyOfToken',
            actions: ['kms:Decrypt'],
            resources: [tokenSecret.encryptionKey.keyArn],
            conditions: through('secretsmanager'),
          }),
        ]
      : []),
  ];
}
