import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { accept } from './nag.ts';

/** A secret for the Anodot token. It is created without a value, so no deployment overwrites the token. It outlives the stack. */
export class TokenSecret extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // The construct `Secret` always generates a value.
    const secret = new CfnSecret(this, 'Secret', {
      description: 'The Anodot token that takes snapshots of users: the token alone, or {"refreshToken": "…"}',
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    accept(
      secret,
      'AwsSolutions-SMG4',
      'Anodot tokens are created by hand, and no API creates one. The outputs StoreToken and TakeSnapshot are the commands to rotate it.',
    );
    this.secret = Secret.fromSecretCompleteArn(this, 'Reference', secret.ref);
  }
}
