/** Takes the sample account: the past days that the folder lacks, then today's. */
import { readNewest } from '../../snapshot/commits/commit-log.ts';
import { ENVIRONMENT, SAMPLE_SOURCE } from '../../snapshot/contract.ts';
import { InterruptedError } from '../../snapshot/errors.ts';
import { parseSettings, type Settings } from '../../snapshot/settings.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import type { PublishedSnapshot } from '../snapshot-summary.ts';
import { type Account, type TakeOptions, takeToday, withFormats } from '../take-today.ts';
import { newDeadline, type Terminal, warn } from '../terminal.ts';
import { plural } from '../text.ts';
import { sampleUsers } from './account.ts';
import { historyDays } from './calendar.ts';
import { claimForSample } from './folder.ts';

/** @throws CredentialsError if the folder isn't the sample's, or the error of a run */
export async function takeSample(options: TakeOptions, terminal: Terminal, store: Store): Promise<PublishedSnapshot> {
  await claimForSample(store);
  const { serveSample } = await import('./server.ts');
  const { usersOn } = await import('./history.ts');
  let past: Date | undefined;
  const server = await serveSample(
    () => past ?? terminal.now(),
    (moment) => (past ? usersOn(moment) : sampleUsers(moment)),
  );
  try {
    const settings = withFormats(settingsFor(server.url, terminal), options);
    const account = { settings, sourceName: SAMPLE_SOURCE, readToken: async () => ({ text: server.token }) };
    const taken = await takePast(account, options, terminal, store, (moment) => {
      past = moment;
    });
    past = undefined;
    return await takeToday(account, options, terminal, store).catch((error) => {
      throw afterHistory(error, taken);
    });
  } finally {
    await server.close();
  }
}

const settingsFor = (url: string, { environment }: Terminal): Settings =>
  parseSettings({ ...environment, [ENVIRONMENT.anodotUrl]: url, [ENVIRONMENT.allowOtherHost]: 'true' });

/** An interrupt of today's run says that nothing was published. That is true of today only. */
const afterHistory = (error: unknown, taken: number): unknown =>
  error instanceof InterruptedError && taken > 0
    ? new InterruptedError(`${error.message} today, but the earlier days were`, error.code)
    : error;

/**
 * @returns how many days were taken
 * @throws InterruptedError that says how to continue, or the error of a run
 */
async function takePast(
  account: Account,
  { quiet = false, signer }: TakeOptions,
  terminal: Terminal,
  store: Store,
  setClock: (moment: Date) => void,
): Promise<number> {
  const days = await daysToTake(store, dtOf(terminal.now()));
  const { takeHistory } = await import('./history.ts');
  const { err } = terminal;
  if (!quiet) err.write(announcement(days));
  let taken = 0;
  const onDay = (dt: string, count: number): void => {
    taken = count;
    if (!quiet && err.redraws) err.redraw(`Taking day ${count + 1} of ${days.length}: ${dt}`);
  };
  const deadline = newDeadline(terminal.interrupt);
  const onWarning = (message: string) => warn(terminal, message);
  try {
    await takeHistory({ ...account, store, days, deadline, setClock, signer, onWarning, onDay });
    return days.length;
  } catch (error) {
    if (taken > 0 && !(error instanceof InterruptedError))
      warn(terminal, "the sample's earlier days stay published. Run the same command again to take the rest");
    if (!(error instanceof InterruptedError) || taken === 0) throw error;
    const message = `interrupted after ${taken} of ${plural(days.length, 'day')}. Run the same command again to take the rest`;
    throw new InterruptedError(message, error.code);
  } finally {
    err.clear();
  }
}

function announcement(days: readonly string[]): string {
  const line = `${ENVIRONMENT.token} is not set: this is the sample account, served on this machine.\n`;
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined) return line;
  return `${line}Taking its snapshots of ${first === last ? first : `${first} to ${last}`}, then today's.\n`;
}

/** None if the newest commit is damaged, which today's run reports. */
async function daysToTake(store: Store, today: string): Promise<readonly string[]> {
  const newest = await readNewest(store);
  return newest && !newest.commit ? [] : historyDays(today, newest?.commit);
}
