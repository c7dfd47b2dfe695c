import * as z from 'zod';
import { type Reading, readRequired, readStore, required } from '../lambda/environment.ts';
import { ENVIRONMENT, LAST_COMMIT } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import { FINGERPRINTS, RETENTION, SECRET_ID } from '../snapshot/setting-rules.ts';
import { listOfText, readSettings, wholeNumberFrom } from '../snapshot/setting-values.ts';
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

/** What a verification needs to know about the deployment. */
export interface VerifySettings {
  /** `s3://bucket/prefix` */
  readonly store: string;
  /** The retention of users, changes and groups. Without it, any of the oldest days may lack them. */
  readonly keptDays?: number | undefined;
  /** Fingerprints of keys that signed earlier commits. */
  readonly earlierKeys?: readonly string[] | undefined;
  /** Number of the first signed commit. */
  readonly signedFrom?: number | undefined;
}

const VERIFY_SETTINGS = z.object({
  keptDays: RETENTION,
  earlierKeys: listOfText(FINGERPRINTS),
  signedFrom: wholeNumberFrom(1, LAST_COMMIT),
});
const VERIFY_NAMES = VERIFY_SETTINGS.keyof().options;

/** @throws SettingsError that lists every invalid setting, without quoting values */
export function parseVerifySettings(environment: Environment): VerifySettings {
  const store = readStore(environment);
  const given = Object.fromEntries(VERIFY_NAMES.map((name) => [name, environment[ENVIRONMENT[name]]]));
  const { valid, problems } = readSettings(VERIFY_SETTINGS.partial(), given);
  const lines = VERIFY_NAMES.flatMap((name) => {
    const problem = problems.get(name);
    return problem === undefined ? [] : [`${ENVIRONMENT[name]}: ${problem}`];
  });
  const all = [store.problem ?? [], lines].flat();
  if (all.length > 0) throw new SettingsError(`invalid settings: ${all.join('; ')}`);
  return { store: store.value, ...valid };
}

const readSecretId = (environment: Environment): Reading =>
  readRequired(environment, ENVIRONMENT.tokenSecretId, (value) =>
    SECRET_ID.pattern.test(value) ? undefined : `expected ${SECRET_ID.expected}`,
  );
