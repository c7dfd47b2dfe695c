/** The table of what was measured, and the machine it was measured on, as Markdown. */
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem, type } from 'node:os';
import type { Measured, Row } from './figure.ts';
import { median } from './rounds.ts';

export interface Line {
  readonly row: Row;
  readonly measured: Measured;
}

export const HEADER = ['figure', 'limit', 'aim', 'median', 'spread', 'details'] as const;

/** `2.8`, `147 MB`, `0.41 s` */
export function valueText({ unit }: Row, value: number): string {
  const digits = unit === 'rounds' || unit === 'kB' || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return unit === '' || unit === 'rounds' ? text : `${text} ${unit}`;
}

/** The cells before those that are measured. */
export const wantedCells = (row: Row): readonly string[] => [
  row.name,
  limitText(row, row.must),
  limitText(row, row.aim),
];

const limitText = ({ unit }: Row, limit: number | undefined): string =>
  limit === undefined ? '' : unit === '' || unit === 'rounds' ? String(limit) : `${limit} ${unit}`;

export const isOver = ({ row, measured }: Line): boolean =>
  row.must !== undefined && median(measured.values) > row.must;

/** The median of a row over its limit is bold. */
function cellsOf(line: Line): readonly string[] {
  const { row, measured } = line;
  const { values, details = '' } = measured;
  const middle = valueText(row, median(values));
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => valueText(row, value));
  const spread = least === most ? '' : `${least} to ${most}`;
  return [...wantedCells(row), isOver(line) ? `**${middle}**` : middle, spread, details];
}

export const tableOf = (lines: readonly Line[]): string =>
  [HEADER, HEADER.map(() => '---'), ...lines.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |\n`).join('');

/** One sentence. */
export function machineText(): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB of memory`;
  const cores = `${availableParallelism()} cores`;
  return `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cores}, ${memory}, ${systemName()}, Node.js ${process.versions.node}`;
}

/** The name of the Linux distribution, if this is one. */
function systemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? type();
  } catch {
    return type();
  }
}
