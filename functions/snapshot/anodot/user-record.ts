import * as z from 'zod';
import { SourceContractError } from '../errors.ts';
import { DOCUMENTED_FIELDS, type DocumentedField, type ReadUser, type User } from '../user.ts';
import { DAY_MILLISECONDS, dtOf } from '../utc-day.ts';
import { extraJson, type JsonObject } from './extra-json.ts';
import { SurrogateRepair } from './surrogate-repair.ts';
import { toUtc } from './time.ts';

/** The only file that knows the fields of Anodot's users: turns a record into a row, or throws if it has no `_id`. */

/** The misprints in Anodot's documentation (the field table of `GET /users`), and the right names. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['id', '_id'],
  ['createAt', 'createdAt'],
  ['firtName', 'firstName'],
]);

/** Anodot is younger than this. An earlier time, such as 1970 or 0001, means "never", and must not make a user dormant for decades. */
const EARLIEST_ACTIVITY = '2000-01-01T00:00:00.000Z';

const text = z.string().nullish();
/** Reports one issue, however many members of a list are wrong. A million issues would exhaust the memory. */
const texts = z
  .custom<readonly string[]>((value) => Array.isArray(value) && value.every((one) => typeof one === 'string'))
  .nullish();

/**
 * The documented fields, after `inUtc`. Nothing is coerced, and zod transforms nothing, since transforms make it several times slower.
 * Values that differ, and fields that aren't named here, are kept in `extra_json`.
 */
const FIELDS = {
  createdAt: text, // a time: see `inUtc`
  firstName: text,
  lastName: text,
  email: text,
  roles: texts,
  disabled: z.boolean().nullish(),
  ownerOrganization: text,
  groups: texts,
  defaultGroup: text,
  lastActive: text, // a time
};
const RECORD = z.object({ _id: z.string().min(1), ...FIELDS });
type Documented = z.infer<typeof RECORD>;

const NAMES: ReadonlySet<string> = new Set(['_id', ...DOCUMENTED_FIELDS]);
const NO_NAMES: readonly string[] = [];
const NO_FIELDS: readonly DocumentedField[] = [];

/**
 * Turns one element of the response into a user.
 * @param element as JSON.parse returned it
 * @param index its position in the response, for messages
 * @param json returns the JSON text of the same element. Called only if needed
 * @param observedAt when the response began to arrive
 * @throws SourceContractError if it isn't an object or has no `_id`. Names the index, never a value
 */
export function toUser(element: unknown, index: number, json: () => string, observedAt: Date): ReadUser {
  if (!isObject(element))
    throw new SourceContractError(`users[${index}]: expected an object, got ${typeName(element)}`);
  const names = Object.keys(element);
  const others = names.every((name) => NAMES.has(name)) ? NO_NAMES : names.filter((name) => !NAMES.has(name));
  const aliases = others.filter((name) => ALIASES.has(name));
  const named = aliases.length === 0 ? element : withoutAliases(element, aliases);
  const { record, invalid } = parseRecord(inUtc(named), index);
  const kept =
    others.length + invalid.length === 0
      ? NO_NAMES
      : names.filter((name) => isUnknown(name) || !hasColumn(element, name, invalid));
  const repair = new SurrogateRepair();
  const user = rowOf(record, repair, invalid, kept.length === 0 ? null : () => extraJson(element, kept, json));
  const isFuture = user.last_active !== null && user.last_active.slice(0, 10) > tomorrowOf(observedAt);
  return {
    user,
    presentFields: DOCUMENTED_FIELDS.filter(
      (field) => hasValue(record[field]) && !(isFuture && field === 'lastActive'),
    ),
    unknownFields: others.filter(isUnknown),
    aliases,
    missingFields: DOCUMENTED_FIELDS.filter((field) => isMissing(field, record, invalid)),
    invalidFields: isFuture ? [...invalid, 'lastActive'] : invalid,
    loneSurrogates: repair.count,
  };
}

const isUnknown = (name: string): boolean => !NAMES.has(name) && !ALIASES.has(name);

