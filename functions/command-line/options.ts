/** The options that several commands share, and the parsers of option values. A parser rejects a value with what it expected. */
import { InvalidArgumentError, Option } from 'commander';
import { MAX_RETENTION_DAYS } from '../snapshot/contract.ts';
import { addDays, isDt } from '../snapshot/utc-day.ts';
import { placeOf } from './place.ts';
import { DEFAULT_STORE } from './terminal.ts';

/** Sets no default, since a command may choose its own. */
export const storeOption = (
  flags = '--store <place>',
  description = 'folder or s3:// URL of the snapshots',
  byDefault = DEFAULT_STORE,
): Option => new Option(flags, `${description} (default: ${byDefault})`).argParser(placeOf);

/** The first format is the default. */
export const formatOption = (formats: readonly string[]): Option =>
  new Option('--format <format>', 'output format').choices(formats).default(formats[0]);

/**
 * Parses a comma-separated list of some of these words. The result is in the order of `known`.
 * @param note is appended to the words that an error names
 */
export const listOf =
  <Word extends string>(known: readonly Word[], note = '') =>
  (list: string): readonly Word[] => {
    const named = new Set<string>(list.split(',').map((name) => name.trim()));
    if (!named.isSubsetOf(new Set(known)))
      throw new InvalidArgumentError(`Expected a comma-separated list of ${known.join(', ')}${note}.`);
    return known.filter((word) => named.has(word));
  };

export function date(text: string): string {
  if (!isDt(text)) throw new InvalidArgumentError('Expected a date like 2026-11-23.');
  return text;
}

/** A date that may depend on the current one. */
export type DateOrSpan = (today: string) => string;

/** Parses a date, or `7d`: seven days before today. */
export function dateOrSpan(text: string): DateOrSpan {
  if (isDt(text)) return () => text;
  const days = /^([1-9]\d{0,3})d$/.exec(text)?.[1];
  if (days === undefined || Number(days) > MAX_RETENTION_DAYS)
    throw new InvalidArgumentError(
      `Expected a date like 2026-11-23, or a number of days before today like 7d, from 1d to ${MAX_RETENTION_DAYS}d.`,
    );
  return (today) => addDays(today, -Number(days));
}

/** The exit code with `--exit-code` if anything changed. */
export const CHANGED_CODE = 14;

/** The exit code if there is no snapshot in what was asked. */
export const NOTHING_CODE = 11;

/** The exit code of `review close` while a decision isn't carried out. */
export const OPEN_CODE = 13;

/** @param otherwise further codes, in words */
export const exitCodeOption = (otherwise = ''): Option =>
  new Option('--exit-code', `end with ${CHANGED_CODE} if there are changes, ${otherwise}else with 0`);

export function sha256(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('Expected a SHA-256 of 64 hex digits.');
  return text.toLowerCase();
}
