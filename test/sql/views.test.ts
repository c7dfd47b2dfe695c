import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATES } from '../../functions/snapshot/contract.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { newFolder } from '../support/take.ts';
import { type Asker, askerOf } from './ask.ts';
import { expectedViews, type Rows } from './expected.ts';
import { type History, publishHistory, utcToday } from './history.ts';

const names = VIEWS.map(({ name }) => name);
const sorted = (rows: Rows): string[] => rows.map((row) => JSON.stringify(row)).sort();

/** Queries again if midnight passed meanwhile. */
async function askAndTell({ ask }: Asker, history: History, view: string): Promise<{ rows: Rows; expected: Rows }> {
  for (;;) {
    const today = utcToday();
    const rows = await ask(`select * from ${view}`);
    if (today === utcToday()) return { rows, expected: expectedViews(history, today)[view] ?? [] };
  }
}

describe('over sixty days with every kind of run and change', () => {
  let folder: string;
  let history: History;
  let asker: Asker;
  beforeAll(async () => {
    folder = await newFolder();
    history = await publishHistory(new FolderStore(folder));
    asker = await askerOf(folder);
  });
  afterAll(async () => {
    asker.close();
    await rm(folder, { recursive: true });
  });

  test('56 days have a snapshot, and the others were refused, failed, killed or had no run', () => {
    expect(history.days).toHaveLength(56);
    const failed = history.runs.filter(({ status }) => status !== 'published').map(({ status }) => status);
    expect(failed).toEqual(['failed', 'refused', 'running', 'failed', 'running', 'running']);
  });

  test.each(names)("the view %s returns what plain code computes from Anodot's responses", async (view) => {
    const { rows, expected } = await askAndTell(asker, history, view);
    expect(expected.length).toBeGreaterThan(0);
    expect(sorted(rows)).toEqual(sorted(expected));
  });

  test('the user states add up to the counts in the manifest', async () => {
    const counted = await asker.ask('select state, count(*) as users from current_users group by state');
    const [manifest] = await asker.ask(
      'select dt, states, user_count from snapshots where dt = (select max(dt) from current_users)',
    );
    expect(Object.fromEntries(counted.map(({ state, users }) => [state, users]))).toEqual(manifest?.['states']);
    expect(counted).toHaveLength(STATES.length);
  });

  test.each(TABLES.filter(({ format }) => format === 'json'))(
    'the table $name has exactly one column for each JSON key',
    async (table) => {
      const store = new FolderStore(folder);
      const keys = new Set<string>();
      for (const key of await store.list(table.folder)) {
        const lines = (await readFile(join(folder, key), 'utf8')).split('\n').filter((line) => line !== '');
        for (const line of lines) for (const name of Object.keys(JSON.parse(line))) keys.add(name);
      }
      if (table.partitioned) keys.delete('dt');
      expect([...keys].sort()).toEqual(table.columns.map(({ name }) => name).sort());
    },
  );
});

describe('over 45 days, if the second run of the last day may no longer read groups', () => {
  let folder: string;
  let history: History;
  let asker: Asker;
  beforeAll(async () => {
    folder = await newFolder();
    history = await publishHistory(new FolderStore(folder), { length: 45 });
    asker = await askerOf(folder);
  });
  afterAll(async () => {
    asker.close();
    await rm(folder, { recursive: true });
  });

  test('the groups object of the first run still exists', async () => {
    const [groups] = await asker.ask(
      "select count(*) as lying from groups g join snapshots s on s.dt = g.dt where s.groups = 'denied'",
    );
    expect(groups?.['lying']).toBe(1);
  });

  test.each(names)(
    'the view %s returns what plain code computes and takes no group name from the first run',
    async (view) => {
      const { rows, expected } = await askAndTell(asker, history, view);
      expect(sorted(rows)).toEqual(sorted(expected));
      expect(JSON.stringify(rows)).not.toContain('of the first run');
    },
  );
});
