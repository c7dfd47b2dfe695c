import { expect, onTestFinished } from 'vitest';
import * as z from 'zod';
import { MANIFEST, type Manifest } from '../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT, type RunDocument } from '../../functions/snapshot/commits/run-document.ts';
import type { Signer } from '../../functions/snapshot/commits/signer.ts';
import { KEYS } from '../../functions/snapshot/contract.ts';
import { METRICS_NAMESPACE } from '../../functions/snapshot/metrics.ts';
import { FUNCTION_ACTIONS } from '../../functions/snapshot/permissions.ts';
import type { BucketStore } from '../../functions/snapshot/store/bucket/bucket-store.ts';
import { DAY_MILLISECONDS, dtOf } from '../../functions/snapshot/utc-day.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { CANARY_BEARER, CANARY_TOKEN, canaryUser, holdsCanary } from '../support/canary.ts';
import { TAKE_SNAPSHOT } from '../support/lambda/function-process.ts';
import type { Answer } from '../support/lambda/runtime-api.ts';
import { PREFIX, startWorld, type World, type WorldOptions } from '../support/lambda/world.ts';
import { newDouble } from '../support/s3/bucket-calls.ts';
import { newBucket, S3_ENDPOINT, type S3Place, storeAt } from '../support/s3/place.ts';
import { asRole } from '../support/s3/role.ts';
import { take } from '../support/take.ts';

export const USERS = [canaryUser(1), canaryUser(2), canaryUser(3)];

/** A bucket with its owner's permissions, and with exactly those of the function's role. */
interface Places {
  readonly owner: S3Place;
  readonly role: S3Place;
}

/** The double enforces no roles. */
export const onDouble = async (): Promise<Places> => {
  const double = await newDouble();
  return { owner: double, role: double };
};

const onRealServer = (endpoint: string) => async (): Promise<Places> => {
  const owner = await newBucket(endpoint);
  return { owner, role: await asRole(owner, PREFIX, FUNCTION_ACTIONS) };
};

/** The S3 server for tests that work with either: the real server if S3_ENDPOINT is set, otherwise the double. */
export const SERVER = S3_ENDPOINT
  ? { name: 'a real S3 server', newPlaces: onRealServer(S3_ENDPOINT) }
  : { name: 'the S3 double', newPlaces: onDouble };

export interface Installation extends World {
  /** With the permissions of the bucket's owner. */
  readonly store: BucketStore;
}

/** Installs a function with an account of canaries. After the test, its log and results must contain no name, address or token. */
export async function install(
  options: Partial<Omit<WorldOptions, 'place'>> = {},
  newPlaces = onDouble,
): Promise<Installation> {
  const { owner, role } = await newPlaces();
  const world = await startWorld({
    secret: { text: CANARY_TOKEN },
    bundle: TAKE_SNAPSHOT,
    ...options,
    anodot: { exchange: answer(JSON.stringify(CANARY_BEARER)), users: answer(USERS), ...options.anodot },
    place: role,
  });
  const store = storeAt(owner, PREFIX);
  const answers: string[] = [];
  onTestFinished(async () => {
    const log = await world.log();
    await world.close();
    for (const told of [log, ...answers]) expect(holdsCanary(told), told).toBe(false);
    expect(await leaksIn(store)).toEqual([]);
  });
  const invoke = async (...words: Parameters<World['invoke']>): Promise<Answer> => {
    const answered = await world.invoke(...words);
    answers.push(answered.body);
    return answered;
  };
  return { ...world, invoke, store };
}

/** Objects that contain a name, an address or a token but must not. */
async function leaksIn(store: BucketStore): Promise<string[]> {
  const leaks = [];
  for (const folder of ['commits/', 'manifests/', 'runs/', 'groups/', 'verifications/'])
    for (const key of await store.list(folder)) if (holdsCanary((await store.read(key)) ?? '')) leaks.push(key);
  return leaks;
}

/** Set once for a test file, so that its days stay the same past midnight. */
const DAY_AGO = new Date(Date.now() - DAY_MILLISECONDS);
export const YESTERDAY = dtOf(DAY_AGO);

/** Publishes a snapshot of yesterday to an installation's bucket. */
export async function publishYesterday(
  store: BucketStore,
  users: readonly object[] = USERS,
  signer?: Signer,
): Promise<void> {
  const server = await serveAnodot({ users: answer(users, 200, { date: DAY_AGO.toUTCString() }) });
  await take({ url: server.url, store, run: { now: () => DAY_AGO, signer } }).finally(server.close);
}

const RESULT = RUN_DOCUMENT.extend({ manifest: MANIFEST.optional() });

/** The run document that a successful invocation returned. */
export function resultOf({ result, error }: Answer): RunDocument & { manifest?: Manifest | undefined } {
  expect(error).toBeUndefined();
  return RESULT.parse(result);
}

export async function runDocument(store: BucketStore, runId: string): Promise<RunDocument> {
  return RUN_DOCUMENT.parse(JSON.parse(String(await store.read(KEYS.run(runId)))));
}

/** The run document of a store with exactly one. */
export async function onlyRunDocument(store: BucketStore): Promise<RunDocument> {
  const keys = await store.list('runs/');
  expect(keys).toHaveLength(1);
  return RUN_DOCUMENT.parse(JSON.parse(String(await store.read(keys[0] ?? ''))));
}

const LINE = z.looseObject({ message: z.unknown().optional(), level: z.string().optional() });
const METRIC_LINE = z.looseObject({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.literal(METRICS_NAMESPACE),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
});

/** The lines of a log, each of which must be JSON. */
export const linesOf = (log: string) =>
  log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => LINE.parse(JSON.parse(line)));

/** The metrics of each invocation that emitted any, in order. */
export const metricsOf = (log: string) =>
  linesOf(log)
    .filter((line) => '_aws' in line)
    .map((line) => METRIC_LINE.parse(line));
