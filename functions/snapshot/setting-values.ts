import * as z from 'zod';

/**
 * Reads a setting the same way from an environment variable, `-c NAME=VALUE`, a file or a prop: text is read as the value it spells, and
 * blank text counts as not set. The message of every rule says what it expected.
 */
const trimmed = (given: unknown) => (typeof given === 'string' ? given.trim() : given);

const spelledFlag = (given: unknown) => {
  const text = trimmed(given);
  return text === 'true' ? true : text === 'false' ? false : text;
};
const spelledNumber = (given: unknown) => {
  const text = trimmed(given);
  return typeof text === 'string' && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
};
const spelledList = (given: unknown) => {
  const text = trimmed(given);
  return typeof text === 'string' ? text.split(',').map((name) => name.trim()) : text;
};

/** A pattern that text must match, and the same in words. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly expected: string;
}

export const textOf = ({ pattern, expected }: TextRule) =>
  z.preprocess(trimmed, z.string(`expected ${expected}`).regex(pattern, `expected ${expected}`));

export const flag = z.preprocess(spelledFlag, z.boolean('expected true or false'));

export const numberFrom = (min: number, max: number) => {
  const expected = `expected a number from ${min} to ${max}`;
  return z.preprocess(spelledNumber, z.number(expected).min(min, expected).max(max, expected));
};

export const wholeNumberFrom = (min: number, max: number) => {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.preprocess(spelledNumber, z.int(expected).min(min, expected).max(max, expected));
};

export const listOf = <const Name extends string>(names: readonly Name[]) => {
  const expected = `expected a comma-separated list of ${names.join(', ')}`;
  return z.preprocess(spelledList, z.array(z.enum(names, expected), expected).min(1, expected).readonly());
};

/** A list of texts. `pattern` is of each, and `expected` of all. */
export const listOfText = ({ pattern, expected: texts }: TextRule) => {
  const expected = `expected a comma-separated list of ${texts}`;
  return z.preprocess(
    spelledList,
    z.array(z.string(expected).regex(pattern, expected), expected).min(1, expected).readonly(),
  );
};

/** @returns false for undefined and for blank text */
const isSet = (given: unknown): boolean => trimmed(given) !== undefined && trimmed(given) !== '';

/**
 * Reads settings with a schema in which each one is optional.
 * @returns the valid settings, and what was expected of each invalid one
 */
export function readSettings<T extends object>(
  schema: z.ZodType<T>,
  given: { readonly [name: string]: unknown },
): { readonly valid: T; readonly problems: ReadonlyMap<string, string> } {
  const set = Object.entries(given).filter(([, value]) => isSet(value));
  const issues = schema.safeParse(Object.fromEntries(set)).error?.issues ?? [];
  const problems = new Map(issues.map(({ path, message }) => [String(path[0]), message]));
  return { valid: schema.parse(Object.fromEntries(set.filter(([name]) => !problems.has(name)))), problems };
}
