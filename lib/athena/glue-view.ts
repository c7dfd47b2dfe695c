import type { CfnTable } from 'aws-cdk-lib/aws-glue';
import { sqlOf, type View, type ViewColumn } from '../../functions/snapshot/tables/views.ts';

/** The types of a view's columns in Hive's names, which Glue and the console display. */
const HIVE_TYPES: { readonly [type in ViewColumn['type']]: string } = {
  varchar: 'string',
  bigint: 'bigint',
  boolean: 'boolean',
  'timestamp(3)': 'timestamp',
  'array(varchar)': 'array<string>',
};

/**
 * A view as Athena itself would store it: its query and types, encoded inside a comment. Mistakes surface only when the view is queried:
 * `Presto View` must be spelled exactly, and without an owner Athena has no identity to run the view as.
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
    // With a description Athena would ignore the comment and not recognize a view.
    parameters: { presto_view: 'true', comment: 'Presto View' },
    viewOriginalText: `/* Presto View: ${Buffer.from(definition).toString('base64')} */`,
    viewExpandedText: '/* Presto View */',
    storageDescriptor: {
      columns: view.columns.map(({ name, type }) => ({ name, type: HIVE_TYPES[type] })),
      location: '',
      // CDK would omit an empty object, and the view would be unreadable.
      serdeInfo: { name: '-', serializationLibrary: '-' },
    },
  };
}
