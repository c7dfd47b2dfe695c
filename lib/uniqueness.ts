import { Names, Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct, IConstruct } from 'constructs';

/** The parts of an installation that no other installation of an app may share. */
interface Neighbour extends Construct {
  readonly bucket: IBucket;
  readonly prefix: string;
  readonly instance: string;
}

/** A name derived from the names of the stack and the construct. */
export const instanceOf = (construct: Construct): string =>
  Names.uniqueResourceName(construct, { maxLength: 64, separator: '-', allowedSpecialCharacters: '-' });

/** Fails synth if two installations of an app share an instance, or a bucket in which one prefix contains the other. */
export function validateApart<T extends Neighbour>(one: T, isOne: (node: IConstruct) => node is T): void {
  one.node.addValidation({
    validate: () => {
      const all = one.node.root.node.findAll().filter(isOne);
      // The first of two reports the clash.
      return all.slice(all.indexOf(one) + 1).flatMap((other) => clashesOf(one, other));
    },
  });
}

function clashesOf(one: Neighbour, other: Neighbour): string[] {
  const clashes = [];
  if (one.instance === other.instance && placeOf(one) === placeOf(other))
    clashes.push(
      `share the instance ${one.instance}, so a snapshot of one would hide that the other has none (if they are in different accounts or regions, set \`env\` of their stacks or stages)`,
    );
  if (isSame(one.bucket, other.bucket) && (isWithin(one.prefix, other.prefix) || isWithin(other.prefix, one.prefix)))
    clashes.push(`share a bucket, and one prefix contains the other: "${one.prefix}" and "${other.prefix}"`);
  return clashes.map((clash) => `${one.node.path} and ${other.node.path} ${clash}. Give each its own`);
}

const placeOf = (one: Construct) => `${Stack.of(one).account} ${Stack.of(one).region}`;
const isSame = (one: IBucket, other: IBucket) =>
  one === other || (!Token.isUnresolved(one.bucketName) && one.bucketName === other.bucketName);
const isWithin = (prefix: string, other: string) => other === '' || `${prefix}/`.startsWith(`${other}/`);
