/** Encodes and decodes every document in a store: one line of JSON, validated by a schema, identified by its SHA-256. */

import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { MOST_BYTES } from '../contract.ts';
import type { Store } from '../store/store.ts';

export const documentBytes = (document: object): Buffer => Buffer.from(`${JSON.stringify(document)}\n`);

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Undefined if the document is damaged: larger than any, not JSON in UTF-8, or not valid according to the schema. */
export function parseDocument<T>(
  schema: z.ZodType<T>,
  bytes: Uint8Array,
  most: number = MOST_BYTES.document,
): T | undefined {
  return bytes.byteLength > most ? undefined : schema.safeParse(jsonOf(bytes)).data;
}

/** Undefined if there is no such object or it is damaged. @throws StoreError if it can't be read */
export async function readDocument<T>(store: Store, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await store.read(key);
  return bytes && parseDocument(schema, bytes);
}

/** The JSON value of the bytes. Undefined if they aren't JSON. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