const rowOf = (
  record: Documented,
  repair: SurrogateRepair,
  invalid: readonly DocumentedField[],
  extra: (() => string) | null,
): User => ({
  id: repair.text(record._id),
  created_at: record.createdAt ?? null,
  first_name: repair.nullable(record.firstName),
  last_name: repair.nullable(record.lastName),
  email: repair.nullable(record.email),
  roles: record.roles ? repair.texts(record.roles).sort() : null,
  disabled: record.disabled ?? null,
  owner_organization: repair.nullable(record.ownerOrganization),
  groups: invalid.includes('groups') ? null : repair.texts(record.groups ?? []).sort(),
  default_group: repair.nullable(record.defaultGroup) || null,
  last_active: record.lastActive ?? null,
  extra_json: extra && repair.json(extra()),
});

/** The record without its invalid values, and their fields. @throws SourceContractError for a bad `_id` */
function parseRecord(
  element: JsonObject,
  index: number,
): { readonly record: Documented; readonly invalid: readonly DocumentedField[] } {
  const { success, data } = RECORD.safeParse(element);
  if (success) return { record: data, invalid: NO_FIELDS };
  const { _id } = element;
  if (!RECORD.shape._id.safeParse(_id).success) {
    const what = typeof _id === 'string' ? 'is empty' : `expected string, got ${typeName(_id)}`;
    throw new SourceContractError(`users[${index}]._id: ${what}`);
  }
  const invalid = DOCUMENTED_FIELDS.filter((field) => !FIELDS[field].safeParse(element[field]).success);
  // All other documented fields are valid. Fields that aren't documented stay in the object, and nobody reads them there.
  const valid: { [name: string]: unknown } = { ...element };
  for (const field of invalid) valid[field] = undefined;
  return { record: valid as Documented, invalid };
}

/** The record with aliases replaced by the right names. The right name wins over an alias. */
function withoutAliases(element: JsonObject, aliases: readonly string[]): JsonObject {
  const renamed = Object.fromEntries(aliases.map((alias) => [ALIASES.get(alias), element[alias]]));
  return { ...renamed, ...element };
}

/** In place of a text that is not a time, or that is too early to be one, so that RECORD, which accepts any text, reports it. */
const NO_TIME = false;

/** The record with its times in UTC. */
function inUtc(element: JsonObject): JsonObject {
  const { createdAt, lastActive } = element;
  const created = utcOf(createdAt);
  const active = utcOf(lastActive, EARLIEST_ACTIVITY);
  if (created === createdAt && active === lastActive) return element; // nearly always
  return { ...element, createdAt: created, lastActive: active };
}

/** A time in UTC, or NO_TIME. A value that is not a text is unchanged. @param earliest in UTC */
function utcOf(value: unknown, earliest = ''): unknown {
  if (typeof value !== 'string') return value;
  const utc = toUtc(value);
  return utc === undefined || utc < earliest ? NO_TIME : utc;
}

/** Whether the value under this name has a column. An alias counts if it holds the same value as the right name. */
function hasColumn(element: JsonObject, name: string, invalid: readonly string[]): boolean {
  const right = ALIASES.get(name) ?? name;
  if (right !== name && Object.hasOwn(element, right)) return element[name] === element[right];
  return !invalid.includes(right);
}

/** According to the documentation, only `lastActive` may be absent, if the user was never active. */
const isMissing = (field: DocumentedField, record: Documented, invalid: readonly DocumentedField[]): boolean =>
  field !== 'lastActive' && (record[field] ?? null) === null && !invalid.includes(field);

const hasValue = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const tomorrows = new WeakMap<Date, string>();
/** The date of the day after a moment. Calculated once per response, not per user. */
function tomorrowOf(moment: Date): string {
  const known = tomorrows.get(moment);
  if (known !== undefined) return known;
  const tomorrow = dtOf(moment.getTime() + DAY_MILLISECONDS);
  tomorrows.set(moment, tomorrow);
  return tomorrow;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'array' : typeof value;
