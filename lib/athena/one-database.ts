import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

interface Catalog extends Construct {
  readonly databaseName: string;
}

/**
 * Fails synth if another catalog of the app has the same database name, unless the two are known to be in different accounts or
 * regions: an account has one database and one workgroup of a name in a region.
 */
export function validateOneDatabase<T extends Catalog>(catalog: T, isCatalog: (node: IConstruct) => node is T): void {
  catalog.node.addValidation({
    validate: () => {
      const others = catalog.node.root.node.findAll().filter((node) => isCatalog(node) && node !== catalog);
      return others.some((other) => isCatalog(other) && clash(catalog, other))
        ? [
            `athenaDatabase: "${catalog.databaseName}" is the name of two databases in this app, and an account has one of a name in a region. ` +
              'Give each its own athenaDatabase, or, if they are deployed to different accounts or regions, give their stacks or stages an `env` that says so',
          ]
        : [];
    },
  });
}

function clash(one: Catalog, other: Catalog): boolean {
  const [place, otherPlace] = [Stack.of(one), Stack.of(other)];
  if (differ(place.account, otherPlace.account) || differ(place.region, otherPlace.region)) return false;
  return one.databaseName === other.databaseName;
}

/** @returns false if either is unknown before deployment */
const differ = (one: string, other: string) => !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
