/** The row of a group, and the lines of all groups. */

import * as z from 'zod';
import { SourceContractError } from './errors.ts';

/** The row of one group of users. Times are ISO 8601 UTC with milliseconds, null if unknown. */
export const GROUP_ROW = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string().nullable(),
  modified_at: z.string().nullable(),
});
export type Group = Readonly<z.infer<typeof GROUP_ROW>>;

/**
 * The groups as JSON Lines, in the order of the response, without duplicates.
 * @throws SourceContractError if two groups with the same id differ. Also throws what the batches throw
 */
export async function groupLines(batches: AsyncIterable<readonly Group[]>): Promise<string[]> {
  const lines = new Map<string, string>();
  let index = 0;
  for await (const batch of batches) {
    for (const group of batch) add(group, index++, lines);
  }
  return [...lines.values()];
}

function add(group: Group, index: number, lines: Map<string, string>): void {
  const line = `${JSON.stringify(group)}\n`;
  const before = lines.get(group.id);
  if (before !== undefined && before !== line) {
    throw new SourceContractError(`groups[${index}].id: duplicate id with conflicting data`);
  }
  lines.set(group.id, line);
}
