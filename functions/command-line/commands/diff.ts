/** `diff`: prints what changed between any two days whose users are stored. */
import type { Command } from 'commander';
import type { Change } from '../../snapshot/changes/change.ts';
import { isOfAdministrator } from '../../snapshot/changes/of-administrator.ts';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { CHANGES, type ChangeKind } from '../../snapshot/contract.ts';
import { SettingsError, StoreError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { latestDt } from '../../snapshot/utc-day.ts';
import { nearestDays } from '../../snapshot/verify/absent-days.ts';
import { CHANGE_FORMATS, CHANGE_PRINTERS, type ChangeFormat, ORDER } from '../change-printers.ts';
import { GroupNameReader } from '../group-name-reader.ts';
import { CHANGED_CODE, date, exitCodeOption, formatOption, listOf, storeOption } from '../options.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';
import { plural } from '../text.ts';

interface DiffOptions {
  readonly store?: string;
  readonly only?: readonly ChangeKind[];
  readonly exitCode?: true;
  readonly format: ChangeFormat;
}

export const examples = [
  ['diff 2026-10-31 2026-11-30', 'what changed in November'],
  ['diff 2026-10-31 2026-11-30 --format csv', 'the same for a spreadsheet'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Show what changed between any two days')
    .addHelpText('after', `\n${ORDER}`)
    .argument('<earlier>', 'the earlier date', date)
    .argument('<later>', 'the later date', date)
    .addOption(storeOption())
    .option('--only <list>', 'only these kinds of change, such as admin_granted,joined', listOf(CHANGES))
    .addOption(exitCodeOption())
    .addOption(formatOption(CHANGE_FORMATS));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, only, exitCode, format } = parsed.opts<DiffOptions>();
  const [from = '', to = ''] = parsed.args;
  refuseOrder(from, to);
  const store = await openStore(place, terminal);
  const [earlier, later] = await comparable({ store, place, latest: latestDt(terminal.now()) }, [from, to]);
  const { compareDays } = await import('../../snapshot/changes/compare-days.ts');
  const all = await compareDays(store, earlier, later);
  const changes = only ? all.filter(({ change }) => only.includes(change)) : all;
  const names = new GroupNameReader(store, [earlier, later]);
  const day = {
    changes: () => replay(changes),
    hasAdministrators: changes.some(isOfAdministrator),
    groupNames: () => names.of(to, from),
  };
  await print(terminal, CHANGE_PRINTERS[format]([day]));
  if (format === 'text') terminal.err.write(`${plural(changes.length, 'change')} from ${from} to ${to}\n`);
  for (const warning of names.warnings()) warn(terminal, warning);
  return exitCode && changes.length > 0 ? CHANGED_CODE : 0;
}

async function* replay(changes: readonly Change[]): AsyncGenerator<Change> {
  yield* changes;
}

function refuseOrder(from: string, to: string): void {
  if (from === to) throw new SettingsError(`both dates are ${from}: give two different days`);
  if (from > to) throw new SettingsError(`${from} is later than ${to}: give the earlier day first`);
}

interface Asked {
  readonly store: Store;
  readonly place: string;
  /** The latest date that a run can have. */
  readonly latest: string;
}

/**
 * The manifests of both days.
 * @throws SettingsError if a day's users aren't stored; names the nearest days whose users are
 * @throws StoreError if a manifest of the two is damaged or was lost
 */
async function comparable(
  { store, place, latest }: Asked,
  days: readonly [string, string],
): Promise<readonly [Manifest, Manifest]> {
  const { manifestDays, readManifests } = await import('../../snapshot/commits/manifests.ts');
  const stored = await manifestDays(store);
  const { refuseLostManifests } = await import('../../snapshot/commits/lost-manifests.ts');
  for (const dt of days) await refuseLostManifests(store, dt, dt);
  if (stored.length === 0) throw new SettingsError(`--store: no snapshots in ${place}`);
  const { daysWithRows } = await import('../../snapshot/changes/compare-days.ts');
  const possible = stored.filter((dt) => dt <= latest);
  const usable = await daysWithRows(store, possible);
  const problems = days.flatMap((dt) => {
    if (usable.includes(dt)) return [];
    const why =
      dt > latest
        ? 'is in the future'
        : possible.includes(dt)
          ? 'has no users any more: they have expired or were removed'
          : 'has no snapshot';
    return [`${dt} ${why}. ${nearest(usable, dt)}`];
  });
  if (problems.length > 0) throw new SettingsError(problems.join('. '));
  const [earlier, later] = await readManifests(store, days);
  if (!earlier || !later) throw new StoreError(`${store.location}: a manifest was removed meanwhile. Run again`);
  return [earlier, later];
}

function nearest(usable: readonly string[], dt: string): string {
  const days = nearestDays(
    usable.map((day) => ({ dt: day })),
    dt,
  );
  if (days.length === 0) return 'No other day has users';
  return `The nearest ${days.length === 1 ? 'day with users is' : 'days with users are'} ${days.join(' and ')}`;
}
