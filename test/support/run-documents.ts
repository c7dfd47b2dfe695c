import { onTestFinished } from 'vitest';
import { parseRunId, type RunId } from '../../functions/request-snapshot/run-id.ts';
import { documentBytes } from '../../functions/snapshot/commits/document.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import type { BucketStore } from '../../functions/snapshot/store/bucket/bucket-store.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { answer, serveAnodot } from './anodot/server.ts';
import { type S3Double, type S3DoubleOptions, serveS3 } from './s3/double.ts';
import { storeAt } from './s3/place.ts';
import { take } from './take.ts';

export const idOf = (text: string): RunId => {
  const run = parseRunId(text);
  if (!run) throw new Error(`${text} is not a run id`);
  return run;
};

export const RUN = idOf('20261123T021500Z-api');
export const NOW = new Date('2026-11-23T02:16:00.000Z');
export const FUTURE = '2026-11-23T02:16:30.000Z';
export const PAST = '2026-11-23T02:15:59.999Z';

/** As the API writes it. */
export const REQUESTED: RunDocument = {
  run_id: RUN.text,
  dt: null,
  trigger: 'api',
  started_at: null,
  expires_at: FUTURE,
  ended_at: null,
  status: 'requested',
  code: null,
  message: null,
  raw_key: null,
};
/** As the function that takes snapshots writes it. */
export const RUNNING: RunDocument = {
  ...REQUESTED,
  dt: '2026-11-23',
  started_at: '2026-11-23T02:15:01.000Z',
  status: 'running',
};
export const ended = (status: RunDocument['status'], code: number): RunDocument => ({
  ...RUNNING,
  status,
  code,
  message: `it was ${status}`,
  ended_at: '2026-11-23T02:15:10.000Z',
});

/** A bucket for the current test. */
export async function newStore(options: S3DoubleOptions = {}): Promise<{ double: S3Double; store: BucketStore }> {
  const double = await serveS3(options);
  onTestFinished(() => double.close());
  return { double, store: storeAt(double, 'p', { maxAttempts: 2 }) };
}

export const put = (store: Store, document: object, run = RUN): Promise<void> =>
  store.replace(KEYS.run(run.text), documentBytes(document));

export const stored = async (store: Store, run = RUN): Promise<RunDocument> =>
  RUN_DOCUMENT.parse(JSON.parse(String(await store.read(KEYS.run(run.text)))));

/** Publishes a snapshot as the function does, which takes over the run document. */
export async function publish(store: Store, time: string, run = RUN): Promise<RunDocument> {
  const at = new Date(time);
  const server = await serveAnodot({ users: answer([{ _id: 'a' }], 200, { date: at.toUTCString() }) });
  const taken = take({ url: server.url, store, run: { runId: run.text, trigger: 'api', now: () => at } });
  return (await taken.finally(server.close)).document;
}
