import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { newFolder, take } from '../support/take.ts';

const seed = (name: string): Promise<Buffer> => readFile(join(import.meta.dirname, '../seed', name));

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

test("the example in Anodot's documentation is published as exactly the bytes of the files written by hand", async () => {
  const server = await serveAnodot({ users: answer(await seed('users-response.json')) });
  const folder = await newFolder();
  endings.push(server.close, () => rm(folder, { recursive: true }));
  const dt = new Date().toISOString().slice(0, 10);

  const { document, manifest } = await take({ url: server.url, store: new FolderStore(folder), run: { dt } });

  expect(document).toMatchObject({ dt, status: 'published', code: 0 });
  expect(await readFile(join(folder, KEYS.json(dt)))).toEqual(await seed('users.jsonl'));
  expect(await readFile(join(folder, KEYS.csv(dt)))).toEqual(await seed('users.csv'));
  expect(manifest).toMatchObject({
    user_count: 2,
    admin_count: 1,
    states: { active: 0, dormant: 1, new: 0, never_active: 1, disabled: 0 },
    roles: { 'customer-admin': 1, 'customer-user': 1 },
    owner_organization: '5ffc5ca1c4b329000e9d1063',
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
  });
});
