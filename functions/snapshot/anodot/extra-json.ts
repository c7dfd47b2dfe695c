import { compact, membersOf } from './json-text.ts';

/**
 * The named fields of a user as one JSON text. Numbers keep all digits, and any depth of nesting works.
 * @param text the JSON text of the same element. Called only if needed
 */
export function extraJson(element: object, names: readonly string[], text: () => string): string {
  return stringified(element, names) ?? fromText(element, names, text());
}

/** Undefined if this would change a number, or if the value is nested too deeply. */
function stringified(element: object, names: readonly string[]): string | undefined {
  const extra: { [name: string]: unknown } = Object.create(null); // without a prototype, `__proto__` is a name like any other
  for (const name of names) extra[name] = memberOf(element, name);
  try {
    return holdsNumber(extra) ? undefined : JSON.stringify(extra);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // nested too deeply to recurse
    return undefined;
  }
}

function fromText(element: object, names: readonly string[], text: string): string {
  const members = membersOf(text);
  const member = (name: string) => compact(members.get(name) ?? JSON.stringify(memberOf(element, name)));
  return `{${names.map((name) => `${JSON.stringify(name)}:${member(name)}`).join(',')}}`;
}

const memberOf = (element: object, name: string): unknown => Object.getOwnPropertyDescriptor(element, name)?.value;

const holdsNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && Object.values(value).some(holdsNumber));
