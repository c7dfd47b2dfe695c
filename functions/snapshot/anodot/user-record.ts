import * as z from 'zod';
import { SourceContractError } from '../errors.ts';
import { DOCUMENTED_FIELDS, type DocumentedField, type ReadUser, type User } from '../user.ts';
import { DAY_MILLISECONDS, dtOf } from '../utc-day.ts';
import { extraJson } from './extra-json.ts';
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
const time = z
  .string()
  .transform(
    (value, context) => toUtc(value) ?? context.addIssue({ code: 'custom', message: 'is not a time with a time zone' }),
  )
  .pipe(z.string());

/** The documented record. Nothing is coerced. Values that differ, and fields that aren't named here, are kept in `extra_json`. */
const RECORD = z.object({
  _id: z.string().min(1),
  createdAt: time.nullish(),
  firstName: text,
  lastName: text,
  email: text,
  roles: texts,
  disabled: z.boolean().nullish(),
  ownerOrganization: text,
  groups: texts,
  defaultGroup: text,
  lastActive: time.refine((utc) => utc >= EARLIEST_ACTIVITY).nullish(),
});
type Documented = z.infer<typeof RECORD>;

const NAMES: ReadonlySet<string> = new Set(['_id', ...DOCUMENTED_FIELDS, ...ALIASES.keys()]);
const NO_FIELDS: ReadonlySet<DocumentedField> = new Set();

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
  const aliases = names.filter((name) => ALIASES.has(name));
  const named = aliases.length === 0 ? element : withoutAliases(element, aliases);
  const { record, invalid } = parseRecord(named, index);
  const unknownFields = names.filter((name) => !NAMES.has(name));
  const isKept = (name: string) => !NAMES.has(name) || !hasColumn(element, name, invalid);
  const kept = unknownFields.length + invalid.size + aliases.length === 0 ? [] : names.filter(isKept);
  const repair = new SurrogateRepair();
  const user = rowOf(record, repair, invalid, kept.length === 0 ? null : () => extraJson(element, kept, json));
  const isFuture = user.last_active !== null && isAfterTomorrow(user.last_active, observedAt);
  return {
    user,
    presentFields: DOCUMENTED_FIELDS.filter(
      (field) => hasValue(record[field]) && !(isFuture && field === 'lastActive'),
    ),
    unknownFields,
    aliases,
    missingFields: DOCUMENTED_FIELDS.filter((field) => isMissing(field, record, invalid)),
    invalidFields: isFuture ? [...invalid, 'lastActive'] : [...invalid],
    loneSurrogates: repair.count,
  };
}

const rowOf = (
  record: Documented,
  repair: SurrogateRepair,
  invalid: ReadonlySet<DocumentedField>,
  extra: (() => string) | null,
): User => ({
  id: repair.text(record._id),
  created_at: record.createdAt ?? null,
  first_name: repair.nullable(record.firstName),
  last_name: repair.nullable(record.lastName),
  email: repair.nullable(record.email),
  roles: record.roles ? record.roles.map(repair.text).sort() : null,
  disabled: record.disabled ?? null,
  owner_organization: repair.nullable(record.ownerOrganization),
  groups: invalid.has('groups') ? null : (record.groups ?? []).map(repair.text).sort(),
  default_group: repair.nullable(record.defaultGroup) || null,
  last_active: record.lastActive ?? null,
  extra_json: extra && repair.json(extra()),
});

/** The valid documented fields, and the names of the invalid ones. @throws SourceContractError for a bad `_id` */
function parseRecord(
  element: object,
  index: number,
): { readonly record: Documented; readonly invalid: ReadonlySet<DocumentedField> } {
  const parsed = RECORD.safeParse(element, REPORT_INPUT);
  if (parsed.success) return { record: parsed.data, invalid: NO_FIELDS };
  const { issues } = parsed.error;
  const ofId = issues.find(({ path }) => path[0] === '_id');
  if (ofId) {
    const what = ofId.code === 'invalid_type' ? `expected string, got ${typeName(ofId.input)}` : 'is empty';
    throw new SourceContractError(`users[${index}]._id: ${what}`);
  }
  const names = new Set(issues.map(({ path }) => path[0]));
  const valid = Object.fromEntries(Object.entries(element).filter(([name]) => !names.has(name)));
  return { record: RECORD.parse(valid), invalid: new Set(DOCUMENTED_FIELDS.filter((field) => names.has(field))) };
}

/** Adds the value to an issue, so that a message can name its type. */
const REPORT_INPUT = { reportInput: true };

/** The record with aliases replaced by the right names. The right name wins over an alias. */
function withoutAliases(element: object, aliases: readonly string[]): object {
  const renamed = Object.fromEntries(aliases.map((alias) => [ALIASES.get(alias), memberOf(element, alias)]));
  return { ...renamed, ...element };
}

/** Whether the value under this name has a column. An alias counts if it holds the same value as the right name. */
function hasColumn(element: object, name: string, invalid: ReadonlySet<string>): boolean {
  const right = ALIASES.get(name) ?? name;
  if (right !== name && Object.hasOwn(element, right)) return memberOf(element, name) === memberOf(element, right);
  return !invalid.has(right);
}

/** According to the documentation, only `lastActive` may be absent, if the user was never active. */
const isMissing = (field: DocumentedField, record: Documented, invalid: ReadonlySet<DocumentedField>): boolean =>
  field !== 'lastActive' && (record[field] ?? null) === null && !invalid.has(field);

const hasValue = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const isAfterTomorrow = (utc: string, observedAt: Date): boolean =>
  utc.slice(0, 10) > dtOf(new Date(observedAt.getTime() + DAY_MILLISECONDS));

const memberOf = (element: object, name: string): unknown => Object.getOwnPropertyDescriptor(element, name)?.value;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'array' : typeof value;
