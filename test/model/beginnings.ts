import type { Explorer } from './explorer.ts';
import type { Program } from './run.ts';
import { DAYS_BEFORE, FORERUNNER } from './scenarios.ts';
import { minus, plus, type World } from './world.ts';

/** The worlds in which a scenario's runs can start. */
export async function beginnings(explorer: Explorer): Promise<readonly number[]> {
  const { begins } = explorer.scenario;
  const signs = explorer.scenario.signsBefore;
  const [twoDaysBefore, dayBefore] = [
    { ...DAYS_BEFORE[0], signs },
    { ...DAYS_BEFORE[1], signs },
  ];
  const { bucket } = explorer;
  switch (begins) {
    case 'empty':
      return [0];
    case 'day-before':
      return [await ended(explorer, 0, dayBefore)];
    case 'unfinished':
      return unfinishedWorlds(explorer, await ended(explorer, 0, dayBefore), FORERUNNER);
    case 'expired':
      return (await unfinishedWorlds(explorer, 0, FORERUNNER)).flatMap((world) =>
        expiries(bucket.worlds.at(world)).map((one) => bucket.numberOf(one)),
      );
    case 'rows-gone': {
      const both = await ended(explorer, await ended(explorer, 0, twoDaysBefore), dayBefore);
      return [bucket.numberOf(withoutRows(bucket.worlds.at(both), dayBefore))];
    }
  }
}

async function ended(explorer: Explorer, from: number, program: Program): Promise<number> {
  return (await unfinishedWorlds(explorer, from, program)).at(-1) ?? from;
}

/** The worlds that a run leaves if it dies after its commit or after any later call. The last is the world at its end. */
async function unfinishedWorlds(explorer: Explorer, from: number, program: Program): Promise<number[]> {
  const { tree, bucket } = explorer;
  const worlds = new Set<number>();
  const committed = bucket.worlds.at(from).commits.size;
  let [world, position] = [from, await explorer.first(program)];
  for (;;) {
    const { call, steps } = tree.at(position);
    world = bucket.numberOf(bucket.stage(bucket.worlds.at(world), steps));
    if (bucket.worlds.at(world).commits.size > committed) worlds.add(world);
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

/** The same world, without the users and changes of the run's day. */
function withoutRows(world: World, { dt }: Program): World {
  const removed = [...world.places.keys()].filter((key) => key.includes(`dt=${dt}/`));
  return {
    ...world,
    places: new Map([...world.places].filter(([key]) => !removed.includes(key))),
    removed: new Set(removed),
  };
}
