/** The text of `status`: a line for each day, at most 80 columns wide, then the figures of the whole store. */
import { onOneLine } from '../snapshot/format/cell-text.ts';
import type { DayStatus } from '../snapshot/status/day-status.ts';
import type { StoreStatus } from '../snapshot/status/status.ts';
import { fold } from './fold.ts';
import { Table } from './table.ts';
import { grouped, plural } from './text.ts';

const COLUMNS = 80;
const HEADER = ['dt', 'users', 'administrators', 'joined', 'left', 'state'];
/** All but the first and the last column. */
const RIGHT: ReadonlySet<number> = new Set([1, 2, 3, 4]);

export interface AskedStatus {
  /** As `--store` names it. */
  readonly place: string;
  /** False if it is a folder that doesn't exist. */
  readonly exists: boolean;
}

export function* statusReport(asked: AskedStatus, status: StoreStatus): Generator<string> {
  const groups = missingTogether(status.days);
  const table = new Table();
  for (const row of [HEADER, ...groups.map(cellsOf)]) table.measure(row);
  if (groups.length > 0) yield table.row(HEADER, RIGHT);
  for (const group of groups) {
    yield groupRow(table, group);
    const [day] = group;
    if (day?.message) yield note(`    ${day.message}`);
  }
  for (const { level, key, message } of status.findings) yield note(`${level}: ${key} ${message}`);
  for (const line of conclusion(asked, status)) yield note(line);
}

/** Each day alone, except days in a row that are missing for no known reason. */
function missingTogether(days: readonly DayStatus[]): DayStatus[][] {
  const groups: DayStatus[][] = [];
  for (const day of days) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && isBlank(before) && isBlank(day)) group.push(day);
    else groups.push([day]);
  }
  return groups;
}

const isBlank = ({ state, message }: DayStatus): boolean => state === 'missing' && message === null;

function cellsOf([day, ...others]: readonly DayStatus[]): string[] {
  if (!day) return [];
  const state = others.length > 0 ? `${day.state}, ${others.length + 1} days` : stateOf(day);
  return [day.dt, ...[day.users, day.administrators, day.joined, day.left].map(figure), state];
}

const figure = (count: number | null): string => (count === null ? '-' : grouped(count));
const stateOf = ({ state, code }: DayStatus): string =>
  code !== null && state !== 'published' ? `${state} (${code})` : state;

/** A range of days covers the empty columns after its first date. */
function groupRow(table: Table, group: readonly DayStatus[]): string {
  const cells = cellsOf(group);
  const [first, last] = [group[0], group.at(-1)];
  if (!first || !last || first === last) return table.row(cells, RIGHT);
  const range = `${first.dt} to ${last.dt}`;
  const row = table.row(['', '', '', '', '', cells.at(-1) ?? ''], RIGHT);
  return range + row.slice(range.length);
}

const note = (line: string): string => `${fold(onOneLine(line), COLUMNS)}\n`;

function conclusion({ place, exists }: AskedStatus, status: StoreStatus): string[] {
  const { first_day, last_day, newest_commit, newest_commit_sha256, snapshot_days, missing_days, refused_days } =
    status;
  if (!exists) return [`nothing in ${place}: there is no such folder`];
  if (first_day === null || last_day === null) return [`no snapshots in ${place}`];
  const missing = missing_days.filter((dt) => !refused_days.includes(dt));
  const counts = `${plural(snapshot_days.length, 'snapshot')}, ${missing.length} missing, ${refused_days.length} refused`;
  const extent = snapshot_days.length === 0 ? `. The snapshots of the store are from ${first_day} to ${last_day}` : '';
  const commit =
    newest_commit === null ? ['no commit'] : [`newest commit ${newest_commit}`, `sha256 ${newest_commit_sha256}`];
  return [counts + extent, ...commit];
}
