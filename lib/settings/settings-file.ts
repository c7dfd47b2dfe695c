import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@humanwhocodes/momoa';
import { InvalidSettingsError } from './invalid-settings-error.ts';
import type { Problem } from './options.ts';

/** The file of the deployment's settings, next to cdk.json. Git ignores it, so an upgrade never conflicts with it. */
export const SETTINGS_FILE = 'settings.json';

/** What a settings file contains, before any setting is checked. */
export interface SettingsFile {
  readonly values: { readonly [name: string]: unknown };
  /** Names that are set more than once. */
  readonly problems: readonly Problem[];
}

export const NO_FILE: SettingsFile = { values: {}, problems: [] };

/**
 * Reads the settings file of a folder.
 * @returns no settings if the file doesn't exist
 * @throws InvalidSettingsError if it can't be read, or isn't a JSON object in UTF-8 without a byte order mark
 */
export function readSettingsFile(folder: string): SettingsFile {
  const bytes = bytesOf(join(folder, SETTINGS_FILE));
  return bytes ? parseSettingsFile(textOf(bytes)) : NO_FILE;
}

function bytesOf(path: string): Buffer | undefined {
  // A symlink to a file that doesn't exist must not count as no file: the stack would be deployed with defaults.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    if (statSync(path).isFile()) return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new InvalidSettingsError(`can't read ${SETTINGS_FILE}: ${REASONS.get(reason) ?? String(error)}`, {
      cause: error,
    });
  }
  throw new InvalidSettingsError(`can't read ${SETTINGS_FILE}: it is a directory, or not a regular file`);
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'it is a symlink to a file that does not exist'],
  ['ELOOP', 'it is a symlink to itself'],
  ['EACCES', 'permission denied'],
]);

function textOf(bytes: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidSettingsError(`${SETTINGS_FILE} is not in UTF-8: save it as UTF-8`, { cause: error });
  }
  if (text.startsWith('\uFEFF'))
    throw new InvalidSettingsError(`${SETTINGS_FILE} begins with a byte order mark: save it as UTF-8 without BOM`);
  return text;
}

/** @throws InvalidSettingsError with the line and column at which the text isn't JSON, or because it isn't an object, or is nested too deeply. It quotes no value. */
export function parseSettingsFile(text: string): SettingsFile {
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch (error) {
    throw new InvalidSettingsError(`${SETTINGS_FILE} is not valid JSON: ${whereBroken(text, error)}`, { cause: error });
  }
  if (!isObject(values))
    throw new InvalidSettingsError(
      `${SETTINGS_FILE} must contain a JSON object: {"alarmEmail": "security@example.com"}`,
    );
  if (isDeeper(values, MAX_DEPTH))
    throw new InvalidSettingsError(`${SETTINGS_FILE} is nested too deeply: a setting is a value or a list of values`);
  return { values, problems: repeatedNames(text) };
}

/** No setting is deeper than a list. Thousands of levels would exhaust the stack of whatever reads them. */
const MAX_DEPTH = 50;

function isDeeper(value: unknown, max: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > max) return true;
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The line and column at which a JSON text is broken. JSON.parse gives a position for some errors only. */
function whereBroken(text: string, error: unknown): string {
  if (text.trim() === '') return 'it is empty';
  const place = momoaErrorOf(text) ?? /\(line (?<line>\d+) column (?<column>\d+)\)/.exec(String(error))?.groups;
  if (!place) return 'check quotes, commas and braces';
  const { line, column } = place;
  const rest = text.split('\n')[Number(line) - 1]?.slice(Number(column) - 1) ?? '';
  const why = /^(?:\/[/*]|#)/.test(rest) ? 'comments are not allowed' : 'check quotes, commas and braces';
  return `line ${line}, column ${column}: ${why}`;
}

function momoaErrorOf(text: string): { readonly line: unknown; readonly column: unknown } | undefined {
  try {
    parse(text, { mode: 'json' });
    return undefined;
  } catch (error) {
    return error instanceof Error && 'line' in error && 'column' in error ? error : undefined;
  }
}

/** JSON.parse keeps the last of several members with the same name. The others would be ignored silently. */
function repeatedNames(text: string): Problem[] {
  const { body } = parse(text, { mode: 'json' });
  if (body.type !== 'Object') return [];
  const names = body.members.flatMap(({ name }) =>
    name.type === 'String' ? [{ name: name.value, line: name.loc.start.line }] : [],
  );
  return [...Map.groupBy(names, ({ name }) => name)].flatMap(([name, found]) =>
    found.length > 1 ? [[name, `set more than once, in ${inLines(found.map(({ line }) => line))}`]] : [],
  );
}

function inLines(lines: readonly number[]): string {
  const different = [...new Set(lines)];
  return `${different.length === 1 ? 'line' : 'lines'} ${different.join(' and ')}`;
}
