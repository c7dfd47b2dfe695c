import { hash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import Papa from 'papaparse';
import * as z from 'zod';

/**
 * The product's promises for one account by the straightforward TypeScript: `node straightforward.ts URL FOLDER`. The account is held
 * whole. Like the product, it keeps the raw response compressed, validates every field, refuses conflicting duplicates, counts users,
 * neutralizes formulas, hashes every object, waits until it is on disk, and reads it back. It compares with no earlier day, and commits
 * nothing.
 */
const [url = '', folder = ''] = process.argv.slice(2);

const text = z.string().nullish();
const USERS = z.array(
  z.object({
    _id: z.string().min(1),
    createdAt: z.iso.datetime({ offset: true }).nullish(),
    firstName: text,
    lastName: text,
    email: text,
    roles: z.array(z.string()).nullish(),
    disabled: z.boolean().nullish(),
    ownerOrganization: text,
    groups: z.array(z.string()).nullish(),
    defaultGroup: text,
    lastActive: z.iso.datetime({ offset: true }).nullish(),
  }),
);

const utc = (time: string | null | undefined): string | null => (time ? new Date(time).toISOString() : null);

const response = await fetch(`${url}/api/v2/users`);
const body = await response.text();
const users = USERS.parse(JSON.parse(body));
const rows = users.map((user) => ({
  id: user._id,
  created_at: utc(user.createdAt),
  first_name: user.firstName ?? null,
  last_name: user.lastName ?? null,
  email: user.email ?? null,
  roles: user.roles?.toSorted() ?? null,
  disabled: user.disabled ?? null,
  owner_organization: user.ownerOrganization ?? null,
  groups: user.groups?.toSorted() ?? [],
  default_group: user.defaultGroup || null,
  last_active: utc(user.lastActive),
  extra_json: null,
}));

const lines = new Map<string, string>();
const kept: typeof rows = [];
const counts = { users: 0, administrators: 0, disabled: 0, duplicates: 0 };
const roles = new Map<string, number>();
for (const row of rows) {
  const line = JSON.stringify(row);
  const seen = lines.get(row.id);
  if (seen !== undefined && seen !== line) throw new Error('duplicate id with conflicting data');
  if (seen !== undefined) {
    counts.duplicates++;
    continue;
  }
  lines.set(row.id, line);
  kept.push(row);
  counts.users++;
  if (row.disabled) counts.disabled++;
  if (row.roles?.includes('customer-admin')) counts.administrators++;
  for (const role of row.roles ?? []) roles.set(role, (roles.get(role) ?? 0) + 1);
}

const cells = kept.map((row) => ({ ...row, roles: row.roles?.join(';'), groups: row.groups.join(';') }));
const objects = [
  ['raw.json.gz', gzipSync(body, { level: 1 })],
  ['users.jsonl', Buffer.from(`${[...lines.values()].join('\n')}\n`)],
  ['users.csv', Buffer.from(`${Papa.unparse(cells, { escapeFormulae: true })}\r\n`)],
] as const;
for (const [name, bytes] of objects) {
  const path = `${folder}/${name}`;
  const file = await open(path, 'w');
  await file.writeFile(bytes);
  await file.sync();
  await file.close();
  if (hash('sha256', await readFile(path)) !== hash('sha256', bytes)) throw new Error(`${name} can't be read back`);
}
process.stdout.write(`${JSON.stringify({ ...counts, roles: Object.fromEntries(roles) })}\n`);
