/** Values as text that doesn't depend on the layout in which they are stored. */
import { readInside } from '../../anodot/json-scan.ts';
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

/** The JSON of a value, with the names of each object in order, unless another `order` is given. */
export function canonical(value: unknown, order: (name: string, value: unknown) => unknown = inOrder): string {
  try {
    return JSON.stringify(value, order);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return 'nested too deeply'; // no value that this product writes is
  }
}

const inOrder = (_: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;

/** The object in a JSON text. Undefined if it is something else, or a name occurs twice: readers then differ in which one counts. */
export function objectIn(text: string): object | undefined {
  const value = jsonIn(text);
  if (!isObject(value)) return undefined;
  const inside = text.slice(text.indexOf('{') + 1);
  const names = Object.keys(value).length;
  return names === 0 || names === readInside(inside).commas.length + 1 ? value : undefined;
}

/** The members of such an object as texts, since numbers keep all digits there. */
export function membersIn(text: string): ReadonlyMap<string, string> | undefined {
  if (!objectIn(text)) return undefined;
  return new Map([...membersOf(text)].map(([name, member]) => [name, compact(member)]));
}

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
