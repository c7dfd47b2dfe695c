import { expect, test } from 'vitest';
import { commitNumbers, readCommit } from '../../functions/snapshot/commits/commit-log.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { verify } from '../../functions/snapshot/verify/verify.ts';
import { metricsOf, publishYesterday, resultOf, USERS } from '../e2e/installation.ts';
import { answer } from '../support/anodot/server.ts';
import { canaryUser } from '../support/canary.ts';
import { shown } from '../support/fault-table.ts';
import { TAKE_SNAPSHOT } from '../support/lambda/function-process.ts';
import { PREFIX, startWorld, type World } from '../support/lambda/world.ts';
import { type S3Double, type S3Fault, serveS3 } from '../support/s3/double.ts';
import { storeAt } from '../support/s3/place.ts';

const EVENT = { trigger: 'schedule', scheduled_at: '2026-11-23T02:15:00Z' };
const RUN_ID = '20261123T021500Z-schedule';

/** A bucket that calls `onCall` with the number of each call while it is armed. */
async function bucketWith(onCall: (n: number) => Promise<S3Fault | undefined>) {
  let armed = false;
  let calls = 0;
  const place = await serveS3({ fault: async () => (armed ? onCall(++calls) : undefined) });
  const arm = (on: boolean) => {
    armed = on;
  };
  return { place, arm };
}

const worldOn = (place: S3Double): Promise<World> =>
  startWorld({
    bundle: TAKE_SNAPSHOT,
    place,
    secret: { text: 'c0ffee00c0ffee00c0ffee00c0ffee00' },
    anodot: { users: answer([...USERS, canaryUser(4, { roles: ['customer-admin'] })]) },
  });

async function commitsOf(store: Store, runId: string): Promise<number> {
  const commits = await Promise.all((await commitNumbers(store)).map((number) => readCommit(store, number)));
  return commits.filter((entry) => entry?.commit?.run_id === runId).length;
}

const today = () => new Date().toISOString().slice(0, 10);

/** What happens to the calls that are in flight when the function dies. */
type Others = 'arrive' | 'are lost';

/**
 * Kills the function at its n-th call, which then has no effect. Returns the status that `verify` reports, or undefined if the function
 * makes fewer calls. Dying after a call took effect needs no test of its own: it is the same as dying at the next call.
 */
async function killedAt(n: number, others: Others): Promise<string | undefined> {
  let world: World | undefined;
  const { place, arm } = await bucketWith(async (call) => {
    if (call === n) await world?.kill();
    return call === n || (call > n && others === 'are lost') ? 'call lost' : undefined;
  });
  const store = storeAt(place, PREFIX);
  try {
    await publishYesterday(store);
    world = await worldOn(place);
    arm(true);
    const ended = await world.invoke(EVENT).catch((error: unknown) => error);
    arm(false);
    const log = await world.log();
    await world.close();
    if (!(ended instanceof Error)) return undefined;
    expect(ended.message).toContain("the function's process ended");
    const left = await verify(store, { today: today() });
    expect(left.findings.map(({ level }) => level)).not.toContain('damaged');
    await retry(place, store, log);
    return left.status;
  } finally {
    await world?.close();
    await place.close();
  }
}

/** Lambda delivers the event again, to another process: one commit, everything in place, and the next run builds on it. */
async function retry(place: S3Double, store: Store, killed: string): Promise<void> {
  const world = await worldOn(place);
  try {
    expect(resultOf(await world.invoke(EVENT))).toMatchObject({ status: 'published', run_id: RUN_ID, commit: 2 });
    expect(await commitsOf(store, RUN_ID)).toBe(1);
    const told = metricsOf(`${killed}${await world.log()}`).map((metrics) => metrics['AdministratorsAdded'] ?? 0);
    expect(told).toContain(1);
    expect(await verify(store, { today: today() })).toMatchObject({ status: 'sound', findings: [] });
    expect(resultOf(await world.invoke({}))).toMatchObject({ status: 'published', commit: 3 });
    expect(await verify(store, { today: today() })).toMatchObject({ status: 'sound', findings: [] });
  } finally {
    await world.close();
  }
}

test.each(['arrive', 'are lost'] as const)(
  'the function can be killed at any S3 call, whose siblings %s: the redelivered event publishes exactly once and reports the new administrator',
  async (others) => {
    const found: string[] = [];
    for (let n = 1; ; n++) {
      const status = await killedAt(n, others);
      if (status === undefined) break;
      found.push(status);
    }
    const interrupted = found.filter((status) => status === 'interrupted').length;
    console.info(`killed at ${found.length} calls, ${interrupted} of them between commit and manifest`);
    expect(interrupted).toBeGreaterThan(3);
    expect(found.filter((status) => status === 'sound').length).toBeGreaterThan(interrupted);
    const done = 'the function is killed at each of its S3 calls, and the event is redelivered';
    shown('F31', done, 'never damaged, one commit, and the next run builds on it');
    shown('C1', done, 'AdministratorsAdded is 1 in one of the two logs', 'never counted if killed after the commit');
  },
  600_000,
);
