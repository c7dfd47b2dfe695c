import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { ask } from './ask.ts';

const sizeOf = async (key: string): Promise<number> => (await stat(join(inject('deployed').folder, key))).size;

async function total(keys: readonly string[]): Promise<number> {
  const sizes = await Promise.all(keys.map(sizeOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('the bytes read that Trino reports equal the sizes of the objects', async () => {
  const { days } = inject('deployed');
  const [first = '', second = ''] = days;
  const { bytesRead } = await ask(`select * from users where dt in ('${first}', '${second}')`);
  expect(bytesRead).toBe(await total([first, second].map(KEYS.json)));
});

test('current_users reads the users and groups of one day, and only the manifests of other days', async () => {
  const latest = inject('deployed').days.at(-1) ?? '';
  const { bytesRead } = await ask('select * from current_users');
  const manifests = (await ask('select * from snapshots')).bytesRead;
  const users = await sizeOf(KEYS.json(latest));
  const groups = await sizeOf(KEYS.groups(latest));
  // A table is read once for each occurrence in a view.
  const possible = [1, 2, 3, 4].flatMap((times) => [1, 2].map((again) => times * manifests + users + again * groups));
  expect(possible).toContain(bytesRead);
  const history = await total(inject('deployed').days.map(KEYS.json));
  expect(history).toBeGreaterThan(20 * users);
});
