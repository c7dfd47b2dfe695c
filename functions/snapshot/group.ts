import * as z from 'zod';
import { SourceContractError } from './errors.ts';

/** The row of one group of users. Times are ISO 8601 UTC with milliseconds, null if the account doesn't say. */
export const GROUP_ROW = z.object({
  id: z.string(),
  name: z.string(),
  created_at: z.string().nullable(),
  modified_at: z.string().nullable(),
});
export type Group = Readonly<z.infer<typeof GROUP_ROW>>;

/**
 * The groups as JSON Lines, in the order of the response, each once.
 * @throws SourceContractError if two groups of one id differ, and what the batches throw
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
    throw new SourceContractError(`groups[${index}].id: stands in the answer twice, with different content`);
  }
  lines.set(group.id, line);
}
