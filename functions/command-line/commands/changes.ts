/** `changes`: prints what changed, day by day, without ever holding a whole feed. */
import type { Command } from 'commander';
import type { Change } from '../../snapshot/changes/change.ts';
import type { Manifest } from '../../snapshot/commits/manifest.ts';
import { CHANGES, type ChangeKind } from '../../snapshot/contract.ts';
import { SettingsError, StoreError } from '../../snapshot/errors.ts';
import type { Store } from '../../snapshot/store/store.ts';
import { dtOf } from '../../snapshot/utc-day.ts';
import { CHANGE_FORMATS, CHANGE_PRINTERS, type ChangeFormat, type ChangesOfDay, ORDER } from '../change-printers.ts';
import { isInFuture } from '../dates.ts';
import { GroupNameReader } from '../group-name-reader.ts';
import {
  CHANGED_CODE,
  type DateOrSpan,
  dateOrSpan,
  exitCodeOption,
  formatOption,
  listOf,
  NOTHING_CODE,
  storeOption,
} from '../options.ts';
import { DEFAULT_STORE, openStore, print, type Terminal, warn } from '../terminal.ts';
import { plural } from '../text.ts';

interface ChangesOptions {
  readonly store?: string;
  readonly since?: DateOrSpan;
  readonly until?: DateOrSpan;
  readonly only?: readonly ChangeKind[];
  readonly exitCode?: true;
  readonly format: ChangeFormat;
}

export const examples = [
  ['changes --since 7d', 'what changed since 7 days ago'],
  ['changes --only admin_granted --exit-code', 'ends with 14 if anyone became an administrator'],
] as const;

export const define = (command: Command): Command =>
  command
    .description('Show what changed from snapshot to snapshot')
    .addHelpText('after', `\n${ORDER}`)
    .addOption(storeOption())
    .option('--since <date>', 'only snapshots of this date or later; 7d is the date 7 days ago', dateOrSpan)
    .option('--until <date>', 'only snapshots of this date or earlier; 7d is the date 7 days ago', dateOrSpan)
    .option('--only <list>', 'only these kinds of change, such as admin_granted,joined', listOf(CHANGES))
    .addOption(exitCodeOption(`${NOTHING_CODE} if the period has no snapshot, `))
    .addOption(formatOption(CHANGE_FORMATS));

export async function run(parsed: Command, terminal: Terminal): Promise<number> {
  const { store: place = DEFAULT_STORE, since, until, only, exitCode, format } = parsed.opts<ChangesOptions>();
  const today = dtOf(terminal.now());
  const [first, last] = [since?.(today) ?? '', until?.(today) ?? '9999-12-31'];
  refuseEmptyPeriod(first, last, today);
  const { readManifests } = await import('../../snapshot/commits/manifests.ts');
  const { refuseLostManifests } = await import('../../snapshot/commits/lost-manifests.ts');
  const store = await openStore(place, terminal);
  const manifests = await readManifests(store);
  await refuseLostManifests(store, first, last);
  if (manifests.length === 0) throw new SettingsError(`--store: no snapshots in ${place}`);
  const days = manifests.filter(({ dt }) => dt >= first && dt <= last);
  if (days.length === 0) warn(terminal, `no snapshot in this period. ${extent(manifests)}`);
  const feeds = await readFeeds({ store, manifests, days, only });
  await print(terminal, CHANGE_PRINTERS[format](feeds.days));
  if (format === 'text')
    terminal.err.write(`${plural(feeds.count(), 'change')} in ${plural(days.length, 'snapshot')}${uncompared(days)}\n`);
  for (const warning of feeds.warnings()) warn(terminal, warning);
  if (!exitCode) return 0;
  if (feeds.count() > 0) return CHANGED_CODE;
  feeds.refuseUnknown();
  return days.length === 0 ? NOTHING_CODE : 0;
}

interface Asked {
  readonly store: Store;
  /** Of all days, since a day's changes may name groups that only the day before has. */
  readonly manifests: readonly Manifest[];
  readonly days: readonly Manifest[];
  readonly only: readonly ChangeKind[] | undefined;
}

/** The feeds of the days. `count` is of the last time that each feed was read. */
async function readFeeds({ store, manifests, days, only = CHANGES }: Asked) {
  const { readChanges } = await import('../../snapshot/changes/read-changes.ts');
  const names = new GroupNameReader(store, manifests);
  const expired = new Set<string>();
  const found = new Map<string, number>();
  async function* changesOf(day: Manifest): AsyncGenerator<Change> {
    let count = 0;
    const feed = await readChanges(store, day);
    if (!feed) expired.add(day.dt);
    for await (const change of feed ?? []) {
      if (!only.includes(change.change)) continue;
      found.set(day.dt, ++count);
      yield change;
    }
  }
  const ofDay = (day: Manifest): ChangesOfDay => ({
    changes: () => changesOf(day),
    hasAdministrators: hasAny(day, 'admin_granted', 'admin_revoked'),
    groupNames: () =>
      hasAny(day, 'group_added', 'group_removed', 'default_group_changed')
        ? names.of(day.dt, day.previous_dt)
        : Promise.resolve(new Map()),
  });
  return {
    days: days.map(ofDay),
    count: () => [...found.values()].reduce((sum, count) => sum + count, 0),
    /** @throws StoreError if it is unknown whether anything changed */
    refuseUnknown: () => {
      if (expired.size > 0)
        throw new StoreError(
          `can't tell whether anything changed: the changes of ${[...expired].join(', ')} have expired or were removed`,
        );
    },
    warnings: () => [
      ...(expired.size > 0 ? [`the changes of ${[...expired].join(', ')} have expired or were removed`] : []),
      ...names.warnings(),
    ],
  };
}

/** Whether a day has changes of these kinds, as its manifest counts them. */
const hasAny = ({ changes }: Manifest, ...kinds: readonly ChangeKind[]): boolean =>
  kinds.some((kind) => (changes?.[kind] ?? 0) > 0);

/** @throws SettingsError if no snapshot can be in the period: an empty result would look as if nothing had changed */
function refuseEmptyPeriod(since: string, until: string, today: string): void {
  if (since > until) throw new SettingsError(`--since ${since} is later than --until ${until}`);
  if (isInFuture(since, today)) throw new SettingsError(`--since ${since} is in the future: today is ${today} in UTC`);
}

/** The first and the last day of the store, so that an empty result doesn't look as if nothing had changed. */
function extent(manifests: readonly Manifest[]): string {
  const [first, last] = [manifests[0]?.dt, manifests.at(-1)?.dt];
  return first === last ? `The only one is from ${first}` : `The first is from ${first}, the last from ${last}`;
}

/** The days without an earlier snapshot to compare with: their feeds are empty. */
function uncompared(days: readonly Manifest[]): string {
  const without = days.filter(({ changes }) => changes === null).map(({ dt }) => dt);
  return without.length === 0 ? '' : `; nothing to compare with on ${without.join(', ')}`;
}
