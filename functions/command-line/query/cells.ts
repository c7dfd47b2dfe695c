/** The cells of a result, as JSON and as text. */
import { printable } from '../text.ts';

/** The value of a cell, from any engine. An object already holds JSON, such as a list or a number with decimals. */
export type Cell = string | number | bigint | boolean | null | { readonly json: string };

/** The cell as JSON. A number that JSON doesn't have, such as infinity, becomes a string. */
export function jsonText(cell: Cell): string {
  if (cell === null) return 'null';
  if (typeof cell === 'object') return cell.json;
  if (typeof cell === 'string') return printable(JSON.stringify(cell));
  if (typeof cell === 'number' && !Number.isFinite(cell)) return `"${cell}"`;
  return String(cell);
}

/** Whether the cell is a number, decimals included. No spreadsheet takes a number for a formula, whatever its sign. */
export const isNumber = (cell: Cell): boolean =>
  typeof cell === 'number' ||
  typeof cell === 'bigint' ||
  (typeof cell === 'object' && cell !== null && /^-?\d/.test(cell.json));

/** The cell as text for people. Null is empty. */
export function plainText(cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'object' ? cell.json : String(cell);
}
