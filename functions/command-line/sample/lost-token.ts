/** Notices a real account whose token is missing: a scheduled job that lost its token must not take the sample and succeed. */
import { ENVIRONMENT } from '../../snapshot/contract.ts';
import { CredentialsError } from '../../snapshot/errors.ts';
import type { Environment } from '../../snapshot/settings.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { holdsOther } from './folder.ts';

/** Variables that the sample account doesn't need. If one is set, such as a misspelt ANODOT_TOKEN, a real account is meant. */
const OF_AN_ACCOUNT = /^(ANODOT|SNAPSHOT)_/i;

/** @throws CredentialsError if other variables of an account are set */
export function refuseOtherVariables(environment: Environment): void {
  const names = Object.keys(environment).filter((name) => OF_AN_ACCOUNT.test(name) && name !== ENVIRONMENT.token);
  if (names.length === 0) return;
  throw new CredentialsError(
    `no token: ${ENVIRONMENT.token} is not set, but ${names.sort().join(', ')} is. Set the token. For the sample account, unset the others`,
  );
}

/**
 * @param place the default folder of real snapshots, as messages name it
 * @throws CredentialsError if it holds anything other than the sample. Failed runs count: they are of a real account
 */
export async function refuseBesideReal(store: Store, place: string): Promise<void> {
  if (!(await holdsOther(store))) return;
  throw new CredentialsError(
    `no token: ${ENVIRONMENT.token} is not set, and ${place} is neither empty nor the sample account's. Set the token. For the sample account, name an empty folder: --store ./sample-snapshots`,
  );
}
