import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { CSV_SIGNS, type Table } from '../../functions/snapshot/tables/tables.ts';

/** The formats in which Glue describes text with one row per line. */
const TEXT = {
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
} as const;

const READERS: { readonly [format in Table['format']]: CfnTable.SerdeInfoProperty } = {
  // Athena has two JSON SerDes. This one fails on bad data instead of guessing.
  json: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
  csv: {
    serializationLibrary: 'org.apache.hadoop.hive.serde2.OpenCSVSerde',
    parameters: {
      separatorChar: CSV_SIGNS.separator,
      quoteChar: CSV_SIGNS.quote,
      escapeChar: CSV_SIGNS.escape,
    },
  },
};

/**
 * The definition of a table, as Glue stores it.
 * @param root of the store, `s3://bucket/prefix/`
 * @param retentionDays number of days that a table with one folder per day covers
 */
export function glueTable(table: Table, root: string, retentionDays: number): CfnTable.TableInputProperty {
  const location = `${root}${table.folder}`;
  return {
    name: table.name,
    description: table.comment,
    tableType: 'EXTERNAL_TABLE',
    parameters: {
      EXTERNAL: 'TRUE',
      ...(table.format === 'csv' && { 'skip.header.line.count': '1' }),
      ...(table.partitioned && projection(location, retentionDays)),
    },
    ...(table.partitioned && {
      partitionKeys: [{ name: 'dt', type: 'string', comment: 'The UTC date, 2026-11-23' }],
    }),
    storageDescriptor: {
      columns: table.columns.map(({ name, type }) => ({ name, type })),
      location,
      ...TEXT,
      serdeInfo: READERS[table.format],
    },
  };
}

/** Partitions follow from the date, so a new day needs no registration. */
const projection = (location: string, retentionDays: number): { readonly [parameter: string]: string } => ({
  'projection.enabled': 'true',
  'projection.dt.type': 'date',
  'projection.dt.format': 'yyyy-MM-dd',
  'projection.dt.range': `NOW-${retentionDays}DAYS,NOW`,
  'projection.dt.interval': '1',
  'projection.dt.interval.unit': 'DAYS',
  'storage.location.template': `${location}dt=$\{dt}/`,
});
