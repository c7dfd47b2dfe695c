import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QueryDatabase } from '../../functions/command-line/query/database.ts';
import { FolderStore } from '../../functions/snapshot/store/folder/folder-store.ts';
import { NOW } from '../docs/now.ts';
import { startChromium } from './chromium.ts';
import { describePage } from './describe-page.ts';
import { withPage } from './opened-page.ts';
import { readBars, readLines, readMissing } from './read-plot.ts';
import { type SampleAccount, sampleAccount } from './sample-account.ts';

let made: Promise<SampleAccount> | undefined;
const account = (): Promise<SampleAccount> => {
  made ??= sampleAccount();
  return made;
};

describePage('The report of the sample account', async () => (await account()).pages.report);
describePage('The population of a review of it', async () => (await account()).pages.population);
describePage('The outcome of that review', async () => (await account()).pages.outcome);

describe('The report of the sample account shows what SQL returns on the same folder', () => {
  let browser: Browser;
  let database: QueryDatabase;
  let report: string;
  beforeAll(async () => {
    const { store, pages } = await account();
    report = pages.report;
    [browser, database] = await Promise.all([
      startChromium(),
      QueryDatabase.open(new FolderStore(store), NOW.slice(0, 10)),
    ]);
  });
  afterAll(async () => {
    database?.close();
    await browser?.close();
  });

  const onPage = <Result>(use: (page: Page) => Promise<Result>) => withPage(browser, report, {}, use);

  async function sql(text: string): Promise<string[][]> {
    const rows: string[][] = [];
    const { batches } = await database.query(text, new AbortController().signal);
    for await (const batch of batches())
      for (const row of batch)
        rows.push(row.map((cell) => (cell === null ? '' : typeof cell === 'object' ? cell.json : String(cell))));
    return rows;
  }

  /** The cells of a table's body, without the columns that the query doesn't have. */
  const cells = (id: string, columns: readonly string[]): Promise<string[][]> =>
    onPage((page) =>
      page.locator(`table#${id}`).evaluate((table, wanted) => {
        if (!(table instanceof HTMLTableElement)) throw new Error('not a table');
        const titles = [...(table.tHead?.rows[0]?.cells ?? [])].map(({ innerText }) =>
          innerText.replace(/\s*[↕↑↓]/, '').trim(),
        );
        return [...(table.tBodies[0]?.rows ?? [])].map((row) =>
          wanted.map(
            (title) =>
              row.cells[titles.indexOf(title)]?.textContent?.trim().replace(/^(\d+),(\d{3})$/, '$1$2') ??
              `no column ${title}`,
          ),
        );
      }, columns),
    );

  /** Lines by name and day from rows of a name, a day and a count. */
  const linesOf = (rows: readonly (readonly string[])[]) =>
    Object.fromEntries(
      [...Map.groupBy(rows, ([name]) => name ?? '')].map(([name, of]) => [
        name,
        Object.fromEntries(of.map(([, dt = '', count]) => [dt, Number(count)])),
      ]),
    );

  const STATES = `select * from (unpivot (
    select dt, user_count as "Users", active_count as "Active", dormant_count as "Dormant", new_count as "New",
      never_active_count as "Never active", disabled_count as "Disabled" from daily_counts)
    on * exclude (dt) into name state value users)`;

  test('in the lines of users by state', async () => {
    const lines = linesOf(await sql(`select state, dt, users from (${STATES})`));
    expect(Object.keys(lines)).toHaveLength(6);
    expect(await onPage((page) => readLines(page, 'states-plot'))).toEqual(lines);
  });

  test('in the lines of users by role, which are also the numbers of users with that role', async () => {
    const counted = await sql(
      'select role, dt, count(*) from (select dt, unnest(roles) as role from users) group by role, dt',
    );
    const drawn = await onPage((page) => readLines(page, 'roles-plot'));
    expect(drawn).toEqual(linesOf(counted));
    const manifests = await sql(
      'select role, dt, roles[role] from (select dt, roles, unnest(map_keys(roles)) as role from snapshots)',
    );
    expect(drawn).toEqual(linesOf(manifests));
  });

  test('in the bars of administrators', async () => {
    const bars = await onPage((page) => readBars(page, 'stays-plot'));
    const intervals = await sql('select email, first_dt, last_dt from admin_history');
    expect(bars.map(({ label, first, last }) => [label, first, last]).sort()).toEqual(intervals.sort());
  });

  test('in the bands over missing days of each plot', async () => {
    const missing = (await sql('select dt from missing_days order by dt')).flat();
    expect(missing).toEqual(['2026-11-08', '2026-11-18']);
    for (const id of ['states-plot', 'roles-plot', 'stays-plot'])
      expect(await onPage((page) => readMissing(page, id))).toEqual(missing);
    expect((await cells('days-table', ['Day'])).flat().sort()).toEqual(missing);
  });

  test('in the table of users by state', async () => {
    const columns = ['Users', 'Active', 'Dormant', 'New', 'Never active', 'Disabled'];
    const figures = 'user_count, active_count, dormant_count, new_count, never_active_count, disabled_count';
    const shown = await cells('states-table', ['Day', ...columns]);
    const days = shown.map(([dt]) => `'${dt}'`).join();
    expect(shown).toEqual(await sql(`select dt, ${figures} from daily_counts where dt in (${days}) order by dt desc`));
    // What is left out equals the row before it.
    expect(shown.map(([dt]) => dt)).toEqual(
      (
        await sql(
          `select dt from (select dt, (${figures}) as these, lag((${figures})) over (order by dt) as earlier,
            max(dt) over () as newest from daily_counts)
          where earlier is null or these <> earlier or dt = newest order by dt desc`,
        )
      ).flat(),
    );
  });

  test('in the table of joiners and leavers', async () => {
    expect(await cells('joiners-days', ['Day', 'Compared with', 'Joined', 'Left', 'Users'])).toEqual(
      await sql(
        `select dt, previous_dt, joined_count, left_count, user_count from daily_counts
        where joined_count + left_count > 0 order by dt desc`,
      ),
    );
  });

  test('in the table of administrators', async () => {
    expect((await cells('administrators-table', ['Administrator', 'State'])).sort()).toEqual(
      (await sql('select email, state from current_admins')).sort(),
    );
  });

  test('in the table of dormant users', async () => {
    expect((await cells('dormant-table', ['User', 'State', 'Quiet days'])).sort()).toEqual(
      (await sql("select email, replace(state, '_', ' '), quiet_days from dormant_users")).sort(),
    );
  });

  test('in the table of groups', async () => {
    expect((await cells('groups-table', ['Id', 'Members', 'Administrators'])).sort()).toEqual(
      (
        await sql(
          `select "group", count(*), count(*) filter (where is_admin)
          from (select is_admin, unnest(groups) as "group" from current_users) group by "group"`,
        )
      ).sort(),
    );
  });

  test('in the table of changes', async () => {
    const named = `case when change like 'admin%' then replace(change, 'admin', 'administrator role') else change end`;
    expect((await cells('changes-table', ['Day', 'User', 'What'])).sort()).toEqual(
      (await sql(`select dt, email, replace(${named}, '_', ' ') from user_changes`)).sort(),
    );
  });

  test('in its heading and sentences', async () => {
    const [[heading = '', dormant = '', joined = ''] = []] = await sql(
      `select user_count || ' users, ' || admin_count || ' administrators on ' || dt,
        dormant_count || ' users are dormant and ' || never_active_count || ' were never active, on ' || dt,
        (select sum(joined_count) || ' joined and ' || sum(left_count) || ' left, in the snapshots of ' from daily_counts)
      from daily_counts order by dt desc limit 1`,
    );
    const text = await onPage((page) => page.locator('main').innerText());
    expect(text.startsWith(heading)).toBe(true);
    expect(text).toContain(dormant);
    expect(text).toContain(joined);
  });
});
