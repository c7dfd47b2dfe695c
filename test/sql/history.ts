import { KEYS } from '../../functions/snapshot/contract.ts';
import { OperatorError } from '../../functions/snapshot/errors.ts';
import type { Staging, Store } from '../../functions/snapshot/store/store.ts';
import { DAY_MILLISECONDS } from '../../functions/snapshot/utc-day.ts';
import { answer, serveAnodot } from '../support/anodot/server.ts';
import { type Around, Killed, watched } from '../support/store-doubles.ts';
import { take } from '../support/take.ts';
import { type Account, accountOn } from './account.ts';

/** A published day: what Anodot returned to the run whose snapshot is current. */
export interface PublishedDay {
  readonly dt: string;
  readonly observedAt: Date;
  readonly account: Account;
}

/** A run on a day, as its run document reports it. */
export interface RunOfDay {
  readonly dt: string;
  readonly status: 'published' | 'refused' | 'failed' | 'running';
  readonly message: string | null;
}

/** The published days and all runs. */
export interface History {
  readonly days: readonly PublishedDay[];
  readonly runs: readonly RunOfDay[];
}

export interface HistoryOptions {
  /** The UTC date of the day after the last. On it, a run dies before its snapshot is complete. */
  readonly today?: string;
  /** The number of days, sixty by default. */
  readonly length?: number;
}

export const HISTORY_DAYS = 60;
export const utcToday = (): string => new Date().toISOString().slice(0, 10);

/** The outcome of each run of a day. By default, a day has one run, which publishes. */
type Doing = 'publish' | 'refused' | 'denied' | 'killed' | 'interrupted';
const DOINGS: { readonly [n: number]: readonly Doing[] } = {
  12: ['publish', 'publish'],
  25: [],
  33: ['denied', 'refused'],
  34: ['killed'],
  38: ['denied'],
  45: ['publish', 'publish'],
  50: ['interrupted'],
  60: ['publish', 'publish'],
};

/**
 * Publishes sixty days to a store with the product itself and a fixed clock, so that every view has rows. It also writes objects with a
 * date in the future, which no view may count.
 */
export async function publishHistory(store: Store, options: HistoryOptions = {}): Promise<History> {
  const { today = utcToday(), length = HISTORY_DAYS } = options;
  const days = new Map<string, PublishedDay>();
  const runs: RunOfDay[] = [];
  for (let n = 1; n <= length + 1; n++) {
    const dt = dateBefore(today, length + 1 - n);
    const doings = n > length ? (['interrupted'] as const) : (DOINGS[n] ?? ['publish']);
    for (const [i, doing] of doings.entries()) {
      const at = momentOf(dt, 2 + 3 * i, n);
      const account = i < doings.length - 1 ? firstRunOf(n, at) : accountOn(n, at);
      const run = { dt, ...(await outcome(store, doing, account, at)) };
      runs.push(run);
      // The next day's run finishes the snapshot that was being promoted when its run died.
      if (run.status === 'published' || (doing === 'interrupted' && n <= length))
        days.set(dt, { dt, observedAt: at, account });
    }
  }
  await publishFuture(store, today, [...days.values()].at(-1)?.dt ?? today);
  return { days: [...days.values()], runs };
}

const momentOf = (dt: string, hour: number, millisecond: number): Date =>
  new Date(Date.parse(dt) + (hour * 60 + 15) * 60_000 + millisecond);

/** What the first of two runs saw: a user that the second no longer sees, and groups that the second may not read. */
function firstRunOf(n: number, at: Date): Account {
  const { users } = accountOn(n, at);
  const [first] = users;
  return {
    users: first ? [...users, { ...first, _id: 'only-in-the-first-run', roles: ['customer-admin'] }] : [],
    groups: [{ id: 'g-sales', name: 'of the first run', created: '2022-01-01T00:00:00.000Z' }],
  };
}

async function outcome(store: Store, doing: Doing, account: Account, at: Date): Promise<Omit<RunOfDay, 'dt'>> {
  const date = { date: at.toUTCString() };
  const server = await serveAnodot({
    users: doing === 'denied' ? answer('', 403, date) : answer(doing === 'refused' ? [] : account.users, 200, date),
    groups: account.groups ? answer(account.groups, 200, date) : answer('', 403, date),
  });
  const dying = { killed: 'staged', interrupted: 'in place' } as const;
  try {
    await take({
      url: server.url,
      store: doing === 'killed' || doing === 'interrupted' ? dyingOnce(dying[doing], store) : store,
      run: { startedAt: at, now: () => at },
    });
    return { status: 'published', message: null };
  } catch (error) {
    if (error instanceof Killed) return { status: 'running', message: null };
    if (!(error instanceof OperatorError)) throw error;
    return { status: doing === 'refused' ? 'refused' : 'failed', message: error.message };
  } finally {
    await server.close();
  }
}

/** A store whose run dies once its rows are staged, or once only its rows are promoted. */
function dyingOnce(rowsAre: 'staged' | 'in place', store: Store): Store {
  let dead = false;
  const begun: Staging[] = [];
  const around: Around = async (_, perform) => {
    if (dead) throw new Killed();
    return perform();
  };
  const die = async (): Promise<never> => {
    dead = true;
    await Promise.allSettled(begun.map((staging) => staging.close())); // as the operating system closes the files of a dead process
    throw new Killed();
  };
  const watchedStore = watched(store, around, (staging) => begun.push(staging));
  return {
    ...watchedStore,
    stage: async (key, execution) => {
      const staging = await watchedStore.stage(key, execution);
      return rowsAre === 'staged' ? die() : staging;
    },
    putInPlace: async (object) => {
      const outcome = await watchedStore.putInPlace(object);
      return object.kind === 'json' ? die() : outcome;
    },
  };
}

export const dateBefore = (dt: string, days: number): string =>
  new Date(Date.parse(dt) - days * DAY_MILLISECONDS).toISOString().slice(0, 10);

/** Copies the last day to a future date, as a wrong clock or a stray copy would. */
async function publishFuture(store: Store, today: string, last: string): Promise<void> {
  const future = dateBefore(today, -3);
  for (const kind of ['manifest', 'json', 'changes', 'groups'] as const) {
    const bytes = await store.read(KEYS[kind](last), Infinity);
    if (bytes) await store.replace(KEYS[kind](future), Buffer.from(bytes.toString('utf8').replaceAll(last, future)));
  }
}
