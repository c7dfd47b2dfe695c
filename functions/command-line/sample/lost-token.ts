/** Notices that a real account is meant though there is no token: a scheduled job that lost it must not take the sample and succeed. */
import { COMMITS_FOLDER, ENVIRONMENT } from '../../snapshot/contract.ts';
import { CredentialsError } from '../../snapshot/errors.ts';
import type { Environment } from '../../snapshot/settings.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { holdsSample } from './folder.ts';

/** Variables of this name say that an account is meant, a misspelt ANODOT_TOKEN among them. The sample account needs none. */
const OF_AN_ACCOUNT = /^ANODOT_/i;

/** @throws CredentialsError if other variables of an account are set */
export function refuseOtherVariables(environment: Environment): void {
  const names = Object.keys(environment).filter((name) => OF_AN_ACCOUNT.test(name) && name !== ENVIRONMENT.token);
  if (names.length === 0) return;
  throw new CredentialsError(
    `no token: ${ENVIRONMENT.token} is not set, but ${names.sort().join(', ')} is. Set the token, or for the sample account unset the others`,
  );
}

/**
 * @param place the default folder of real snapshots, as it is written
 * @throws CredentialsError if it holds any
 */
export async function refuseBesideReal(store: Store, place: string): Promise<void> {
  if ((await store.list(COMMITS_FOLDER)).length === 0 || (await holdsSample(store))) return;
  throw new CredentialsError(
    `no token: ${ENVIRONMENT.token} is not set, and ${place} holds snapshots of an account. Set the token. For the sample account, name an empty folder: --store ./sample-snapshots`,
  );
}
