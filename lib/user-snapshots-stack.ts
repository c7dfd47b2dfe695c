import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Installation } from './installation.ts';
import type { Settings } from './settings/context.ts';
import { secretIdOf } from './token-access.ts';

export interface UserSnapshotsStackProps extends StackProps {
  readonly settings: Settings;
}

/** The stack of the app: one installation, made from settings that are already valid, and what its operator needs to know of it. */
export class UserSnapshotsStack extends Stack {
  readonly snapshots: Installation;

  constructor(scope: Construct, id: string, { settings, ...props }: UserSnapshotsStackProps) {
    super(scope, id, { description: 'Daily snapshots of the users of an Anodot account', ...props });
    this.snapshots = new Installation(this, 'UserSnapshots', settings, {
      encryptionKey: this.#key(settings.kmsKey),
      bucket: this.#bucket(settings.bucketName),
      tokenSecret: this.#secret(settings.tokenSecret, settings.tokenSecretKey),
    });
    this.#addOutputs(this.snapshots);
  }

  #addOutputs({ bucket, function: lambda, alarmTopic, tokenSecret, api, catalog }: Installation): void {
    const secret = secretIdOf(tokenSecret, this);
    const outputs = {
      BucketName: ['Where the snapshots are', bucket.bucketName],
      FunctionName: ['Takes a snapshot', lambda.functionName],
      AlarmTopicArn: ['Where alarms go', alarmTopic.topicArn],
      StoreToken: [
        "Stores Anodot's token: run it, paste the token, then Enter and Ctrl-D",
        `aws secretsmanager put-secret-value --region ${this.region} --secret-id ${secret} --secret-string file:///dev/stdin`,
      ],
      TakeSnapshot: [
        'Takes a snapshot now, and prints how it ended',
        `aws lambda invoke --region ${this.region} --function-name ${lambda.functionName} --cli-read-timeout 0 /dev/stdout`,
      ],
      ...(api && { ApiUrl: ['Takes a snapshot on POST /snapshots, signed', api.url] }),
      ...(catalog && {
        AthenaWorkgroup: [`Where to query the database ${catalog.databaseName}`, catalog.workgroupName],
        AthenaReaderPolicyArn: ['Attach it to whoever may query', catalog.readerPolicy.managedPolicyArn],
      }),
    } as const;
    for (const [id, [description, value]] of Object.entries(outputs)) new CfnOutput(this, id, { description, value });
  }

  #key(kmsKey: string | undefined): IKey | undefined {
    if (kmsKey === undefined) return undefined;
    if (kmsKey !== 'create') return Key.fromKeyArn(this, 'GivenKey', kmsKey);
    return new Key(this, 'Key', {
      description: 'Encrypts the snapshots of the users of Anodot',
      enableKeyRotation: true,
      // Without it no one can read the bucket, which outlives the stack.
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
