/** Values as text that doesn't depend on the layout in which they are stored. */
import { compact, membersOf } from '../../anodot/json-text.ts';

/** Undefined if the text isn't JSON, or is nested too deeply. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The JSON of a value, with the names of each object in order. */
export function canonical(value: unknown): string {
  try {
    return JSON.stringify(value, inOrder);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'nested too deeply'; // no value that this product writes is
  }
}

const inOrder = (_: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** The members of an object in a JSON text, as texts, since numbers keep all digits there. Undefined if it is something else. */
export function membersIn(text: string): ReadonlyMap<string, string> | undefined {
  if (!isObject(jsonIn(text))) return undefined;
  return new Map([...membersOf(text)].map(([name, member]) => [name, compact(member)]));
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
