import { expect, onTestFailed, onTestFinished, test } from 'vitest';
import type { Run } from '../../../../functions/snapshot/run.ts';
import { numberedGroups, timeless, usersOfResponse } from '../../../support/anodot/numbered-responses.ts';
import { serveAnodot } from '../../../support/anodot/server.ts';
import { noon, runAt } from '../../../support/clock.ts';
import { newDouble } from '../../../support/s3/bucket-calls.ts';
import type { S3Call } from '../../../support/s3/double.ts';
import { storeAt } from '../../../support/s3/place.ts';
import { take } from '../../../support/take.ts';
import { newSigner } from '../../../support/test-signer.ts';

/** The calls to S3 that runs make together, as docs/publishing.md lists them. */

const NAMES = {
  PutObject: 'put',
  GetObject: 'get',
  HeadObject: 'head',
  DeleteObject: 'delete',
  ListObjectsV2: 'list',
  ListParts: 'list parts of',
  CreateMultipartUpload: 'begin',
  UploadPart: 'part of',
  CompleteMultipartUpload: 'promote',
  AbortMultipartUpload: 'discard',
} as const satisfies { readonly [operation in S3Call['operation']]: string };

const nameOf = ({ operation, key }: S3Call): string => `${NAMES[operation]} ${key.split('/')[0]}`.trim();

/**
 * Holds the responses of each round until all of its calls have arrived. A run that waits for one of them before it makes another call of
 * the round would wait forever.
 */
class HeldRounds {
  readonly made: string[][] = [];
  readonly #sizes: readonly number[];
  #arrived: string[] = [];
  #all = Promise.withResolvers<undefined>();

  constructor(rounds: readonly (readonly string[])[]) {
    this.#sizes = rounds.map((calls) => calls.length);
    onTestFailed(() => console.error('the run waits in', this.#arrived, 'after', this.made));
  }

  async hold(call: S3Call): Promise<undefined> {
    const { promise, resolve } = this.#all;
    this.#arrived.push(nameOf(call));
    if (this.#arrived.length === this.#sizes[this.made.length]) {
      this.made.push(this.#arrived.sort());
      this.#arrived = [];
      this.#all = Promise.withResolvers();
      resolve(undefined);
    }
    return promise;
  }
}

const BEGIN = ['begin changes', 'begin groups', 'begin manifests', 'begin raw', 'begin users', 'begin users'];
const RECEIVE = [['part of changes', 'part of raw', 'part of users', 'part of users'], ['promote raw']];
const STAGE = [['part of groups', 'part of manifests']];
const PUBLISH = [
  ['put commits'],
  ['promote changes', 'promote groups', 'promote users', 'promote users'],
  ['promote manifests'],
  ['put runs'],
];
const FIRST_DAY = [['list', 'put runs'], ['get runs'], ['put runs'], BEGIN, ...RECEIVE];
const LATER_DAY = [
  ['list', 'put runs'],
  ['get commits', 'get commits'],
  ['get manifests', 'get runs'],
  ['get users'],
  [...BEGIN, 'get users'],
  ...RECEIVE,
];
const SAME_DAY = [
  ['list', 'put runs'],
  ['get commits', 'get commits', 'get commits'],
  ['get manifests', 'get manifests', 'get runs'],
  ['get users'],
  ['get users'],
  [...BEGIN, 'get users'],
  ...RECEIVE,
  // Its changes are compared with those of the day's first run.
  ['get changes'],
  ['get changes'],
  ['get changes'],
];
const signer = newSigner();

test.each([
  ['on the first day', 11, [1], {}, [...FIRST_DAY, ...STAGE, ...PUBLISH]],
  ['on a later day', 12, [1, 2, 3], {}, [...LATER_DAY, ...STAGE, ...PUBLISH]],
  ['for the second time on a day', 16, [1, 2, 3, 3], {}, [...SAME_DAY, ...STAGE, ...PUBLISH]],
  [
    'that signs, on the first day',
    14,
    [1],
    { signer },
    [...FIRST_DAY, ...STAGE, ['get keys'], ['put keys'], ['put commits'], ...PUBLISH],
  ],
  [
    'that signs, on a later day',
    14,
    [1, 2, 3],
    { signer },
    [...LATER_DAY, ...STAGE, ['get keys'], ['put commits'], ...PUBLISH],
  ],
] satisfies [string, number, number[], Partial<Run>, string[][]][])(
  'a run %s makes its calls in %i rounds',
  async (_, count, days, options, expected) => {
    const rounds = new HeldRounds(expected);
    let isHeld = false;
    const double = await newDouble({ fault: (call) => (isHeld ? rounds.hold(call) : undefined) });
    const { url, close } = await serveAnodot({
      users: (response, n, request) => {
        const users = [...usersOfResponse(n), { _id: `user of response ${n}`, ownerOrganization: 'org' }];
        timeless(users)(response, n, request);
      },
      groups: numberedGroups,
    });
    onTestFinished(close);
    for (const [i, day] of days.entries()) {
      isHeld = i === days.length - 1;
      const run = { ...runAt(noon(day)), runId: `run-${i}`, onPublished: () => undefined, ...options };
      await take({ url, store: storeAt(double), run: { trigger: 'schedule', ...run } });
    }
    expect(rounds.made).toEqual(expected);
    const made = double.calls.slice(-expected.flat().length).map(({ round }) => round);
    expect(Math.max(...made) - Math.min(...made) + 1).toBe(count);
    expect(expected).toHaveLength(count);
  },
);
