import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { accept } from './nag.ts';

/** A secret for Anodot's token. It is created without a value, no deployment ever overwrites the token, and it outlives the stack. */
export class TokenSecret extends Construct {
  readonly secret: ISecret;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // The construct `Secret` always generates a value.
    const secret = new CfnSecret(this, 'Secret', {
      description:
        'The token with which snapshots of the users of Anodot are taken: the token alone, or {"refreshToken": "…"}',
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    accept(
      secret,
      'AwsSolutions-SMG4',
      'Tokens are made in Anodot by hand, and there is no API that makes another one: rotation is two commands in the README.',
    );
    this.secret = Secret.fromSecretCompleteArn(this, 'Reference', secret.ref);
  }
}
