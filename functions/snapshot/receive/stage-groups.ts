import type { Answer } from '../anodot/anodot-source.ts';
import { type Group, toGroup } from '../anodot/group-record.ts';
import { KEYS } from '../contract.ts';
import { SourceContractError } from '../errors.ts';
import type { StoredObject } from '../store/store.ts';
import { type StagingArea, stageLines } from './outputs.ts';

/**
 * Stages the groups of the account, in the order of the answer.
 * @param answer undefined where the token may not read them
 */
export async function stageGroups(answer: Answer | undefined, area: StagingArea): Promise<StoredObject | undefined> {
  if (!answer) return undefined;
  const lines = new Map<string, string>();
  let index = 0;
  for await (const batch of answer.batches(async () => undefined)) {
    for (const element of batch.elements) add(toGroup(element, index), index++, lines);
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
