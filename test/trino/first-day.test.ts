import { beforeAll, expect, inject, test } from 'vitest';
import { TABLES } from '../../functions/snapshot/tables/tables.ts';
import { VIEWS } from '../../functions/snapshot/tables/views.ts';
import { newBucket } from '../support/s3/place.ts';
import { deployCatalog } from './glue.ts';
import { query } from './query.ts';
import { synthesised } from './template.ts';

const database = `first_day_${Date.now()}`;

/** The state right after deployment: an empty bucket. */
beforeAll(async () => {
  const { place, glue } = inject('deployed');
  const { bucket } = await newBucket(place.endpoint);
  await deployCatalog(glue, synthesised({ database, bucket, prefix: 'access', retentionDays: 400 }));
});

test.each([...TABLES, ...VIEWS].map(({ name }) => name))(
  '%s has no rows before the first snapshot, and querying it is no error',
  async (name) => {
    const { rows } = await query(
      { url: inject('deployed').trino, schema: database, zone: 'UTC' },
      `select * from ${name}`,
    );
    expect(rows).toEqual([]);
  },
);
