/** Spells the statement that writes the rows of a query to a Parquet file. */
import { literal, quoted } from './tables.ts';

/** A Parquet file, and what its footer says about it. */
export interface ParquetFile {
  readonly target: string;
  readonly metadata: { readonly [key: string]: string };
}

/** DuckDB would otherwise write to a file of another name first, which isn't allowed. */
const OPTIONS = 'format parquet, compression zstd, use_tmp_file false';

export function copySql(select: string, { target, metadata }: ParquetFile): string {
  const pairs = Object.entries(metadata).map(([key, value]) => `${quoted(key)}: ${literal(value)}`);
  return `copy (${select}) to ${literal(target)} (${OPTIONS}, kv_metadata {${pairs.join(', ')}})`;
}
