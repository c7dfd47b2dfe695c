/** Converts DuckDB's values to cells that need no DuckDB. */
import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { type Cell, jsonText, plainText } from './cells.ts';

/** DuckDB's value as a cell: numbers digit by digit, times as ISO 8601 in UTC, structs and maps as JSON objects. */
export function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof DuckDBDecimalValue) return { json: String(value) };
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return { json: `[${value.items.map((item) => jsonText(cellOf(item))).join(',')}]` };
  if (value instanceof DuckDBStructValue) return objectOf(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue)
    return objectOf(value.entries.map((entry) => [plainText(cellOf(entry.key)), entry.value]));
  if (value instanceof DuckDBTimestampMillisecondsValue && value.isFinite) return isoText(value.millis * 1000n);
  if ((value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) && value.isFinite)
    return isoText(value.micros);
  return String(value);
}

const objectOf = (entries: readonly (readonly [string, DuckDBValue])[]): Cell => ({
  json: `{${entries.map(([name, value]) => `${jsonText(name)}:${jsonText(cellOf(value))}`).join(',')}}`,
});

/** ISO 8601 with milliseconds, or with microseconds if there are any. */
function isoText(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const iso = new Date(Number((micros - rest) / 1000n)).toISOString();
  return rest === 0n ? iso : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
