import { isDeepStrictEqual } from 'node:util';
import { ArrayParser, type ArrayParserLimits } from '../../../functions/snapshot/anodot/array-parser.ts';
import { SourceContractError, TruncatedResponseError } from '../../../functions/snapshot/errors.ts';

/** Cuts bytes into pieces of the given sizes, which repeat. */
export function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export type Limits = Partial<ArrayParserLimits>;

export function parseAll(bytes: Uint8Array, sizes: readonly number[], limits: Limits = {}): unknown[] {
  const parser = new ArrayParser(limits);
  const elements: unknown[] = [];
  for (const piece of pieces(bytes, sizes)) for (const element of parser.push(piece).elements) elements.push(element);
  for (const element of parser.end().elements) elements.push(element);
  return elements;
}

export type Outcome = { readonly elements: readonly unknown[] } | 'truncated' | 'broken';

export function outcome(bytes: Uint8Array, sizes: readonly number[], limits: Limits): Outcome {
  try {
    return { elements: parseAll(bytes, sizes, limits) };
  } catch (error) {
    if (error instanceof TruncatedResponseError) return 'truncated';
    if (error instanceof SourceContractError) return 'broken';
    throw error;
  }
}

/** What JSON.parse returns for the whole text without its byte order mark, or undefined if that is no array or no JSON. */
export function reference(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Uses Node's comparison, which distinguishes -0 from 0 and compares an own `__proto__`. */
export function agrees(got: Outcome, text: string): boolean {
  const expected = reference(text);
  if (expected === undefined) return typeof got === 'string';
  return typeof got === 'object' && isDeepStrictEqual(got.elements, expected);
}

export const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
