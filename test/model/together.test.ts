import { describe, expect, test } from 'vitest';
import { StoreError } from '../../functions/snapshot/errors.ts';
import { PUBLISHING_STEPS } from '../../functions/snapshot/publish.ts';
import type { Store } from '../../functions/snapshot/store/store.ts';
import { STORES } from './bucket.ts';
import { Explorer } from './explorer.ts';
import type { Scenario } from './scenarios.ts';
import { type Move, OVER, type State } from './state.ts';

const ALONE: Scenario = {
  name: 'alone',
  title: 'a run alone',
  runs: [{ name: 'a', runId: 'run-a', dt: '2026-11-23' }],
  last: [],
  symmetric: false,
  begins: 'empty',
  fewer: 0,
};
const KEYS = ['runs/.x.json', 'runs/.y.json', 'runs/.z.json'] as const;
const SUBSETS = ['', 'x', 'xy', 'xyz', 'xz', 'y', 'yz', 'z'];

/** One way through the states of a run, with the objects that it wrote. */
interface Schedule {
  readonly moves: readonly Move[];
  readonly states: readonly State[];
}

/** A search of a run that makes these calls and then fails. */
async function searchOf(calls: (store: Store) => Promise<unknown>, disturbances: number) {
  const semantics = STORES.get('s3');
  if (!semantics) throw new Error('there is no store s3');
  const begin = async (_run: unknown, store: Store): Promise<never> => {
    await calls(store);
    throw new StoreError('nothing was published');
  };
  const options = { initiations: false, alarms: true, reduced: true, disturbed: 'every call' } as const;
  const explorer = new Explorer(ALONE, { ...PUBLISHING_STEPS, begin }, semantics, options);
  const schedules: Schedule[] = [];
  const follow = async (state: State, left: number, { moves, states }: Schedule): Promise<void> => {
    const next: (() => Promise<void>)[] = [];
    const passed = [...states, state];
    await explorer.moves({ ...state, number: 0, left, schedules: [] }, (to, move, cost) =>
      next.push(() => follow(to, left - cost, { moves: [...moves, move], states: passed })),
    );
    if (next.length === 0) schedules.push({ moves, states: passed });
    for (const go of next) await go();
  };
  await follow(await explorer.beginning(0), disturbances, { moves: [], states: [] });
  const objectsIn = ({ world }: State): string => {
    const keys = [...explorer.bucket.worlds.at(world).others.keys()];
    return keys
      .map((key) => key.slice('runs/.'.length, -'.json'.length))
      .sort()
      .join('');
  };
  return { explorer, schedules, objectsIn };
}

const write = (store: Store, key: string): Promise<void> => store.replace(key, Buffer.from('{}'));
const writeAll = (store: Store) => Promise.allSettled(KEYS.map((key) => write(store, key)));

describe('of the calls that a run makes together', () => {
  test('the search tries every order', async () => {
    const { schedules, objectsIn } = await searchOf(writeAll, 0);
    const orders = schedules.map(({ states }) => [...new Set(states.map(objectsIn))].at(-2));
    const last = schedules.map(({ moves }) => moves.map(({ call }) => call).join());
    expect(new Set(last).size).toBe(6);
    expect(schedules).toHaveLength(6);
    expect(new Set(orders)).toEqual(new Set(['xy', 'xz', 'yz']));
  });

  test('each can still take effect after its run died, or not', async () => {
    const { schedules, objectsIn } = await searchOf(writeAll, 1);
    const dead = schedules.flatMap(({ states }) => states.filter(({ at }) => at[0] === OVER));
    expect([...new Set(dead.map(objectsIn))].sort()).toEqual(SUBSETS);
  });

  test('one that failed can take effect while the others are pending', async () => {
    const { schedules, explorer, objectsIn } = await searchOf(writeAll, 1);
    const isLate = ({ moves, states }: Schedule) =>
      moves.some(({ kind }, i) => {
        const [position = OVER] = states[i + 1]?.at ?? [];
        return kind === 'arrives' && position >= 0 && explorer.tree.at(position).pending.length === 2;
      });
    expect(schedules.filter(isLate).map(({ states }) => states.map(objectsIn).includes('xyz'))).toContain(true);
  });

  test('one that is in flight when its run ends can still take effect', async () => {
    const { schedules, objectsIn } = await searchOf(async (store) => {
      const writing = write(store, KEYS[0]);
      writing.catch(() => undefined);
      await store.list('keys/');
    }, 0);
    const left = schedules.flatMap(({ states }) => states.filter(({ at }) => (at[0] ?? 0) < 0)).map(objectsIn);
    expect([...new Set(left)].sort()).toEqual(['', 'x']);
  });

  test('none may have a result whose time decides what the run does next', async () => {
    const search = searchOf(async (store) => {
      const lists = ['keys/', 'users/'].map(async (folder) => {
        await store.list(folder);
        return folder;
      });
      const first = await Promise.race(lists);
      await Promise.all(lists);
      await write(store, first === 'keys/' ? KEYS[0] : KEYS[1]);
    }, 0);
    await expect(search).rejects.toThrow('a run depends on the order of its results');
  });
});
