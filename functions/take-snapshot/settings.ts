import { type Reading, readStore, required } from '../lambda/environment.ts';
import { ENVIRONMENT } from '../snapshot/contract.ts';
import { type Environment, parseSettings, type Settings } from '../snapshot/settings.ts';

/** What the function has of its environment besides the settings of a run. */
export interface FunctionSettings extends Settings {
  /** Name or ARN of the secret that holds the token. */
  readonly secretId: string;
  /** `s3://bucket/prefix` */
  readonly store: string;
}

/** @throws SettingsError that lists every bad setting, and quotes none */
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

function readSecretId(environment: Environment): Reading {
  const value = environment[ENVIRONMENT.tokenSecretId]?.trim() ?? '';
  if (value === '') return { value, problem: `${ENVIRONMENT.tokenSecretId}: is missing` };
  if (/^[\w/+=.@:-]{1,2048}$/.test(value)) return { value };
  return { value, problem: `${ENVIRONMENT.tokenSecretId}: must be the name or the ARN of a secret` };
}
