import { type IResource, Resource, type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { UserSnapshotsProps } from '../user-snapshots-props.ts';
import type { Problem } from './options.ts';

/**
 * What is wrong with the objects of CDK among the props. Each of these would synthesize and deploy, and then be ignored by IAM, KMS or
 * CloudWatch. What is known only at deployment passes.
 */
export function problemsOfObjects(props: UserSnapshotsProps, stack: Stack): Problem[] {
  const { bucket, encryptionKey, tokenSecret, alarmTopic } = props;
  const texts: (readonly [keyof UserSnapshotsProps, string | undefined])[] = [];
  const add = (name: keyof UserSnapshotsProps, ...found: readonly (string | undefined)[]) =>
    texts.push(...found.map((text) => [name, text] as const));
  if (bucket) {
    const owner = { what: `the bucket ${bucket.node.path}`, key: encryptionKey ?? bucket.encryptionKey };
    add('bucket', elsewhere(bucket, bucket.bucketArn, stack), foreignWithKey(bucket, stack, owner));
    if (bucket.encryptionKey) add('bucket', ...problemsOfKey(bucket.encryptionKey, stack, 'its key'));
  }
  if (encryptionKey) {
    add('encryptionKey', ...problemsOfKey(encryptionKey, stack, 'it'), otherKey(encryptionKey, bucket?.encryptionKey));
    add('encryptionKey', foreign(encryptionKey, stack, { what: `the key ${encryptionKey.node.path}` }));
  }
  if (tokenSecret) {
    const owner = { what: `the secret ${tokenSecret.node.path}`, key: tokenSecret.encryptionKey };
    add('tokenSecret', elsewhere(tokenSecret, tokenSecret.secretArn, stack), foreignWithKey(tokenSecret, stack, owner));
    if (tokenSecret.encryptionKey) add('tokenSecret', ...problemsOfKey(tokenSecret.encryptionKey, stack, 'its key'));
  }
  if (alarmTopic) add('alarmTopic', ...problemsOfTopic(alarmTopic, stack));
  return texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
}

const problemsOfKey = (key: IKey, stack: Stack, it: string): (string | undefined)[] => [
  isAlias(key)
    ? `${it} is an alias, and IAM ignores a policy on an alias: give the key, by Key.fromKeyArn or Key.fromLookup, or as the alias's aliasTargetKey`
    : undefined,
  elsewhere(key, key.keyArn, stack, it),
];

const isAlias = (key: IKey): boolean => 'aliasName' in key || /:alias\//.test(key.keyArn);

function problemsOfTopic(topic: ITopic, stack: Stack): (string | undefined)[] {
  const { fifo, topicArn, masterKey } = topic;
  return [
    fifo || topicArn.endsWith('.fifo')
      ? 'it is a FIFO topic, to which CloudWatch sends no alarms: give a standard topic'
      : undefined,
    masterKey && isOfSns(masterKey)
      ? "it is encrypted with AWS's own key, alias/aws/sns, which CloudWatch may not use: encrypt it with a key whose policy allows cloudwatch.amazonaws.com"
      : undefined,
    elsewhere(topic, topicArn, stack),
    foreignWithKey(topic, stack, { what: `the topic ${topic.node.path}`, key: masterKey }),
  ];
}

const isOfSns = (key: IKey): boolean =>
  /:alias\/aws\/sns$/.test(key.keyArn) || ('aliasName' in key && key.aliasName === 'alias/aws/sns');

/** One of the two would be used for the bucket, and permission given for the other. */
function otherKey(given: IKey, own: IKey | undefined): string | undefined {
  const isSame = !own || own === given || Token.compareStrings(own.keyArn, given.keyArn) !== TokenComparison.DIFFERENT;
  return isSame ? undefined : `the bucket has another key, ${own.keyArn}: leave encryptionKey out, or give that one`;
}

const differ = (one: string, other: string) => Token.compareStrings(one, other) === TokenComparison.DIFFERENT;

/** Another region than the stack's. An imported object is in the region of its ARN. */
function elsewhere(resource: IResource, arn: string, { region }: Stack, it = 'it'): string | undefined {
  const own = arn.split(':')[3] || resource.env.region;
  if (!differ(own, region)) return undefined;
  return `${it} is in ${own}, but the stack is in ${region}: give one in the stack's region, or deploy the stack to ${own}`;
}

interface Owner {
  readonly what: string;
  readonly key?: IKey | undefined;
}

/** The object, or else its key alone: an object of this account, or an imported one, may have a key that the app creates elsewhere. */
const foreignWithKey = (resource: IResource, stack: Stack, owner: Owner): string | undefined =>
  foreign(resource, stack, owner) ??
  (owner.key &&
    foreign(owner.key, stack, { what: `${owner.what} is encrypted with the key ${owner.key.node.path}, which` }));

/** Created by this app for another account, with policies that don't allow this one: CDK adds to them only for roles it can name. */
function foreign(resource: IResource, { account }: Stack, { what, key }: Owner): string | undefined {
  const owner = resource.env.account;
  if (!Resource.isOwnedResource(resource) || !differ(owner, account)) return undefined;
  const all = key ? `${what}, encrypted with the key ${key.node.path},` : what;
  const policies = key ? 'the policies of both' : 'its policy';
  return (
    `${all} belongs to the account ${owner}, but the stack is deployed to ${account}: allow ${account} in ${policies}, ` +
    `and give an imported one (a static from… method, ${key ? 'with the key imported by Key.fromKeyArn' : 'by ARN'}), or one of the stack's own account`
  );
}
