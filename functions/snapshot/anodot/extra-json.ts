import { SourceContractError } from '../errors.ts';

/**
 * The named fields of a user as one JSON text, numbers digit by digit.
 * @param exact the same element with each number that JavaScript would change as a raw JSON text; called only if needed
 * @throws SourceContractError if they are nested too deeply
 */
export function extraJson(element: object, names: readonly string[], index: number, exact: () => unknown): string {
  try {
    const extra = pick(element, names);
    const source = holdsNumber(extra) ? exact() : undefined;
    return JSON.stringify(typeof source === 'object' && source !== null ? pick(source, names) : extra);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new SourceContractError(`users[${index}]: an unknown field is nested too deeply to be kept`, {
      cause: error,
    });
  }
}

function pick(from: object, names: readonly string[]): object {
  const extra: { [name: string]: unknown } = Object.create(null); // so that `__proto__` is a name like any other
  for (const name of names) extra[name] = Object.getOwnPropertyDescriptor(from, name)?.value;
  return extra;
}

const holdsNumber = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'object' && value !== null && Object.values(value).some(holdsNumber));
