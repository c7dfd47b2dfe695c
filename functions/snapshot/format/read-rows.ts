import * as z from 'zod';
import type { User } from '../anodot/user-record.ts';

const text = z.string().nullable();
const ROW = z.object({
  id: z.string(),
  created_at: text,
  first_name: text,
  last_name: text,
  email: text,
  roles: z.array(z.string()).nullable(),
  disabled: z.boolean().nullable(),
  owner_organization: text,
  groups: z.array(z.string()),
  default_group: text,
  last_active: text,
  extra_json: text,
});

/** The lines of a text, without their ends, in batches. The last line has an end too. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield lines;
  }
}

/**
 * The users of a snapshot that was written as JSON Lines, in batches.
 * @throws ZodError or SyntaxError where the lines aren't rows: hold them against their hash before
 */
export async function* readRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<User[]> {
  for await (const lines of readLines(chunks)) yield lines.map((line) => ROW.parse(JSON.parse(line)));
}
