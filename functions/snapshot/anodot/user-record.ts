import * as z from 'zod';
import { SourceContractError } from '../errors.ts';
import type { ReadUser, User } from '../user.ts';
import { extraJson } from './extra-json.ts';
import { SurrogateRepair } from './surrogate-repair.ts';
import { toUtc } from './time.ts';

/** The one place that knows the fields of Anodot's users: makes a row of a record, or throws. */

/** The documented misprints (the field table of `GET /users`) and the names they stand for. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['id', '_id'],
  ['createAt', 'createdAt'],
  ['firtName', 'firstName'],
]);

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const time = z
  .string()
  .transform(
    (value, context) => toUtc(value) ?? context.addIssue({ code: 'custom', message: 'is not a time with a zone' }),
  )
  .pipe(z.string())
  .nullish();

/** The record as Anodot documents it. Nothing is coerced; what isn't named here is written to `extra_json`. */
const RECORD = z.object({
  _id: z.string().min(1),
  createdAt: time,
  firstName: text,
  lastName: text,
  email: text,
  roles: texts,
  disabled: z.boolean().nullish(),
  ownerOrganization: text,
  groups: texts,
  defaultGroup: text,
  lastActive: time,
});

const FIELDS = RECORD.keyof().options;
const DOCUMENTED: ReadonlySet<string> = new Set([...FIELDS, ...ALIASES.keys()]);
/** `lastActive` is absent if the user was never active; every other field is always present, says the documentation. */
const EXPECTED = FIELDS.filter((field) => field !== 'lastActive');

/**
 * Makes a user of one element of the response.
 * @param element as JSON.parse returns it
 * @param index its place in the response, for messages
 * @param exact the same element with each number that JavaScript would change as a raw JSON text; called only if needed
 * @throws SourceContractError naming index and field, never a value
 */
export function toUser(element: unknown, index: number, exact: () => unknown): ReadUser {
  if (!isObject(element))
    throw new SourceContractError(`users[${index}]: expected an object, got ${typeName(element)}`);
  const names = Object.keys(element);
  const aliases = names.filter((name) => ALIASES.has(name));
  const record = parseRecord(aliases.length === 0 ? element : withoutAliases(element, aliases), index);
  const unknownFields = names.filter((name) => !DOCUMENTED.has(name));
  const repair = new SurrogateRepair();
  const user: User = {
    id: repair.text(record._id),
    created_at: record.createdAt ?? null,
    first_name: repair.nullable(record.firstName),
    last_name: repair.nullable(record.lastName),
    email: repair.nullable(record.email),
    roles: record.roles ? record.roles.map(repair.text).sort() : null,
    disabled: record.disabled ?? null,
    owner_organization: repair.nullable(record.ownerOrganization),
    groups: (record.groups ?? []).map(repair.text).sort(),
    default_group: repair.nullable(record.defaultGroup) || null,
    last_active: record.lastActive ?? null,
    extra_json: unknownFields.length === 0 ? null : repair.json(extraJson(element, unknownFields, index, exact)),
  };
  const missingFields = EXPECTED.filter((field) => record[field] === undefined || record[field] === null);
  return { user, unknownFields, aliases, missingFields, loneSurrogates: repair.count };
}

function parseRecord(element: object, index: number): z.infer<typeof RECORD> {
  const parsed = RECORD.safeParse(element, REPORT_INPUT);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const place = `users[${index}]${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`;
  throw new SourceContractError(
    issue?.code === 'invalid_type'
      ? `${place}: expected ${issue.expected}, got ${typeName(issue.input)}`
      : `${place}: ${issue?.code === 'too_small' ? 'is empty' : issue?.message}`,
  );
}

/** Adds the value to an issue: only its type is named. */
const REPORT_INPUT = { reportInput: true };

/** The record under its right names. An alias never wins over the right name. */
function withoutAliases(element: object, aliases: readonly string[]): object {
  const renamed = Object.fromEntries(
    aliases.map((alias) => [ALIASES.get(alias), Object.getOwnPropertyDescriptor(element, alias)?.value]),
  );
  return { ...renamed, ...element };
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'array' : typeof value;
