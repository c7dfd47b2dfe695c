import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { sqlOf, type View, type ViewColumn } from '../../functions/snapshot/tables/views.ts';

/** Hive's names of the column types, which Glue and the console show. */
const HIVE_TYPES: { readonly [type in ViewColumn['type']]: string } = {
  varchar: 'string',
  bigint: 'bigint',
  boolean: 'boolean',
  'timestamp(3)': 'timestamp',
  'array(varchar)': 'array<string>',
};

/**
 * A view in the form in which Athena stores it: its query and types, encoded in a comment. Mistakes show only when the view is queried.
 * `Presto View` must be spelled exactly, and the view needs an owner, as which Athena runs it.
 */
export function glueView(view: View, database: string): CfnTable.TableInputProperty {
  const definition = JSON.stringify({
    originalSql: sqlOf(view.name),
    catalog: 'awsdatacatalog',
    schema: database,
    columns: view.columns,
  });
  return {
    name: view.name,
    owner: 'anodot-user-snapshots',
    tableType: 'VIRTUAL_VIEW',
    // With a description, Athena would ignore the comment and not recognize the view.
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Buffer.from(definition).toString('base64')} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: view.columns.map(({ name, type }) => ({ name, type: HIVE_TYPES[type] })),
      location: '',
      // CDK omits empty objects, and without this one the view is unreadable.
      serdeInfo: { name: '-', serializationLibrary: '-' },
    },
  };
}
