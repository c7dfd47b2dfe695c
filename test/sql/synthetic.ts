import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Manifest } from '../../functions/snapshot/commits/manifest.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { User } from '../../functions/snapshot/user.ts';

export const user = (id: string, fields: Partial<User> = {}): User => ({
  id,
  created_at: '2024-01-01T00:00:00.000Z',
  first_name: 'First',
  last_name: 'Last',
  email: `${id}@example.com`,
  roles: ['customer-user'],
  disabled: false,
  owner_organization: 'organization',
  groups: [],
  default_group: null,
  last_active: '2024-01-02T00:00:00.000Z',
  extra_json: null,
  ...fields,
});

const manifestOf = (dt: string, users: readonly User[]): Manifest => ({
  schema_version: 1,
  dt,
  commit: 1,
  run_id: 'run',
  trigger: 'schedule',
  scheduled_at: null,
  observed_at: `${dt}T02:15:00.000Z`,
  published_at: `${dt}T02:16:00.000Z`,
  source: 'https://app.anodot.com',
  owner_organization: 'organization',
  user_count: users.length,
  admin_count: users.filter(({ roles }) => roles?.includes('customer-admin')).length,
  states: { active: 0, dormant: users.length, new: 0, never_active: 0, disabled: 0 },
  roles: {},
  previous_dt: null,
  changes: null,
  present: {
    createdAt: users.length,
    firstName: users.length,
    lastName: users.length,
    email: users.length,
    roles: users.length,
    disabled: users.length,
    ownerOrganization: users.length,
    groups: users.length,
    defaultGroup: 0,
    lastActive: users.length,
  },
  drift: {
    unknown_fields: [],
    unknown_roles: [],
    aliases: [],
    missing_fields: [],
    invalid_fields: [],
    invalid_values: 0,
    duplicates: 0,
    lone_surrogates: 0,
  },
  csv_cells_altered: 0,
  groups: 'absent',
  objects: [],
  program_version: '1.0.0',
});

export async function writeObject(folder: string, key: string, rows: readonly object[]): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** Writes the objects of a published day that views read. */
export async function writeDay(
  folder: string,
  dt: string,
  users: readonly User[],
  manifest: Partial<Manifest> = {},
): Promise<void> {
  await writeObject(folder, KEYS.json(dt), users);
  await writeObject(folder, KEYS.manifest(dt), [{ ...manifestOf(dt, users), ...manifest }]);
}
