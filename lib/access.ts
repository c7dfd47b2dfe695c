import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/** What a function needs to use a resource: its variables and its permissions, in one place so that neither is forgotten. */
export interface Access {
  readonly environment: { readonly [name: string]: string };
  readonly statements: readonly PolicyStatement[];
  /** Permission to use the KMS key that encrypts the resource. Empty if there is no key. */
  readonly keyStatements: readonly PolicyStatement[];
}

/**
 * Allows the use of a key only through the service whose data it encrypts.
 * @param scope a construct in the function's stack, whose region is also the service's
 */
export function useOfKey(
  sid: string,
  key: IKey,
  actions: readonly string[],
  service: 's3' | 'secretsmanager',
  scope: IConstruct,
): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: [...actions],
    resources: [key.keyArn],
    conditions: onlyThrough([service], scope),
  });
}

/** The condition that one of these services uses a key on behalf of the caller, in the stack's region. */
export function onlyThrough(services: readonly string[], scope: IConstruct) {
  const { region, urlSuffix } = Stack.of(scope);
  const names = services.map((service) => `${service}.${region}.${urlSuffix}`);
  return { StringEquals: { 'kms:ViaService': names.length === 1 ? names[0] : names } };
}
