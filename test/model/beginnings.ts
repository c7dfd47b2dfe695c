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

/** The world at the end of a run that nothing disturbs. */
async function ended(explorer: Explorer, from: number, program: Program): Promise<number> {
  const { ends } = await passedBy(explorer, from, program);
  const [end, ...others] = ends;
  if (end === undefined || others.length > 0) throw new Error('a run that is alone has several ends');
  return end;
}

/** The worlds that a run leaves if it dies after its commit or after any later call. */
async function unfinishedWorlds(explorer: Explorer, from: number, program: Program): Promise<number[]> {
  const { worlds } = explorer.bucket;
  const passed = [...(await passedBy(explorer, from, program)).worlds];
  return passed.filter((world) => worlds.at(world).commits.size > worlds.at(from).commits.size);
}

/** The worlds that a run passes through, whatever the order of its pending calls, and those in which it ends. */
async function passedBy(explorer: Explorer, from: number, program: Program) {
  const { tree, bucket } = explorer;
  const worlds = new Set<number>();
  const ends = new Set<number>();
  const seen = new Set<string>();
  const states = [{ world: from, position: await explorer.first(program) }];
  for (let state = states.pop(); state; state = states.pop()) {
    const { world, position } = state;
    if (seen.has(`${world} ${position}`)) continue;
    seen.add(`${world} ${position}`);
    worlds.add(world);
    const { ending, pending } = tree.at(position);
    if (ending) ends.add(world);
    for (const asked of ending ? [] : pending) {
      const [effect] = bucket.apply(world, tree.asked.at(asked).call);
      if (!effect) throw new Error('a call has no effect to choose');
      const given = { asked, result: effect.result };
      const edge = tree.known(position, given) ?? (await tree.advance(position, given));
      states.push({ world: bucket.staged(effect.world, edge.steps), position: edge.to });
    }
  }
  return { worlds, ends };
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
