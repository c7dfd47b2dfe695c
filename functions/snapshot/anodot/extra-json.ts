import { compact, membersOf } from './json-text.ts';

/** An object as JSON.parse returns it: a name such as `__proto__` is a member like any other. */
export type JsonObject = { readonly [name: string]: unknown };

/**
 * The named fields of a user as one JSON text. Numbers keep all digits, and any depth of nesting works.
 * @param text the JSON text of the same element. Called only if needed
 */
export function extraJson(element: JsonObject, names: readonly string[], text: () => string): string {
  return stringified(element, names) ?? fromText(element, names, text());
}

/** Undefined if this would change a number, or if the value is nested too deeply. */
function stringified(element: JsonObject, names: readonly string[]): string | undefined {
  try {
    if (names.some((name) => holdsNumber(element[name]))) return undefined;
    const extra: { [name: string]: unknown } = Object.create(null); // without a prototype, `__proto__` is a name like any other
    for (const name of names) extra[name] = element[name];
    return JSON.stringify(extra);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested too deeply to recurse
    return undefined;
  }
}

/** The members are joined before their white space is removed: nearly always there is none, and one search shows it. */
function fromText(element: JsonObject, names: readonly string[], text: string): string {
  const members = membersOf(text, names);
  const extra = names.map((name) => `${JSON.stringify(name)}:${members.get(name) ?? JSON.stringify(element[name])}`);
  return compact(`{${extra.join(',')}}`);
}

const holdsNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && Object.values(value).some(holdsNumber));
