import { Names, Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';

/** What several of an app, or of an account, must not share. */
interface Neighbour extends Construct {
  readonly bucket: IBucket;
  readonly prefix: string;
  readonly instance: string;
}

/** A name made of those of the stack and of the construct. */
export const instanceOf = (construct: Construct): string =>
  Names.uniqueResourceName(construct, { maxLength: 64, separator: '-', allowedSpecialCharacters: '-' });

/** Fails synth where two of an app are not apart: in the prefix below one bucket, or in the instance of their metrics. */
export function validateApart<T extends Neighbour>(one: T, isOne: (node: IConstruct) => node is T): void {
  one.node.addValidation({
    validate: () => {
      const all = one.node.root.node.findAll().filter(isOne);
      // The first of two tells it.
      return all.slice(all.indexOf(one) + 1).flatMap((other) => clashesOf(one, other));
    },
  });
}

function clashesOf(one: Neighbour, other: Neighbour): string[] {
  const clashes = [];
  if (one.instance === other.instance && placeOf(one) === placeOf(other))
    clashes.push(`have the instance ${one.instance}, and the success of one would hide the absence of the other`);
  if (isSame(one.bucket, other.bucket) && (isWithin(one.prefix, other.prefix) || isWithin(other.prefix, one.prefix)))
    clashes.push(`share a bucket, where one prefix lies in the other: "${one.prefix}" and "${other.prefix}"`);
  return clashes.map((clash) => `${one.node.path} and ${other.node.path} ${clash}. Give each its own`);
}

const placeOf = (one: Construct) => `${Stack.of(one).account} ${Stack.of(one).region}`;
const isSame = (one: IBucket, other: IBucket) =>
  one === other || (!Token.isUnresolved(one.bucketName) && one.bucketName === other.bucketName);
const isWithin = (prefix: string, other: string) => other === '' || `${prefix}/`.startsWith(`${other}/`);
