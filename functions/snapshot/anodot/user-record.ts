import * as z from 'zod';
import { SourceContractError } from '../errors.ts';

/**
 * One user as a row: twelve columns, see COLUMNS in contract.ts. Times are ISO 8601 UTC with milliseconds. Null means that
 * the account didn't say (`roles` null isn't "no roles", `disabled` null isn't "no").
 */
export interface User {
  readonly id: string;
  readonly created_at: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly email: string | null;
  readonly roles: readonly string[] | null;
  readonly disabled: boolean | null;
  readonly owner_organization: string | null;
  readonly groups: readonly string[];
  readonly default_group: string | null;
  readonly last_active: string | null;
  readonly extra_json: string | null;
}

/** A user, and where the record departs from the documentation: names of fields only, never a value. */
export interface ReadUser {
  readonly user: User;
  readonly unknownFields: readonly string[];
  readonly aliases: readonly string[];
  readonly missingFields: readonly string[];
  /** Lone surrogates that became U+FFFD. */
  readonly loneSurrogates: number;
}

/** The documented misprints (the field table of `GET /users`) and the names they stand for. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['id', '_id'],
  ['createAt', 'createdAt'],
  ['firtName', 'firstName'],
]);

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
const CANONICAL_LENGTH = '2026-11-23T02:15:00.000Z'.length;

/** ISO 8601 UTC with milliseconds of an RFC 3339 time with a zone; undefined for anything else. */
export function toUtc(text: string): string | undefined {
  if (text.length === CANONICAL_LENGTH && isUnchanged(text)) return text; // nearly always
  const [, date, minutes, seconds = '', fraction = '', sign, zoneHours, zoneMinutes] = RFC_3339.exec(text) ?? [];
  if (date === undefined) return undefined;
  const leap = seconds === '60';
  const local = `${date}T${minutes}:${leap ? '59' : seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  if (!isUnchanged(local)) return undefined;
  const zone = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  const utc = new Date(Date.parse(local) - zone * 60_000 + (leap ? 1000 : 0)).toISOString();
  return utc.length === CANONICAL_LENGTH ? utc : undefined;
}

/** Date accepts the 30th of February and makes it March: only what comes back unchanged is a date. */
function isUnchanged(utc: string): boolean {
  const time = new Date(utc);
  return !Number.isNaN(time.getTime()) && time.toISOString() === utc;
}

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const time = z
  .string()
  .transform(
    (value, context) => toUtc(value) ?? context.addIssue({ code: 'custom', message: 'is not a time with a zone' }),
  )
  .pipe(z.string())
  .nullish();

/** The record as Anodot documents it. Nothing is coerced; what isn't named here goes to `extra_json`. */
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
type Record = z.infer<typeof RECORD>;

const FIELDS = Object.keys(RECORD.shape);
const DOCUMENTED: ReadonlySet<string> = new Set([...FIELDS, ...ALIASES.keys()]);
/** `lastActive` is absent when the user was never active; every other field is always there, says the documentation. */
const EXPECTED = FIELDS.filter((field) => field !== 'lastActive') as readonly (keyof Record)[];

/**
 * Makes a user of one element of the answer.
 * @param element what JSON.parse made of it
 * @param index its place in the answer, for messages
 * @param exact the same element with each number that JavaScript would change as a raw JSON text; asked for only when needed
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

function parseRecord(element: object, index: number): Record {
  const parsed = RECORD.safeParse(element);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  const place = `users[${index}]${path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}`;
  if (issue?.code === 'invalid_type') {
    const value = path.reduce<unknown>((at, step) => (at as { [step: PropertyKey]: unknown })[step], element);
    throw new SourceContractError(`${place}: expected ${issue.expected}, got ${typeName(value)}`);
  }
  throw new SourceContractError(`${place}: ${issue?.code === 'too_small' ? 'is empty' : issue?.message}`);
}

/** The record under its right names. An alias never wins over the right name. */
function withoutAliases(element: object, aliases: readonly string[]): object {
  const renamed = Object.fromEntries(
    aliases.map((alias) => [ALIASES.get(alias), Object.getOwnPropertyDescriptor(element, alias)?.value]),
  );
  return { ...renamed, ...element };
}

/** The fields that the documentation doesn't name, as one JSON text; numbers digit by digit. */
function extraJson(element: object, names: readonly string[], index: number, exact: () => unknown): string {
  try {
    const pick = (from: object): object => {
      const extra: { [name: string]: unknown } = Object.create(null); // so that `__proto__` is a name like any other
      for (const name of names) extra[name] = Object.getOwnPropertyDescriptor(from, name)?.value;
      return extra;
    };
    const extra = pick(element);
    const source = holdsNumber(extra) ? exact() : element;
    return JSON.stringify(isObject(source) ? pick(source) : extra);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SourceContractError(`users[${index}]: an unknown field is nested too deeply to be kept`, {
      cause: error,
    });
  }
}

const holdsNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && Object.values(value).some(holdsNumber));

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typeName = (value: unknown): string =>
  value === null ? 'null' : value === undefined ? 'nothing' : Array.isArray(value) ? 'array' : typeof value;

/** Replaces lone surrogates, which no UTF-8 file can hold, by U+FFFD and counts them. */
class SurrogateRepair {
  count = 0;

  readonly text = (value: string): string => {
    if (value.isWellFormed()) return value;
    const repaired = value.toWellFormed();
    for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) !== repaired.charCodeAt(i)) this.count++;
    return repaired;
  };

  nullable(value: string | null | undefined): string | null {
    return typeof value === 'string' ? this.text(value) : null;
  }

  /** In a text of JSON.stringify a lone surrogate is written as an escape, and nothing else is written as `\ud…`. */
  json(value: string): string {
    return value.replace(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (sequence, surrogate) => {
      if (surrogate === undefined) return sequence;
      this.count++;
      return '\ufffd';
    });
  }
}
