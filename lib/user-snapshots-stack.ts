import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Installation } from './installation.ts';
import type { Settings } from './settings/context.ts';
import { fingerprintCommand } from './signing-key.ts';
import { secretIdOf } from './token-access.ts';

export interface UserSnapshotsStackProps extends StackProps {
  /** Valid settings. */
  readonly settings: Settings;
}

/** The stack of the app: one installation, created from valid settings, and the outputs that its operator needs. */
export class UserSnapshotsStack extends Stack {
  readonly snapshots: Installation;

  constructor(scope: Construct, id: string, { settings, ...props }: UserSnapshotsStackProps) {
    super(scope, id, { description: 'Daily snapshots of Anodot users', ...props });
    this.snapshots = new Installation(this, 'UserSnapshots', settings, {
      encryptionKey: this.#key(settings.kmsKey),
      bucket: this.#bucket(settings.bucketName),
      tokenSecret: this.#secret(settings.tokenSecret, settings.tokenSecretKey),
    });
    this.#addOutputs(this.snapshots);
  }

  #addOutputs({ bucket, function: lambda, alarmTopic, tokenSecret, signingKey, api, catalog }: Installation): void {
    const secret = secretIdOf(tokenSecret, this);
    const outputs = {
      BucketName: ['Bucket that stores the snapshots', bucket.bucketName],
      FunctionName: ['Function that takes snapshots', lambda.functionName],
      AlarmTopicArn: ['Topic that alarms notify', alarmTopic.topicArn],
      StoreToken: [
        'Stores the Anodot token. Run the command, paste the token, press Enter, then Ctrl-D',
        `aws secretsmanager put-secret-value --region ${this.region} --secret-id ${secret} --secret-string file:///dev/stdin`,
      ],
      TakeSnapshot: [
        'Takes a snapshot now and prints how it ended',
        `aws lambda invoke --region ${this.region} --function-name ${lambda.functionName} --cli-read-timeout 0 /dev/stdout`,
      ],
      ...(signingKey && {
        SigningKeyFingerprint: [
          'Prints the fingerprint of the key that signs commits. Note it outside of this AWS account: verify --key checks signatures with it',
          fingerprintCommand(signingKey, this.region),
        ],
      }),
      ...(api && { ApiUrl: ['URL of the API. A signed POST to /snapshots takes a snapshot', api.url] }),
      ...(catalog && {
        AthenaWorkgroup: [
          `Athena workgroup in which to query the database ${catalog.databaseName}`,
          catalog.workgroupName,
        ],
        AthenaReaderPolicyArn: [
          'Managed policy that allows queries. Attach it to each user, group or role that may query',
          catalog.readerPolicy.managedPolicyArn,
        ],
      }),
    } as const;
    for (const [id, [description, value]] of Object.entries(outputs)) new CfnOutput(this, id, { description, value });
  }

  #key(kmsKey: string | undefined): IKey | undefined {
    if (kmsKey === undefined) return undefined;
    if (kmsKey !== 'create') return Key.fromKeyArn(this, 'GivenKey', kmsKey);
    return new Key(this, 'Key', {
      description: 'Encrypts snapshots of Anodot users',
      enableKeyRotation: true,
      // The bucket outlives the stack, and no one can read it without the key.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  #bucket(name: string | undefined): IBucket | undefined {
    return name === undefined ? undefined : Bucket.fromBucketName(this, 'GivenBucket', name);
  }

  #secret(nameOrArn: string | undefined, keyArn: string | undefined): ISecret | undefined {
    if (nameOrArn === undefined) return undefined;
    if (!nameOrArn.startsWith('arn:')) return Secret.fromSecretNameV2(this, 'GivenSecret', nameOrArn);
    const encryptionKey = keyArn === undefined ? undefined : Key.fromKeyArn(this, 'GivenSecretKey', keyArn);
    return Secret.fromSecretAttributes(this, 'GivenSecret', {
      secretCompleteArn: nameOrArn,
      ...(encryptionKey && { encryptionKey }),
    });
  }
}
