import type { Explorer } from './explorer.ts';
import { FORERUNNER } from './scenarios.ts';
import { minus, plus, type World } from './world.ts';

/** The worlds in which a scenario's runs can start. */
export async function beginnings(explorer: Explorer): Promise<readonly number[]> {
  const { begins } = explorer.scenario;
  if (begins === 'empty') return [0];
  const unfinished = await unfinishedWorlds(explorer);
  if (begins === 'unfinished') return unfinished;
  return unfinished.flatMap((world) =>
    expiries(explorer.bucket.worlds.at(world)).map((one) => explorer.bucket.numberOf(one)),
  );
}

/** What a run leaves if it dies after its commit or after any later call. */
async function unfinishedWorlds(explorer: Explorer): Promise<number[]> {
  const { tree, bucket } = explorer;
  const worlds = new Set<number>();
  let [world, position] = [0, await explorer.first(FORERUNNER)];
  for (;;) {
    const { call, steps } = tree.at(position);
    world = bucket.numberOf(bucket.stage(bucket.worlds.at(world), steps));
    if (bucket.worlds.at(world).commits.size > 0) worlds.add(world);
    if (call === undefined) return [...worlds];
    const [effect] = bucket.apply(world, call);
    if (!effect) throw new Error('a call has no effect to choose');
    world = effect.world;
    position = await tree.advance(position, effect.result);
  }
}

/** The same world, with one of the uploads that are still to be promoted expired. */
const expiries = (world: World): World[] =>
  [...world.staged].map((upload) => ({
    ...world,
    staged: minus(world.staged, upload),
    expired: plus(world.expired, upload),
  }));
