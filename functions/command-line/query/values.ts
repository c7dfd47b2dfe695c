/** DuckDB's values as text: for people, and as JSON without loss. */
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
import { printable } from '../text.ts';

/** The value as JSON: numbers digit by digit, times as ISO 8601 in UTC, structs and maps as objects. */
export function jsonText(value: DuckDBValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (typeof value === 'boolean' || typeof value === 'bigint' || value instanceof DuckDBDecimalValue)
    return String(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return `[${value.items.map(jsonText).join(',')}]`;
  if (value instanceof DuckDBStructValue) return objectText(Object.entries(value.entries));
  if (value instanceof DuckDBMapValue)
    return objectText(value.entries.map((entry) => [plainText(entry.key), entry.value]));
  return printable(JSON.stringify(plainText(value)));
}

const objectText = (entries: readonly (readonly [string, DuckDBValue])[]): string =>
  `{${entries.map(([name, value]) => `${jsonText(name)}:${jsonText(value)}`).join(',')}}`;

/** The value as text for people: null is empty, what nests is JSON. */
export function plainText(value: DuckDBValue): string {
  if (value === null) return '';
  if (value instanceof DuckDBTimestampMillisecondsValue)
    return value.isFinite ? isoText(value.millis * 1000n) : String(value);
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return value.isFinite ? isoText(value.micros) : String(value);
  return isNested(value) ? jsonText(value) : String(value);
}

const isNested = (value: DuckDBValue): boolean =>
  [DuckDBListValue, DuckDBArrayValue, DuckDBStructValue, DuckDBMapValue].some((type) => value instanceof type);

/** ISO 8601 with milliseconds, or with microseconds where there are any. */
function isoText(micros: bigint): string {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  const iso = new Date(Number((micros - rest) / 1000n)).toISOString();
  return rest === 0n ? iso : iso.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
