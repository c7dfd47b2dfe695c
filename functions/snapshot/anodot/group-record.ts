import * as z from 'zod';
import { SourceContractError } from '../errors.ts';
import type { Group } from '../group.ts';
import { toUtc } from './time.ts';

/** The only file that knows the fields of Anodot's groups: turns a record into a row, or throws. */

const time = z.string().nullish();
/** The documented record. `_id` is accepted too, since Anodot's response to creating a group has it. */
const RECORD = z
  .object({
    id: z.string().min(1).optional(),
    _id: z.string().min(1).optional(),
    name: z.string(),
    created: time,
    modified: time,
  })
  .refine(({ id, _id }) => (id ?? _id) !== undefined);

/** @throws SourceContractError that names index and field, never a value */
export function toGroup(element: unknown, index: number): Group {
  const { data, error } = RECORD.safeParse(element);
  if (!data) {
    const field = error.issues[0]?.path.join('.') || 'id';
    throw new SourceContractError(`groups[${index}].${field}: is missing, or not of the documented type`);
  }
  return {
    id: (data.id ?? data._id ?? '').toWellFormed(),
    name: data.name.toWellFormed(),
    created_at: timeOf(data.created, index, 'created'),
    modified_at: timeOf(data.modified, index, 'modified'),
  };
}

function timeOf(text: string | null | undefined, index: number, field: string): string | null {
  if (text === null || text === undefined) return null;
  const utc = toUtc(text);
  if (utc === undefined) throw new SourceContractError(`groups[${index}].${field}: is not a time with a time zone`);
  return utc;
}
