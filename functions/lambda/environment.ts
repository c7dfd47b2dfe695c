import { DEFAULTS, ENVIRONMENT } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import { INSTANCE } from '../snapshot/setting-rules.ts';
import type { Environment } from '../snapshot/settings.ts';
import { parseLocation } from '../snapshot/store/bucket/open-bucket.ts';

/** A setting that a function reads from its environment, besides those of a run. A problem names its variable. */
export interface Reading {
  readonly value: string;
  readonly problem?: string;
}

/** @param problemOf what is wrong with a value. Undefined if nothing is */
export function readRequired(
  environment: Environment,
  name: string,
  problemOf: (value: string) => string | undefined,
): Reading {
  const value = environment[name]?.trim() ?? '';
  const problem = value === '' ? 'is missing' : problemOf(value);
  return problem === undefined ? { value } : { value, problem: `${name}: ${problem}` };
}

/** `s3://bucket/prefix` */
export const readStore = (environment: Environment): Reading =>
  readRequired(environment, ENVIRONMENT.store, (value) => {
    const location = parseLocation(value);
    return 'problem' in location ? location.problem : undefined;
  });

/** @throws SettingsError */
export function required({ value, problem }: Reading): string {
  if (problem !== undefined) throw new SettingsError(problem);
  return value;
}

/** The name that distinguishes installations in metrics and log lines. An invalid name is replaced with the default, so that no run fails. */
export function instanceOf(environment: Environment): string {
  const name = environment[ENVIRONMENT.instance]?.trim() ?? '';
  return INSTANCE.pattern.test(name) ? name : DEFAULTS.instance;
}
