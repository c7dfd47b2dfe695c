/** The function in the Lambda runtime, with a bucket that takes a while for each call: how many calls follow one another. */
import { setTimeout } from 'node:timers/promises';
import { DAY_MILLISECONDS } from '../../../functions/snapshot/utc-day.ts';
import { answer, serveAnodot, TOKEN } from '../../support/anodot/server.ts';
import { runAt } from '../../support/clock.ts';
import { TAKE_SNAPSHOT } from '../../support/lambda/function-process.ts';
import { PREFIX, startWorld, type World } from '../../support/lambda/world.ts';
import { type S3Double, serveS3 } from '../../support/s3/double.ts';
import { storeAt } from '../../support/s3/place.ts';
import { take } from '../../support/take.ts';
import { countText, type Figure, type Measured } from '../figure.ts';
import { groups, user } from '../many-users.ts';
import { median, secondsText } from '../rounds.ts';

const USERS = 1000;
/** About what S3 takes for a small object. */
const CALL_MILLISECONDS = 30;

export const calls: Figure = {
  name: 'calls',
  rows: () => [
    { name: 'sequential rounds of S3 calls, first day', unit: 'rounds', must: 14, aim: 11, isCount: true },
    { name: 'sequential rounds of S3 calls, later day', unit: 'rounds', must: 16, aim: 12, isCount: true },
    {
      name: `warm invocation, ${countText(USERS)} users, ${CALL_MILLISECONDS} ms a call, over its rounds`,
      unit: '',
      must: 1.5,
      aim: 1.2,
    },
  ],
  measure: async ({ rounds }) => {
    const { NODE_OPTIONS } = await import('../../../lib/snapshot-function.ts'); // loads the CDK
    const counter = new RoundCounter();
    const double = await serveS3({ fault: () => counter.call() });
    const users = Array.from({ length: USERS }, (_, n) => user(n));
    const environment = { NODE_OPTIONS, SNAPSHOT_MAX_DROP_PERCENT: '100' };
    const anodot = { users: answer(users), groups: answer(groups) };
    const world = await startWorld({
      bundle: TAKE_SNAPSHOT,
      place: double,
      secret: { text: TOKEN },
      anodot,
      environment,
    });
    try {
      await invoke(world, counter); // cold
      const first = await invokeOn(double, new Map(), world, counter, rounds);
      const later = await invokeOn(double, await earlierDays(double, users), world, counter, rounds);
      const ratios = later.map(({ seconds, rounds }) => seconds / ((rounds * CALL_MILLISECONDS) / 1000));
      const all = median(later.map(({ seconds }) => seconds));
      return {
        measured: [leastRounds(first), leastRounds(later), { values: ratios, details: secondsText(all) }],
      };
    } finally {
      await world.close();
      await double.close();
    }
  },
};

/**
 * Delays each call and counts rounds. The depth of a call is one more than the greatest depth of all calls that ended before it began.
 * The rounds are the greatest depth. The delay keeps calls together that were made together, although they arrive one by one.
 */
class RoundCounter {
  rounds = 0;
  calls = 0;

  async call(): Promise<undefined> {
    const depth = this.rounds + 1;
    this.calls++;
    await setTimeout(CALL_MILLISECONDS);
    this.rounds = Math.max(this.rounds, depth);
  }

  reset(): void {
    this.rounds = 0;
    this.calls = 0;
  }
}

interface Invocation {
  readonly seconds: number;
  readonly rounds: number;
  readonly calls: number;
}

/** A busy machine may separate calls that were made together, so it can only add rounds. */
const leastRounds = (invocations: readonly Invocation[]): Measured => ({
  values: [Math.min(...invocations.map(({ rounds }) => rounds))],
  details: `${invocations.at(-1)?.calls} calls`,
});

async function invoke(world: World, counter: RoundCounter): Promise<Invocation> {
  counter.reset();
  const started = performance.now();
  const { error } = await world.invoke({});
  const seconds = (performance.now() - started) / 1000;
  if (error) throw new Error(`the function failed: ${error.errorMessage}`);
  return { seconds, rounds: counter.rounds, calls: counter.calls };
}

/** Invokes the warm function several times, each time with the same objects in the bucket. */
async function invokeOn(
  { objects }: S3Double,
  before: S3Double['objects'],
  world: World,
  counter: RoundCounter,
  rounds: number,
): Promise<readonly Invocation[]> {
  const invocations: Invocation[] = [];
  for (let round = 0; round < rounds; round++) {
    objects.clear();
    for (const [key, object] of before) objects.set(key, object);
    invocations.push(await invoke(world, counter));
  }
  return invocations;
}

/** The objects of a bucket with the snapshots of two days, published by runs like the function's. */
async function earlierDays(double: S3Double, users: readonly object[]): Promise<S3Double['objects']> {
  double.objects.clear();
  for (const daysAgo of [2, 1]) {
    const time = new Date(Date.now() - daysAgo * DAY_MILLISECONDS);
    // Without TLS, since this process doesn't trust the function's server.
    const server = await serveAnodot({
      users: answer(users, 200, { date: time.toUTCString() }),
      groups: answer(groups),
    });
    try {
      await take({
        url: server.url,
        store: storeAt(double, PREFIX),
        run: { ...runAt(time), trigger: 'schedule', onPublished: () => undefined },
      });
    } finally {
      await server.close();
    }
  }
  return new Map(double.objects);
}
