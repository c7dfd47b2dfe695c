/**
 * Takes the sample's past days, each with a scheduled run at that day's time. The id of a day's run is always the same, so an interrupted
 * history continues where it stopped, and two processes at once make one history.
 */
import { AnodotSource } from '../../snapshot/anodot/source.ts';
import type { Signer } from '../../snapshot/commits/signer.ts';
import { ENVIRONMENT } from '../../snapshot/contract.ts';
import type { Deadline } from '../../snapshot/deadline.ts';
import { RefusedSnapshotError, SupersededError } from '../../snapshot/errors.ts';
import { newRun } from '../../snapshot/run.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { takeSnapshot } from '../../snapshot/take-snapshot.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import type { Account } from '../take-today.ts';
import { type SampleUser, sampleUsers } from './account.ts';
import { fateOf, scheduleOf } from './calendar.ts';

export interface History extends Account {
  readonly store: Store;
  readonly deadline: Deadline;
  /** The dates to take, from `historyDays`. */
  readonly days: readonly string[];
  /** Sets the clock of the sample server before each day's run. */
  readonly setClock: (now: Date) => void;
  readonly signer: Signer | undefined;
  readonly onWarning: (message: string) => void;
  /** Called before each day's run. @param count the days that are done */
  readonly onDay: (dt: string, count: number) => void;
}

/** @throws the error of a run that was neither published nor meant to be refused */
export async function takeHistory(history: History): Promise<void> {
  for (const [count, dt] of history.days.entries()) {
    history.onDay(dt, count);
    await takeDay(dt, history);
  }
}

async function takeDay(dt: string, { setClock, readToken, store, ...history }: History): Promise<void> {
  const { scheduledAt, runId } = scheduleOf(dt);
  const moment = new Date(scheduledAt);
  const now = () => moment;
  setClock(moment);
  const source = new AnodotSource({ url: history.settings.url, readToken, tokenName: ENVIRONMENT.token, now });
  const run = newRun({ ...history, trigger: 'schedule', scheduledAt, runId, now });
  const outcome = await takeSnapshot(run, source, store);
  if (outcome.snapshot) return;
  const isExpected = outcome.error instanceof RefusedSnapshotError && fateOf(dt) === 'refused';
  const isDone = outcome.error instanceof SupersededError; // by another process that takes the same history
  if (!isExpected && !isDone) throw outcome.error;
}

/** The users that the sample server returns on a past day. On the refused day a quarter of the account, as if it had been cut short. */
export function usersOn(moment: Date): readonly SampleUser[] {
  const users = sampleUsers(moment);
  return fateOf(dtOf(moment)) === 'refused' ? users.slice(0, Math.ceil(users.length / 4)) : users;
}
