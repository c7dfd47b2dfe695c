import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

interface Catalog extends Construct {
  readonly databaseName: string;
}

/**
 * Fails synth if two catalogs of the app have the same database name, because names of databases and workgroups are unique in an account
 * and region. Catalogs that are known to be in different accounts or regions may share a name.
 */
export function validateOneDatabase<T extends Catalog>(catalog: T, isCatalog: (node: IConstruct) => node is T): void {
  catalog.node.addValidation({
    validate: () => {
      const others = catalog.node.root.node.findAll().filter((node) => isCatalog(node) && node !== catalog);
      return others.some((other) => isCatalog(other) && clash(catalog, other))
        ? [
            `athenaDatabase: "${catalog.databaseName}" is the name of two databases in this app, but names must be unique in an account and region. ` +
              'Set another athenaDatabase, or, if they are deployed to different accounts or regions, set `env` of their stacks or stages',
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

/** @returns false if either is only known at deployment */
const differ = (one: string, other: string) => !Token.isUnresolved(one) && !Token.isUnresolved(other) && one !== other;
