import { beforeAll, expect, inject, test } from 'vitest';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { dateBefore, publishHistory, utcToday } from '../sql/history.ts';
import { newBucket, storeAt } from '../support/s3/place.ts';
import { deployCatalog } from './glue.ts';
import { query, type TrinoAnswer } from './query.ts';
import { synthesised } from './template.ts';

const DAYS = 730;
const KINDS = ['json', 'csv', 'changes', 'groups', 'manifest'] as const;
const database = `two_years_${Date.now()}`;
let today: string;
let first: string;
let missing: string;

/** Copies a published day to every day of two years up to yesterday, except one. */
beforeAll(async () => {
  const { place, glue } = inject('deployed');
  const { bucket } = await newBucket(place.endpoint);
  const store = storeAt({ ...place, bucket });
  today = utcToday();
  // Not the very first day, which tables no longer reach after midnight.
  first = dateBefore(today, DAYS - 1);
  missing = dateBefore(today, 100);
  const { days } = await publishHistory(store, { today: dateBefore(first, -1), length: 1 });
  expect(days.map(({ dt }) => dt)).toEqual([first]);
  const originals = await Promise.all(KINDS.map(async (kind) => [kind, await store.read(KEYS[kind](first))] as const));
  await Promise.all(
    Array.from({ length: 8 }, async (_, part) => {
      for (let ago = DAYS - 2 - part; ago > 0; ago -= 8) {
        const dt = dateBefore(today, ago);
        if (dt === missing) continue;
        for (const [kind, bytes] of originals)
          await store.replace(KEYS[kind](dt), Buffer.from(String(bytes).replaceAll(first, dt)));
      }
    }),
  );
  await deployCatalog(glue, synthesised({ database, bucket, prefix: '', retentionDays: DAYS }));
});

const ask = (sql: string): Promise<TrinoAnswer> =>
  query({ url: inject('deployed').trino, schema: database, zone: 'UTC' }, sql);

test.each(VIEWS.map(({ name }) => name))('the view %s has rows over two years', async (name) => {
  expect((await ask(`select * from ${name}`)).rows.length).toBeGreaterThan(0);
});

test('over two years, the views count every day and list the missing one', async () => {
  const counted = await ask(
    'select count(*) as days, min(dt) as first, max(dt) as last from daily_counts where rows_match',
  );
  expect(counted.rows).toEqual([{ days: DAYS - 2, first, last: dateBefore(today, 1) }]);
  expect((await ask(`select dt from missing_days where dt < '${today}'`)).rows).toEqual([{ dt: missing }]);
  const seen = await ask('select distinct day_count, first_dt, is_present from user_history');
  expect(seen.rows).toEqual([{ day_count: DAYS - 2, first_dt: first, is_present: true }]);
});
