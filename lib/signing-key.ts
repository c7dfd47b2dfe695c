/** The KMS key that signs commits: only the role of the function may sign with it. */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, ArnPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../functions/snapshot/contract.ts';
import type { Access } from './access.ts';

/** The role may sign in no other way. A check signs its text in this way, too. */
const AS_COMMITS_ARE_SIGNED = { 'kms:MessageType': 'DIGEST', 'kms:SigningAlgorithm': 'ECDSA_SHA_256' } as const;

/**
 * One role may sign with it, and no one else, not even an administrator of the account, unless they change the key's policy or run code in
 * that role. It outlives the stack, so that its public key can still be read.
 */
export class SigningKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Signs commits of snapshots of Anodot users',
      keySpec: KeySpec.ECC_NIST_P256,
      keyUsage: KeyUsage.SIGN_VERIFY,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }

  /** The variable with which the function finds the key. Its permissions are in the key's policy, which names the role. */
  get access(): Access {
    return { environment: { [ENVIRONMENT.signingKey]: this.key.keyArn }, statements: [], keyStatements: [] };
  }

  /** Lets a role sign, and denies it to everyone else. The denial also covers IAM policies and KMS grants that would allow it. */
  reserveFor({ roleArn }: IRole): void {
    const statements = [
      {
        sid: 'FunctionSigns',
        principals: [new ArnPrincipal(roleArn)],
        actions: ['kms:Sign'],
        conditions: { StringEquals: AS_COMMITS_ARE_SIGNED },
      },
      { sid: 'FunctionReadsPublicKey', principals: [new ArnPrincipal(roleArn)], actions: ['kms:GetPublicKey'] },
      {
        sid: 'NoOneElseSigns',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['kms:Sign'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArn } },
      },
    ];
    for (const one of statements) this.key.addToResourcePolicy(new PolicyStatement({ ...one, resources: ['*'] }));
  }
}

/** The command that prints the fingerprint of a key: the SHA-256 of its public key in DER. */
export const fingerprintCommand = ({ keyId }: IKey, region: string): string =>
  `aws kms get-public-key --region ${region} --key-id ${keyId} --query PublicKey --output text | base64 -d | sha256sum`;
