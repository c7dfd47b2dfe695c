import { DEFAULT_INSTANCE, ENVIRONMENT } from '../snapshot/contract.ts';
import { SettingsError } from '../snapshot/errors.ts';
import type { Environment } from '../snapshot/settings.ts';
import { parseLocation } from '../snapshot/store/bucket/open-bucket.ts';

/** A setting as it was read, and what is wrong with it. */
export interface Reading {
  readonly value: string;
  readonly problem?: string;
}

/** `s3://bucket/prefix` */
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

/** @throws SettingsError */
export function required({ value, problem }: Reading): string {
  if (problem !== undefined) throw new SettingsError(problem);
  return value;
}

/** Tells the metrics and log lines of several installations apart; what CloudWatch would not take is the default. */
export function instanceOf(environment: Environment): string {
  const name = environment[ENVIRONMENT.instance]?.trim() ?? '';
  return /^[\w.-]{1,64}$/.test(name) ? name : DEFAULT_INSTANCE;
}
