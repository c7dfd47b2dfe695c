import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderStore } from '../../functions/snapshot/store/folder-store.ts';
import { VIEWS } from '../../functions/snapshot/views/views.ts';
import { newFolder } from '../support/take.ts';
import { answerOf } from './ask.ts';
import { expectedViews, type Rows } from './expected.ts';
import { type History, publishHistory, utcToday } from './history.ts';

let folder: string;
let history: History;
beforeAll(async () => {
  folder = await newFolder();
  history = await publishHistory(new FolderStore(folder));
});
afterAll(() => rm(folder, { recursive: true }));

test('the history has what it is for', () => {
  expect(history.days).toHaveLength(56);
});

test.each(VIEWS.map(({ name }) => name))(
  '%s answers what plain code tells from the answers of Anodot',
  async (view) => {
    for (;;) {
      const today = utcToday();
      const rows = await answerOf(folder, `select * from ${view}`);
      if (today !== utcToday()) continue; // midnight passed
      const expected = expectedViews(history, today)[view] ?? [];
      expect(sorted(rows)).toEqual(sorted(expected));
      expect(rows.length).toBeGreaterThan(0);
      return;
    }
  },
);

const sorted = (rows: Rows): unknown[] =>
  rows
    .map((row) => JSON.stringify(row))
    .sort()
    .map((row) => JSON.parse(row));
