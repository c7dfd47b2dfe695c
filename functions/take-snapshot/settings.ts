import { type Reading, readRequired, readStore, required } from '../lambda/environment.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import { SECRET_ID } from '../snapshot/setting-rules.ts';
import { type Environment, parseSettings, type Settings } from '../snapshot/settings.ts';

/** The function's settings: those of a run, the secret that holds the token, and the store. */
export interface FunctionSettings extends Settings {
  /** Name or ARN. */
  readonly secretId: string;
  /** `s3://bucket/prefix` */
  readonly store: string;
}

/** @throws SettingsError that lists every invalid setting, without quoting values */
export function parseFunctionSettings(environment: Environment): FunctionSettings {
  const secretId = readSecretId(environment);
  const store = readStore(environment);
  const problems = [secretId, store].flatMap(({ problem }) => problem ?? []);
  return { ...parseSettings(environment, problems), secretId: secretId.value, store: store.value };
}

/** @throws SettingsError */
export const secretIdOf = (environment: Environment): string => required(readSecretId(environment));

/** @throws SettingsError */
export const storeOf = (environment: Environment): string => required(readStore(environment));

const readSecretId = (environment: Environment): Reading =>
  readRequired(environment, ENVIRONMENT.tokenSecretId, (value) =>
    SECRET_ID.pattern.test(value) ? undefined : `expected ${SECRET_ID.expected}`,
  );
