import { inspect } from 'node:util';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { onTestFinished } from 'vitest';
import { KEYS } from '../../../functions/snapshot/contract.ts';
import { StoreError } from '../../../functions/snapshot/errors.ts';
import type { BucketStore } from '../../../functions/snapshot/store/bucket/bucket-store.ts';
import type { StoredObject } from '../../../functions/snapshot/store/store.ts';
import { newExecution } from '../take.ts';
import { type S3Double, type S3DoubleOptions, type S3Fault, serveS3 } from './double.ts';
import type { S3Operation } from './operations.ts';

export const DT = '2020-02-29';
export const key = KEYS.json(DT);
export const ROWS = Buffer.from('rows');
/** No retries, for failures that persist. */
export const ONCE: S3ClientConfig = { maxAttempts: 1 };

/** Serves a double until the current test ends. */
export async function newDouble(options: S3DoubleOptions = {}): Promise<S3Double> {
  const double = await serveS3(options);
  onTestFinished(() => double.close());
  return double;
}

/** A fault of the first calls of an operation. */
export const first =
  (fault: S3Fault, operation: S3Operation, times = 1): S3DoubleOptions['fault'] =>
  (call) =>
    call.operation === operation && call.n <= times ? fault : undefined;

/** Stages an object in writes of a megabyte or less. */
export async function stage(store: BucketStore, bytes = ROWS, execution = newExecution()): Promise<StoredObject> {
  const staging = await store.stage(key, execution);
  for (let at = 0; at < bytes.byteLength; at += 1_000_003) await staging.write(bytes.subarray(at, at + 1_000_003));
  return { kind: 'json', key, ...(await staging.close()) };
}

export async function failureOf(work: Promise<unknown>): Promise<StoreError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StoreError) return error;
  throw new Error(`expected a StoreError, got ${inspect(error)}`);
}

const UPLOADED: StoredObject = {
  kind: 'json',
  key,
  bytes: 4,
  sha256: 'x',
  staged: { upload_id: 'none', parts: [{ etag: '"x"', checksum: 'AAAAAA==' }] },
};
/** Every call of a store, with the action that its error message names. */
export const CALLS: readonly [tried: string, call: (store: BucketStore) => Promise<unknown>][] = [
  ['list commits/', (store) => store.list('commits/')],
  ['read runs/a.json', (store) => store.read('runs/a.json')],
  [`read ${key}`, (store) => store.open(key)],
  ['create commits/00000001.json', (store) => store.create('commits/00000001.json', ROWS)],
  ['write runs/a.json', (store) => store.replace('runs/a.json', ROWS)],
  ['read runs/a.json', (store) => store.readVersion('runs/a.json')],
  ['write runs/a.json', (store) => store.writeVersion('runs/a.json', ROWS, undefined)],
  [`stage ${key}`, (store) => store.stage(key, newExecution())],
  [`promote ${key}`, (store) => store.putInPlace(UPLOADED)],
  [`check ${key}`, (store) => store.isInPlace(UPLOADED, newExecution())],
  [`check what is staged for ${key}`, (store) => store.isStaged(UPLOADED)],
  [`discard what is staged for ${key}`, (store) => store.drop(UPLOADED)],
  ['list commits/', (store) => store.probe(newExecution())],
];
