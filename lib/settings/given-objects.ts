import { type IResource, Resource, type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { UserSnapshotsProps } from '../user-snapshots-props.ts';
import type { Problem } from './options.ts';

/**
 * Finds problems with the CDK objects among the props. Each of them would deploy, and then IAM, KMS or CloudWatch would ignore it. What is
 * only known at deployment is accepted.
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
    ? `${it} is an alias, and IAM ignores policies on an alias: pass the key itself, from Key.fromKeyArn, Key.fromLookup or the alias's aliasTargetKey`
    : undefined,
  elsewhere(key, key.keyArn, stack, it),
];

const isAlias = (key: IKey): boolean => 'aliasName' in key || /:alias\//.test(key.keyArn);

/** Finds why alarms would not arrive at a topic. Undefined counts as no problem. */
export function problemsOfTopic(topic: ITopic, stack: Stack): (string | undefined)[] {
  const { fifo, topicArn, masterKey } = topic;
  return [
    fifo || topicArn.endsWith('.fifo')
      ? 'it is a FIFO topic, to which CloudWatch sends no alarms: use a standard topic'
      : undefined,
    masterKey && isOfSns(masterKey)
      ? "it is encrypted with the AWS managed key, alias/aws/sns, which CloudWatch can't use: encrypt it with a key whose policy allows cloudwatch.amazonaws.com"
      : undefined,
    elsewhere(topic, topicArn, stack),
    foreignWithKey(topic, stack, { what: `the topic ${topic.node.path}`, key: masterKey }),
  ];
}

const isOfSns = (key: IKey): boolean =>
  /:alias\/aws\/sns$/.test(key.keyArn) || ('aliasName' in key && key.aliasName === 'alias/aws/sns');

/** The bucket would use one of the two keys, and the function would be granted the other. */
function otherKey(given: IKey, own: IKey | undefined): string | undefined {
  const isSame = !own || own === given || Token.compareStrings(own.keyArn, given.keyArn) !== TokenComparison.DIFFERENT;
  return isSame ? undefined : `the bucket has another key, ${own.keyArn}: omit encryptionKey, or pass that key`;
}

const differ = (one: string, other: string) => Token.compareStrings(one, other) === TokenComparison.DIFFERENT;

/** The problem of an object outside the stack's region. An imported object is in the region of its ARN. */
function elsewhere(resource: IResource, arn: string, { region }: Stack, it = 'it'): string | undefined {
  const own = arn.split(':')[3] || resource.env.region;
  if (!differ(own, region)) return undefined;
  return `${it} is in ${own}, but the stack is in ${region}: use one in the stack's region, or deploy the stack to ${own}`;
}

interface Owner {
  readonly what: string;
  readonly key?: IKey | undefined;
}

/** The same for an object and its key. An object of this account, or an imported one, may have a key that the app creates elsewhere. */
const foreignWithKey = (resource: IResource, stack: Stack, owner: Owner): string | undefined =>
  foreign(resource, stack, owner) ??
  (owner.key &&
    foreign(owner.key, stack, { what: `${owner.what} is encrypted with the key ${owner.key.node.path}, which` }));

/** The problem of an object that this app creates in another account: CDK doesn't add this account to its policies. */
function foreign(resource: IResource, { account }: Stack, { what, key }: Owner): string | undefined {
  const owner = resource.env.account;
  if (!Resource.isOwnedResource(resource) || !differ(owner, account)) return undefined;
  const all = key ? `${what}, encrypted with the key ${key.node.path},` : what;
  const policies = key ? 'the policies of both' : 'its policy';
  return (
    `${all} belongs to the account ${owner}, but the stack is deployed to ${account}: allow ${account} in ${policies}, ` +
    `and import it (a static from… method, ${key ? 'with the key from Key.fromKeyArn' : 'by ARN'}), or use one of the stack's own account`
  );
}
