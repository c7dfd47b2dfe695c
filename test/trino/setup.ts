import type { TestProject } from 'vitest/node';
import { expectedViews } from '../sql/expected.ts';
import { dateBefore, publishHistory, utcToday } from '../sql/history.ts';
import { newBucket, type S3Place, storeAt } from '../support/s3/place.ts';
import { newFolder } from '../support/take.ts';
import { copyOf } from './copy.ts';
import { deployCatalog } from './glue.ts';
import { untilReady } from './query.ts';
import { type Deployment, synthesised } from './template.ts';

/** What all Trino tests query: sixty days that the product published to S3, and the catalog over them. */
export interface Deployed {
  readonly trino: string;
  readonly glue: string;
  readonly place: S3Place;
  readonly database: string;
  readonly deployment: Deployment;
  /** A folder with the same objects. */
  readonly folder: string;
  /** The published days. */
  readonly days: readonly string[];
  /** The rows of each view by the UTC date of the query, because midnight may pass meanwhile. */
  readonly expected: { readonly [today: string]: ReturnType<typeof expectedViews> };
}
declare module 'vitest' {
  interface ProvidedContext {
    deployed: Deployed;
  }
}

export const PREFIX = 'access/anodot';

export default async function setup(project: TestProject): Promise<void> {
  const trino = serverOf('TRINO_URL');
  const glue = serverOf('GLUE_ENDPOINT');
  const place = await newBucket(serverOf('S3_ENDPOINT'));
  const store = storeAt(place, PREFIX);
  const history = await publishHistory(store);
  const folder = await newFolder();
  await copyOf(store, folder);
  // A unique name, because the metastore may still have the database of an earlier test run.
  const database = `history_${Date.now()}`;
  const deployment = synthesised({ database, bucket: place.bucket, prefix: PREFIX, retentionDays: 400 });
  await deployCatalog(glue, deployment);
  await untilReady({ url: trino, schema: database, zone: 'UTC' });
  const today = utcToday();
  const expected = Object.fromEntries(
    [today, dateBefore(today, -1)].map((date) => [date, expectedViews(history, date)] as const),
  );
  const days = history.days.map(({ dt }) => dt);
  project.provide('deployed', { trino, glue, place, database, deployment, folder, days, expected });
}

function serverOf(name: string): string {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set. Run .ci/trino-test, which starts all servers`);
  return url;
}
