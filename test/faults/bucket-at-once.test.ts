import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commitNumbers, readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import { jsonOf } from '../../functions/snapshot/commits/document.ts';
import { MANIFEST } from '../../functions/snapshot/commits/manifest.ts';
import { RUN_DOCUMENT } from '../../functions/snapshot/commits/run-document.ts';
import { KEYS, PUBLISHED_FOLDERS } from '../../functions/snapshot/contract.ts';
import { SupersededError } from '../../functions/snapshot/errors.ts';
import { BucketStore } from '../../functions/snapshot/store/bucket/bucket-store.ts';
import { digestOf } from '../../functions/snapshot/store/digest.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { numberedUsers, responseOn, timeless } from '../support/anodot/numbered-responses.ts';
import { type AnodotServer, serveAnodot } from '../support/anodot/server.ts';
import { runAt } from '../support/clock.ts';
import { serveS3 } from '../support/s3/double.ts';
import { clientOf, newBucket, S3_ENDPOINT, type S3Place } from '../support/s3/place.ts';
import { take } from '../support/take.ts';

const RUNS = 20;
const ROUNDS = S3_ENDPOINT ? 100 : 3;
const LONG = 1_800_000;
const NOON = new Date('2020-02-29T12:00:00Z');
const DT = '2020-02-29';

/** Holds requests for users until all runs have asked, then responds to all at once, starting with a different run each time. */
class Gathering {
  readonly #runs: number;
  readonly #first: number;
  readonly #waiting: (() => void)[] = [];

  constructor(runs: number, first = 0) {
    this.#runs = runs;
    this.#first = first % runs;
  }

  get asked(): number {
    return this.#waiting.length;
  }

  join(go: () => void): void {
    this.#waiting.push(go);
    if (this.#waiting.length < this.#runs) return;
    for (const answered of [...this.#waiting.slice(this.#first), ...this.#waiting.slice(0, this.#first)]) answered();
  }
}

let gathering = new Gathering(1);
/** The bearer that received the response with this number. */
const askers = new Map<number, string>();
let server: AnodotServer;
let place: S3Place;
let openUploads: (keys: readonly string[]) => Promise<readonly string[]>;
let closePlace = async (): Promise<void> => undefined;

beforeAll(async () => {
  server = await serveAnodot({
    users: (response, n, request) => {
      askers.set(n, request.headers.authorization?.slice('Bearer '.length) ?? '');
      gathering.join(() => numberedUsers(response, n, request));
    },
    groups: timeless([{ _id: 'g1', name: 'Group' }]),
  });
  if (S3_ENDPOINT) {
    const real = await newBucket(S3_ENDPOINT);
    const client = clientOf(real);
    place = real;
    // A real server lists a key's uploads only if the prefix is the whole key.
    openUploads = async (keys) => {
      const lists = keys.map((Prefix) => client.send(new ListMultipartUploadsCommand({ Bucket: real.bucket, Prefix })));
      return (await Promise.all(lists)).flatMap(({ Uploads = [] }) => Uploads.map(({ Key = '' }) => Key));
    };
  } else {
    const double = await serveS3();
    place = double;
    openUploads = async () => double.openUploads();
    closePlace = () => double.close();
  }
});
afterAll(async () => {
  await server.close();
  await closePlace();
});

const bearerOf = (run: number): string => `a.${run}.c`;

/** A run and the number of its commit, or null if it was superseded. */
type Ended = { readonly run: number; readonly commit: number | null };

async function runOn(store: BucketStore, run: number): Promise<Ended> {
  const readToken = async () => bearerOf(run);
  try {
    const { document } = await take({
      url: server.url,
      store,
      readToken,
      run: runAt(NOON),
    });
    expect(document.status).toBe('published');
    return { run, commit: document.commit ?? null };
  } catch (error) {
    if (!(error instanceof SupersededError)) throw error;
    expect(error.message).toContain('another run published');
    return { run, commit: null };
  }
}

/** The store is sound, nothing is staged, and exactly what the manifest names is in place, byte for byte. */
async function expectSound(store: BucketStore, prefix: string): Promise<void> {
  const verification = await verify(store, { today: DT });
  expect(verification).toMatchObject({ status: 'sound', findings: [], missing_days: [] });
  const manifest = MANIFEST.parse(jsonOf((await store.read(KEYS.manifest(DT))) ?? Buffer.alloc(0)));
  for (const { key, bytes, sha256 } of manifest.objects) expect(await digestOf(store, key)).toEqual({ bytes, sha256 });
  const inPlace = (await Promise.all(PUBLISHED_FOLDERS.map((folder) => store.list(folder)))).flat();
  const named = manifest.objects.filter(({ kind }) => kind !== 'raw').map(({ key }) => key);
  expect(inPlace.toSorted()).toEqual([...named, KEYS.manifest(DT)].toSorted());
  expect(await openUploads([...inPlace, ...(await store.list('raw/'))].map((key) => `${prefix}/${key}`))).toEqual([]);
}

test(
  `of ${RUNS} runs that all begin before the first one commits, one publishes and the others are superseded (${ROUNDS} rounds)`,
  async () => {
    const clients = Array.from({ length: RUNS }, () => clientOf(place));
    const winners = new Set<number>();
    const began = performance.now();
    for (let round = 1; round <= ROUNDS; round++) {
      const prefix = `round-${round}`;
      const reader = new BucketStore(clientOf(place), place.bucket, prefix);
      // In every other round the day already has a snapshot, which is replaced.
      const before = round % 2;
      gathering = new Gathering(1);
      if (before === 1) expect(await runOn(reader, RUNS)).toEqual({ run: RUNS, commit: 1 });

      gathering = new Gathering(RUNS, 7 * round);
      const runs = clients.map((client, run) => runOn(new BucketStore(client, place.bucket, prefix), run));
      const ended = await Promise.all(runs);
      expect(gathering.asked).toBe(RUNS);

      const published = ended.filter(({ commit }) => commit !== null);
      expect(published).toEqual([{ run: expect.any(Number), commit: before + 1 }]);
      const winner = published[0]?.run ?? -1;
      winners.add(winner);
      expect(await commitNumbers(reader)).toHaveLength(before + 1);
      expect(askers.get(await responseOn(reader, DT))).toBe(bearerOf(winner));
      await expectSound(reader, prefix);

      const commit = (await readCommit(reader, before + 1))?.commit;
      const runKeys = await reader.list('runs/');
      const documents = await Promise.all(
        runKeys.map(async (key) => jsonOf((await reader.read(key)) ?? Buffer.alloc(0))),
      );
      const statuses = documents.map((document) => RUN_DOCUMENT.parse(document));
      const ofPublished = statuses.filter(({ status }) => status === 'published').map(({ run_id }) => run_id);
      expect(ofPublished).toContain(commit?.run_id);
      expect(ofPublished).toHaveLength(before + 1);
      expect(statuses.filter(({ status }) => status === 'superseded')).toHaveLength(RUNS - 1);
    }
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.info(`${ROUNDS} rounds of ${RUNS} runs in ${seconds} s; ${winners.size} of the runs won at least once`);
  },
  LONG,
);
