import { DEFAULT_INSTANCE, ENVIRONMENT } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import type { Environment } from '../snapshot/settings.ts';
import { parseLocation } from '../snapshot/store/bucket/open-bucket.ts';

/** A setting's value and, if it is invalid, the reason. */
export interface Reading {
  readonly value: string;
  readonly problem?: string;
}

/** Reads the store's location, `s3://bucket/prefix`. */
export function readStore(environment: Environment): Reading {
  const value = environment[ENVIRONMENT.store]?.trim() ?? '';
  if (value === '') return { value, problem: `${ENVIRONMENT.store}: is missing` };
  try {
    parseLocation(value);
    return { value };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { value, problem: `${ENVIRONMENT.store}: ${error.message}` };
  }
}

/** The setting's value. @throws SettingsError if it is invalid */
export function required({ value, problem }: Reading): string {
  if (problem !== undefined) throw new SettingsError(problem);
  return value;
}

/** The name that separates the metrics and log lines of several installations. A name that CloudWatch would reject becomes the default. */
export function instanceOf(environment: Environment): string {
  const name = environment[ENVIRONMENT.instance]?.trim() ?? '';
  return /^[\w.-]{1,64}$/.test(name) ? name : DEFAULT_INSTANCE;
}
