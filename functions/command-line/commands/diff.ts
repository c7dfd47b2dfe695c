/** `diff`: prints what changed between any two days whose users are stored. */
import type { Command } from 'commander';
import type { Change } from '../../snapshot/changes/change.ts';
import { CHANGES, type ChangeKind } from '../../snapshot/contract.ts';
import { SettingsError } from '../../snapshot/errors.ts';
import { latestDt } from '../../snapshot/utc-day.ts';
import { CHANGE_FORMATS, CHANGE_PRINTERS, type ChangeFormat, isOfAdministrator, ORDER } from '../change-printers.ts';
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
  const { manifestsWithUsers } = await import('../../snapshot/history/days-with-users.ts');
  const manifests = await manifestsWithUsers(store, latestDt(terminal.now()), [from, to]);
  const [earlier, later] = manifests ?? [];
  if (!earlier || !later) throw new SettingsError(`--store: no snapshots in ${place}`);
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
