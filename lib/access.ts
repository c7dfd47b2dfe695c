import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';

/** What a function must know to use a resource, and what it must be allowed: written together, so that neither is forgotten. */
export interface Access {
  readonly environment: { readonly [name: string]: string };
  readonly statements: readonly PolicyStatement[];
  /** Use of the KMS key that encrypts the resource; empty if there is none. */
  readonly keyStatements: readonly PolicyStatement[];
}

/**
 * Allows the use of a key only through the service whose data it encrypts.
 * @param scope of the function that uses it: the service is that of its region
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

/** The condition that a key is used by one of these services, in the region of the stack, on behalf of the caller. */
export function onlyThrough(services: readonly string[], scope: IConstruct) {
  const { region, urlSuffix } = Stack.of(scope);
  const names = services.map((service) => `${service}.${region}.${urlSuffix}`);
  return { StringEquals: { 'kms:ViaService': names.length === 1 ? names[0] : names } };
}
