import { rm } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import type { Manifest } from '../../../../../functions/snapshot/commits/manifest.ts';
import { readManifests } from '../../../../../functions/snapshot/commits/manifests.ts';
import { reasonOf } from '../../../../../functions/snapshot/overview/period.ts';
import { FolderStore } from '../../../../../functions/snapshot/store/folder/folder-store.ts';
import { EMPTY_USER } from '../../../../support/empty-user.ts';
import { publishRows } from '../../../../support/published-rows.ts';
import { newFolder } from '../../../../support/take.ts';

let days: readonly Manifest[];
beforeAll(async () => {
  const folder = await newFolder();
  const store = new FolderStore(folder);
  for (const day of [1, 2, 3])
    await publishRows(store, { at: new Date(`2026-02-0${day}T02:15:00Z`), users: [EMPTY_USER] });
  days = await readManifests(store);
  return () => rm(folder, { recursive: true });
});

test('changes are unknown if there was nothing to compare with, or the feed compares with another snapshot', () => {
  const [first, second, third] = days;
  if (!first || !second || !third) throw new Error('three days were published');
  expect(reasonOf({ from: undefined, to: first })).toBe('nothing to compare with');
  expect(reasonOf({ from: first, to: third })).toBe('compared with another day');
  expect(reasonOf({ from: undefined, to: third })).toBe('compared with another day');
  expect(reasonOf({ from: { ...second, commit: 4 }, to: third })).toBe('published again');
});
