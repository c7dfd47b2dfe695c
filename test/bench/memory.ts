import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { NODE_OPTIONS } from '../../lib/snapshot-function.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { TOKEN } from '../support/anodot/server.ts';
import { TAKE_SNAPSHOT } from '../support/lambda/function-process.ts';
import { startWorld } from '../support/lambda/world.ts';
import { environmentOf, newBucket, S3_ENDPOINT, type S3Place } from '../support/s3/place.ts';
import { manyUsers } from './many-users.ts';

const LIMIT_MEGABYTES = 150;
/** The memory that the function is deployed with. */
const LAMBDA_MEGABYTES = 256;
const LIMIT_RATIO = 1.3;
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** The flags that `npm start` passes to node. */
const flags = packageJson.scripts.start.split(' ').filter((word) => word.startsWith('--'));

/** Starts a Node.js process that serves something, and calls `work` with the line it prints when it is ready. */
async function withServer<T>(words: readonly string[], work: (line: string) => Promise<T>): Promise<T> {
  const server: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const ended = once(server, 'close').then(() => Promise.reject(new Error('the server ended')));
    const [line] = await Promise.race([once(server.stdout, 'data'), ended]);
    ended.catch(() => undefined);
    return await work(String(line).trim());
  } finally {
    server.kill();
  }
}

/** Calls `work` with the URL of an account with that many users, served by another process, and an empty folder. */
async function withAccount<T>(users: number, work: (url: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'memory-'));
  try {
    return await withServer([here('serve-many-users.ts'), String(users)], (url) => work(url, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Serves the S3 double and prints its place. */
const SERVE_S3 = `
  import { serveS3 } from ${JSON.stringify(new URL('../support/s3/double.ts', import.meta.url))};
  const { endpoint, bucket, region, credentials } = await serveS3();
  console.log(JSON.stringify({ endpoint, bucket, region, credentials }));`;

/** Calls `work` with an empty bucket in another process: the server that S3_ENDPOINT names, otherwise the double. */
async function withBucket<T>(work: (place: S3Place) => Promise<T>): Promise<T> {
  if (S3_ENDPOINT) return work(await newBucket(S3_ENDPOINT));
  return withServer(['--input-type=module', '--eval', SERVE_S3], (line) => work(JSON.parse(line)));
}

/** The peak memory, in megabytes, of a Node.js process started with the flags of `npm start`. */
async function peakOf(
  words: readonly string[],
  url: string,
  more: { readonly [name: string]: string } = {},
): Promise<number> {
  const account = { ANODOT_URL: url, ANODOT_TOKEN: TOKEN, ANODOT_ALLOW_OTHER_HOST: 'true' };
  const child = spawn(process.execPath, [...flags, '--import', here('report-peak.ts'), ...words], {
    env: { ...process.env, ...account, ...more },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${errors}`);
  return Number(errors.trim().split('\n').at(-1)) / 1024;
}

/** A complete `snapshot` command, which reads its objects back. */
const snapshotTo = (store: string, url: string, environment: { readonly [name: string]: string } = {}) =>
  peakOf([here('../../functions/command-line/main.ts'), 'snapshot', '--store', store, '--quiet'], url, environment);

const snapshotOf = (users: number): Promise<number> => withAccount(users, (url, folder) => snapshotTo(folder, url));

const bucketSnapshotOf = (users: number): Promise<number> =>
  withAccount(users, (url) =>
    withBucket((place) => snapshotTo(`s3://${place.bucket}/memory`, url, environmentOf(place))),
  );

/** The deployed bundle under AWS's runtime client, with its deployed environment. The function does not read its objects back. */
const functionOf = (users: number): Promise<number> =>
  withBucket(async (place) => {
    const [bundle, secret, anodot] = [TAKE_SNAPSHOT, { text: TOKEN }, { users: manyUsers(users) }];
    const world = await startWorld({ bundle, place, secret, anodot, environment: { NODE_OPTIONS } });
    try {
      const { error } = await world.invoke({}, 600_000);
      if (error) throw new Error(`the function failed: ${error.errorMessage}`);
      return await world.peakMegabytes();
    } finally {
      await world.close();
    }
  });

/** A first day, which has no baseline, and the day after. */
const daysOf = (users: number): Promise<{ first: number; second: number }> =>
  withAccount(users, async (url, folder) => ({
    first: await peakOf([here('take-day.ts'), folder, url, '2026-11-22'], url),
    second: await peakOf([here('take-day.ts'), folder, url, '2026-11-23'], url),
  }));

/** Prints a comparison and returns whether it is within the ratio. */
function compare(what: string, less: number, more: number): boolean {
  const ratio = more / less;
  process.stdout.write(
    `peak memory, ${what}: ${less.toFixed(0)} MB and ${more.toFixed(0)} MB, ratio ${ratio.toFixed(2)}\n`,
  );
  return ratio <= LIMIT_RATIO;
}

const large = await snapshotOf(300_000);
const kept = [compare('30,000 and 300,000 users', await snapshotOf(30_000), large), large <= LIMIT_MEGABYTES];
// No limit. While reading back, V8 keeps up to 64 MB from the network, regardless of the account's size.
compare(
  '30,000 and 300,000 users to S3 and read back',
  await bucketSnapshotOf(30_000),
  await bucketSnapshotOf(300_000),
);
const inLambda = await functionOf(300_000);
kept.push(
  compare('30,000 and 300,000 users in the function', await functionOf(30_000), inLambda),
  inLambda <= LAMBDA_MEGABYTES,
);
const days = await daysOf(300_000);
kept.push(compare('300,000 users without and with changes', days.first, days.second));
if (kept.includes(false)) {
  process.stdout.write(
    `over the limit of ${LIMIT_MEGABYTES} MB, ${LAMBDA_MEGABYTES} MB in the function, or ${LIMIT_RATIO} times\n`,
  );
  process.exitCode = 1;
}
