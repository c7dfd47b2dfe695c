/** The options that several commands share, and the parsers of option values. A parser rejects a value with what it expected. */
import { InvalidArgumentError, Option } from 'commander';
import { isDt } from '../snapshot/utc-day.ts';
import { placeOf } from './place.ts';
import { DEFAULT_STORE } from './terminal.ts';

export const storeOption = (
  flags = '--store <place>',
  description = 'where the snapshots lie: a folder, or s3://bucket/prefix',
): Option => new Option(flags, description).default(undefined, DEFAULT_STORE).argParser(placeOf);

/** The first format is the default. */
export const formatOption = (formats: readonly string[]): Option =>
  new Option('--format <format>', 'how the result is printed').choices(formats).default(formats[0]);

/**
 * Parses a comma-separated list of some of these words, into the order in which they are known.
 * @param note is appended to the words that an error names
 */
export const listOf =
  <Word extends string>(known: readonly Word[], note = '') =>
  (list: string): readonly Word[] => {
    const named = new Set<string>(list.split(',').map((name) => name.trim()));
    if (!named.isSubsetOf(new Set(known)))
      throw new InvalidArgumentError(`Allowed are ${known.join(', ')}, separated by commas${note}.`);
    return known.filter((word) => named.has(word));
  };

export function date(text: string): string {
  if (!isDt(text)) throw new InvalidArgumentError('Expected a date like 2026-11-23.');
  return text;
}

export function sha256(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError('Expected a SHA-256 of 64 hex digits.');
  return text.toLowerCase();
}
