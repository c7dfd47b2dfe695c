import { KEYS } from '../contract.ts';
import { SourceContractError } from '../errors.ts';
import type { Group } from '../group.ts';
import type { SourceResponse } from '../source.ts';
import type { StoredObject } from '../store/store.ts';
import { type StagingArea, stageLines } from './outputs.ts';

/**
 * Stages the groups of the account, in the order of the response.
 * @param response undefined if the token may not read groups: nothing is staged then
 */
export async function stageGroups(
  response: SourceResponse<Group> | undefined,
  area: StagingArea,
): Promise<StoredObject | undefined> {
  if (!response) return undefined;
  const lines = new Map<string, string>();
  let index = 0;
  for await (const batch of response.batches()) {
    for (const group of batch) add(group, index++, lines);
  }
  return stageLines(area, 'groups', KEYS.groups(area.dt), lines.values());
}

function add(group: Group, index: number, lines: Map<string, string>): void {
  const line = `${JSON.stringify(group)}\n`;
  const before = lines.get(group.id);
  if (before !== undefined && before !== line) {
    throw new SourceContractError(`groups[${index}].id: stands in the answer twice, with different content`);
  }
  lines.set(group.id, line);
}
